-- SPDX-License-Identifier: MIT
--
-- Changing a server in place: first what it does not feel, then, in one power cycle, what
-- needs it off.

local action = require "hetzner.action"
local choice = require "hetzner.server_choice"
local client = require "hetzner.client"
local fault = require "fault"
local json = require "json"
local labels = require "hetzner.labels"
local net = require "hetzner.server_net"
local rebuild = require "hetzner.server_rebuild"
local same = require "hetzner.same"
local wait = require "wait"

local update = {}

local POLITE = 60 -- seconds a guest has to shut down before its power is cut

local function path_of(id)
  return "/servers/" .. id
end

local function read(id)
  return client.get(path_of(id)).server
end

local function until_status(id, status, within, what)
  return wait.until_true {
    what = what, within = within, every = 0.25, most = 5,
    next = "look at the server's console",
    check = function() return read(id).status == status end,
  }
end

-- Asks the guest first; one that does not listen loses its power.
local function power_off(id, step, what)
  if read(id).status == "off" then return end
  action.run(path_of(id), "shutdown", {}, what)
  local ok, problem = pcall(until_status, id, "off", POLITE, what)
  if ok then return end
  if not (fault.is(problem) and problem.code == "timeout") then error(problem, 0) end
  step.line("the guest did not shut down within 60 s: power cut")
  action.run(path_of(id), "poweroff", {}, what)
end

local function power_on(id, what)
  if read(id).status == "off" then action.run(path_of(id), "poweron", {}, what) end
  until_status(id, "running", 120, what)
end

local function link_firewalls(id, verb, field, firewalls, what)
  local body = { [field] = json.list { { type = "server", server = { id = id } } } }
  for _, firewall in ipairs(firewalls) do
    local ok, problem = pcall(action.run, "/firewalls/" .. firewall, verb, body, what)
    local already = not ok and fault.is(problem)
      and problem.code == "firewall_already_applied"
    if not ok and not already then error(problem, 0) end
  end
end

local function change_firewalls(have, want, what)
  local before, after = same.ids(have.firewalls), same.ids(want.firewalls)
  -- The new one first, so that there is no moment without any.
  link_firewalls(have.id, "apply_to_resources", "apply_to", same.minus(after, before),
    what)
  link_firewalls(have.id, "remove_from_resources", "remove_from",
    same.minus(before, after),
    what)
end

local function change_backups(id, on, what)
  action.run(path_of(id), on and "enable_backup" or "disable_backup", {}, what)
end

local function change_protection(id, on, what)
  action.run(path_of(id), "change_protection", { delete = on, rebuild = on }, what)
end

local function change_type(have, want, step, what)
  local type_name = choice.orderable({ type = want.type, location = have.location },
    step.name)
  -- It boots the server by itself.
  action.run(path_of(have.id), "change_type",
    { server_type = type_name, upgrade_disk = want.keep_disk == false }, what)
end

local function change_while_off(have, want, step, fields, what)
  if same.has(fields, "public_net") then
    net.change(read(have.id), want.public_net, what)
  end
  if same.has(fields, "type") then change_type(have, want, step, what) end
end

-- A refused change must not leave a server off that was up. After a lost answer nothing
-- is done: the change may be under way, and boots it by itself.
local function cycle(have, want, step, fields, what)
  power_off(have.id, step, what)
  local ok, problem = pcall(change_while_off, have, want, step, fields, what)
  if not ok then
    local lost = fault.is(problem) and problem.kind ~= "error"
    if have.power == "on" and not lost then pcall(power_on, have.id, what) end
    error(problem, 0)
  end
  if want.power == "off" then
    power_off(have.id, step, what)
  else
    power_on(have.id, what)
  end
end

-- What POST /servers cannot set.
function update.finish(server, want, step)
  local what = "creating server " .. step.name
  if want.backups and not server.backup_window then
    change_backups(server.id, true, what)
  end
  if want.delete_protection then change_protection(server.id, true, what) end
end

function update.run(kind, have, want, step, fields)
  local what = "changing server " .. step.name
  if labels.due(fields, have) then
    labels.update(path_of(have.id), kind, step, { have = have, want = want })
  end
  if same.has(fields, "firewalls") then change_firewalls(have, want, what) end
  if same.has(fields, "backups") then change_backups(have.id, want.backups, what) end
  if same.has(fields, "delete_protection") then
    change_protection(have.id, want.delete_protection, what)
  end
  if same.has(fields, "type") or same.has(fields, "public_net") then
    cycle(have, want, step, fields, what)
  elseif same.has(fields, "power") then
    if want.power == "off" then
      power_off(have.id, step, what)
    else
      power_on(have.id, what)
    end
  end
  local recorded = have
  if rebuild.is_due(fields) then recorded = rebuild.run(have, want, step, what) end
  return kind.found(read(have.id), { want = want, recorded = recorded })
end

return update
