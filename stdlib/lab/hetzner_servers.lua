-- SPDX-License-Identifier: MIT
--
-- Servers: everything is checked before anything is made, so that a refused create leaves
-- nothing behind. What is done with a server afterwards is in hetzner_power.lua.

local actions = require "lab.hetzner_actions"
local check = require "lab.hetzner_server_check"
local firewalls = require "lab.hetzner_firewalls"
local ips = require "lab.hetzner_ips"
local json = require "json"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local random = require "random"
local stock = require "lab.hetzner_stock"

local servers = {}

local function public_net(context, server)
  local held = {}
  for i, firewall in ipairs(firewalls.of_server(context, server)) do
    held[i] = { id = firewall.id, status = server.busy > 0 and "pending" or "applied" }
  end
  local four, six = server.ipv4, server.ipv6
  return {
    ipv4 = four and {
      id = four.id, ip = four.ip, blocked = false, dns_ptr = ips.reverse_name(four.ip),
    } or json.null,
    ipv6 = six and {
      id = six.id, ip = six.ip, blocked = false, dns_ptr = json.list {},
    } or json.null,
    floating_ips = json.list {}, firewalls = json.list(held),
  }
end

function servers.view(context, server)
  return {
    id = server.id, name = server.name, status = objects.sync(context.lab, server).status,
    created = server.created, labels = server.labels, locked = server.busy > 0,
    server_type = stock.type_view(context.lab, stock.server_type(server.type)),
    image = server.image and stock.image_view(server.image) or json.null,
    location = stock.location(server.location), public_net = public_net(context, server),
    private_net = json.list {}, iso = json.null, rescue_enabled = false,
    backup_window = server.backups and "22-02" or json.null,
    included_traffic = 21990232555520, outgoing_traffic = json.null,
    ingoing_traffic = json.null, primary_disk_size = server.disk,
    protection = { delete = server.protected, rebuild = server.protected },
    volumes = json.list {}, load_balancers = json.list {}, placement_group = json.null,
  }
end

local function link_addresses(context, server, made)
  for _, family in ipairs { "ipv4", "ipv6" } do
    local ip = made[family]
    if ip == "new" then
      ip = ips.make(context,
        { type = family, location = made.location, auto_delete = true })
    end
    if ip then ips.link(ip, server) end
  end
end

-- Tells the driver to boot it, with what it was made with.
function servers.boot(context, server)
  local described, keys = stock.server_type(server.type), {}
  for i, key in ipairs(server.keys) do keys[i] = key.public_key end
  context.lab.driver.start {
    id = server.id, name = server.name, hostname = server.name,
    ip = server.ipv4 and server.ipv4.ip, cores = described.cores,
    memory_gb = described.memory, image = server.image.name,
    user_data = server.user_data, ssh_keys = keys,
  }
  context.lab.booted(server)
end

-- A driver that cannot do its work makes the action fail, as a late placement error
-- would.
function servers.drive(context, action, work)
  if action.failure then return end
  local ok, problem = pcall(work)
  if not ok then
    actions.fail(context.lab, action, "action_failed",
      type(problem) == "table" and problem.what or tostring(problem))
  end
end

local function start_actions(context, server)
  local on = { { "server", server } }
  local started = context.body.start_after_create ~= false
  local action = actions.start(context, "create_server", on, {
    done = function() server.status = started and "starting" or "off" end,
    failed = function() servers.forget(context, server) end,
  })
  if not started then return action, {} end
  local boot = actions.start(context, "start_server", on, {
    after = action, done = function() server.status = "running" end,
  })
  return action, { boot }
end

local function create(context)
  local body, made = context.body, check.all(context)
  local server = objects.add(context, "server", {
    name = body.name, labels = body.labels, type = made.described.name,
    image = made.image,
    location = made.location, status = "initializing", backups = false, protected = false,
    disk = made.described.disk, user_data = body.user_data, keys = made.keys,
  })
  link_addresses(context, server, made)
  for _, firewall in ipairs(made.firewalls) do
    table.insert(firewall.applied, { type = "server", id = server.id })
  end
  local action, following = start_actions(context, server)
  if #following > 0 then
    servers.drive(context, action, function() servers.boot(context, server) end)
    firewalls.enforce(context, server)
  end
  return 201, {
    server = servers.view(context, server), action = actions.show(context, action),
    next_actions = actions.shown(context, following),
    root_password = #made.keys == 0 and random.hex(8) or json.null,
  }
end

-- Its addresses and firewall links are held for a moment after it is gone.
function servers.forget(context, server)
  local world, lab = context.world, context.lab
  world.servers[server.id] = nil
  lab.gone(server)
  for _, ip in ipairs { server.ipv4 or false, server.ipv6 or false } do
    if ip and ip.auto_delete then world.primary_ips[ip.id] = nil end
    if ip then
      ip.assignee, ip.held = nil, true
      lab.later(2, function() ip.held = nil end)
    end
  end
  for _, firewall in pairs(world.firewalls) do
    lab.later(2, function()
      local at = firewalls.applied(firewall, server)
      if at then table.remove(firewall.applied, at) end
    end)
  end
end

local function delete(context, id)
  local server = objects.find(context, "server", id)
  objects.check_unlocked(server)
  objects.check_unprotected(server, "server")
  local was = server.status
  server.status = "deleting"
  local action = actions.start(context, "delete_server", { { "server", server } }, {
    done = function() servers.forget(context, server) end,
    failed = function() server.status = was end,
  })
  servers.drive(context, action,
    function() context.lab.driver.remove { id = server.id } end)
  return 200, { action = actions.show(context, action) }
end

local function change(context, id)
  local server = objects.find(context, "server", id)
  objects.check_unlocked(server)
  objects.change(context, "server", server, check.name, check.TAKEN)
  firewalls.enforce(context, server)
  return 200, { server = servers.view(context, server) }
end

servers.routes = {
  { "GET", "/servers", function(context)
    return lists.answer(context, lists.values(context.world.servers), {
      key = "servers", sort = { "id", "name", "created" },
      filters = {
        name = function(s) return s.name end, status = function(s) return s.status end,
      },
      view = function(server) return servers.view(context, server) end,
    })
  end },
  { "POST", "/servers", create },
  { "GET", "/servers/{id}", function(context, id)
    return 200, { server = servers.view(context, objects.find(context, "server", id)) }
  end },
  { "PUT", "/servers/{id}", change },
  { "DELETE", "/servers/{id}", delete },
}

return servers
