-- SPDX-License-Identifier: MIT
--
-- What can be done with a server: power, type, backups, rebuild, protection. Everything
-- but reading is refused while an action runs on it.

local actions = require "lab.hetzner_actions"
local check = require "lab.hetzner_server_check"
local json = require "json"
local objects = require "lab.hetzner_objects"
local random = require "random"
local refuse = require "lab.stand_in_refuse"
local servers = require "lab.hetzner_servers"
local stock = require "lab.hetzner_stock"

local power = {}

local function unlocked(context, id)
  local server = objects.find(context, "server", id)
  objects.check_unlocked(server)
  return server
end

local function run(context, server, command, done)
  return actions.start(context, command, { { "server", server } }, { done = done })
end

local function answer(context, action)
  return 201, { action = actions.show(context, action) }
end

local function become(server, status)
  return function() server.status = status end
end

local function poweron(context, id)
  local server = unlocked(context, id)
  if not server.ipv4 and not server.ipv6 then
    refuse.with(422, "service_error",
      "server needs at least one interface to be powered on")
  end
  local action = run(context, server, "start_server", become(server, "running"))
  servers.drive(context, action, function() servers.boot(context, server) end)
  return answer(context, action)
end

local function poweroff(context, id)
  local server = unlocked(context, id)
  local action = run(context, server, "stop_server", become(server, "off"))
  servers.drive(context, action, function()
    context.lab.driver.stop { id = server.id, hard = true }
  end)
  return answer(context, action)
end

-- Ends when the signal was sent; the guest goes down in its own time, or never.
local function shutdown(context, id)
  local server = unlocked(context, id)
  local action = run(context, server, "shutdown_server")
  if server.status == "running" and not context.ignore_shutdown then
    server.status = "stopping"
    if context.lab.driver_kind == "none" then
      context.lab.later(5, function()
        if server.status == "stopping" then server.status = "off" end
      end)
    end
    servers.drive(context, action, function()
      context.lab.driver.stop { id = server.id, hard = false }
    end)
  end
  return answer(context, action)
end

local function restart(command, verb)
  return function(context, id)
    local server = unlocked(context, id)
    local action = run(context, server, command, become(server, "running"))
    servers.drive(context, action, function()
      context.lab.driver[verb] { id = server.id }
      context.lab.booted(server)
    end)
    return answer(context, action)
  end
end

local function check_type(context, server, described)
  if not described then refuse.invalid("server_type", "server type not found") end
  if server.status ~= "off" then
    refuse.with(422, "server_not_stopped", "server must be stopped before changing type")
  end
  local now = stock.server_type(server.type)
  if described == now or described.architecture ~= now.architecture then
    refuse.with(422, "invalid_server_type", "server type cannot be changed to this one")
  end
  if described.disk < server.disk then
    refuse.with(422, "invalid_server_type",
      "cannot change type because the selected server_type has not sufficient disk space")
  end
  check.place(context, described, server.location)
end

-- Boots the server afterwards.
local function change_type(context, id)
  local body = context.body
  local server, described = unlocked(context, id), stock.server_type(body.server_type)
  if body.upgrade_disk == nil then refuse.invalid("upgrade_disk", "is required") end
  check_type(context, server, described)
  local action = run(context, server, "change_server_type", function()
    server.type, server.status = described.name, "running"
    if body.upgrade_disk then server.disk = described.disk end
  end)
  servers.drive(context, action, function()
    context.lab.driver.resize {
      id = server.id, cores = described.cores, memory_gb = described.memory,
    }
    servers.boot(context, server)
  end)
  return answer(context, action)
end

local function rebuild(context, id)
  local server = unlocked(context, id)
  if server.protected then
    refuse.with(423, "protected", "server is rebuild protected")
  end
  local image = stock.image(context.body.image,
    stock.server_type(server.type).architecture)
  if not image then refuse.invalid("image", "image not found") end
  server.image, server.status = image, "rebuilding"
  server.user_data = context.body.user_data or server.user_data
  local action = run(context, server, "rebuild_server", become(server, "running"))
  servers.drive(context, action, function()
    context.lab.driver.remove { id = server.id }
    context.lab.gone(server)
    servers.boot(context, server)
  end)
  return 201, {
    action = actions.show(context, action),
    root_password = #server.keys == 0 and random.hex(8) or json.null,
  }
end

local function backups(command, on)
  return function(context, id)
    local server = unlocked(context, id)
    return answer(context,
      run(context, server, command, function() server.backups = on end))
  end
end

local function protect(context, id)
  local server, body = unlocked(context, id), context.body
  if body.delete ~= body.rebuild then
    refuse.invalid("delete", "delete and rebuild must be equal")
  end
  server.protected = body.delete == true
  return answer(context, run(context, server, "change_protection"))
end

power.routes = {
  { "POST", "/servers/{id}/actions/poweron", poweron },
  { "POST", "/servers/{id}/actions/poweroff", poweroff },
  { "POST", "/servers/{id}/actions/shutdown", shutdown },
  { "POST", "/servers/{id}/actions/reboot", restart("reboot_server", "reboot") },
  { "POST", "/servers/{id}/actions/reset", restart("reset_server", "reset") },
  { "POST", "/servers/{id}/actions/change_type", change_type },
  { "POST", "/servers/{id}/actions/rebuild", rebuild },
  { "POST", "/servers/{id}/actions/enable_backup", backups("enable_backup", true) },
  { "POST", "/servers/{id}/actions/disable_backup", backups("disable_backup", false) },
  { "POST", "/servers/{id}/actions/change_protection", protect },
}

return power
