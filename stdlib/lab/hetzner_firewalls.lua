-- SPDX-License-Identifier: MIT
--
-- Firewalls: rules, and the servers or label selectors they are applied to.

local actions = require "lab.hetzner_actions"
local json = require "json"
local labels = require "lab.hetzner_labels"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"
local rules = require "lab.hetzner_rules"
local targets = require "lab.hetzner_targets"

local firewalls = {}

local function matched(context, selector)
  local matches, found = labels.selector(selector), {}
  for _, server in pairs(context.world.servers) do
    if matches(server.labels) then found[#found + 1] = server end
  end
  table.sort(found, function(a, b) return a.id < b.id end)
  return found
end

local function target_view(context, target)
  if target.type == "server" then
    return { type = "server", server = { id = target.id } }
  end
  local resources = {}
  for i, server in ipairs(matched(context, target.selector)) do
    resources[i] = { type = "server", server = { id = server.id } }
  end
  return {
    type = "label_selector", label_selector = { selector = target.selector },
    applied_to_resources = json.list(resources),
  }
end

local function view(context, firewall)
  local applied = {}
  for i, target in ipairs(firewall.applied) do
    applied[i] = target_view(context, target)
  end
  return {
    id = firewall.id, name = firewall.name, labels = firewall.labels,
    created = firewall.created, rules = rules.view(firewall.rules),
    applied_to = json.list(applied),
  }
end

-- Applied to this very server (not by a selector)?
function firewalls.applied(firewall, server)
  for i, target in ipairs(firewall.applied) do
    if target.type == "server" and target.id == server.id then return i end
  end
  return nil
end

-- All that hold for a server, directly or by its labels, in order of their ids.
function firewalls.of_server(context, server)
  local found = {}
  for _, firewall in pairs(context.world.firewalls) do
    local holds = firewalls.applied(firewall, server)
    for _, target in ipairs(firewall.applied) do
      holds = holds or target.selector and labels.selector(target.selector)(server.labels)
    end
    if holds then found[#found + 1] = firewall end
  end
  table.sort(found, function(a, b) return a.id < b.id end)
  return found
end

-- Tells the driver what holds for a server now.
function firewalls.enforce(context, server)
  local all, open = {}, true
  for _, firewall in ipairs(firewalls.of_server(context, server)) do
    open = false
    for _, rule in ipairs(firewall.rules) do all[#all + 1] = rule end
  end
  context.lab.driver.firewall { id = server.id, rules = all, open = open }
end

local function enforce_all(context, firewall)
  for _, server in pairs(context.world.servers) do
    for _, held in ipairs(firewalls.of_server(context, server)) do
      if held == firewall then firewalls.enforce(context, server) end
    end
  end
end

local function check_target(context, firewall, target)
  if targets.find(firewall, target) then
    refuse.with(422, "firewall_already_applied", "firewall is already applied")
  end
  if target.type ~= "server" then return end
  local server = context.world.servers[target.id]
  if not server.ipv4 and not server.ipv6 then
    refuse.with(422, "private_net_only_server", "server has no public interface")
  end
  if #firewalls.of_server(context, server) >= 5 then
    refuse.over_limit("firewalls per server")
  end
end

-- One action a target; `applies` false removes.
local function link(context, firewall, list, command)
  local started = {}
  for i, target in ipairs(list) do
    local on = { { "firewall", firewall } }
    if target.type == "server" then
      table.insert(on, 1, { "server", context.world.servers[target.id] })
    end
    started[i] = actions.start(context, command, on, { free = true })
  end
  for _, server in pairs(context.world.servers) do firewalls.enforce(context, server) end
  return started
end

local function check_name(name, problems)
  problems:check(#name >= 1 and #name <= 128, "name", "must have 1 to 128 characters")
end

local function create(context)
  local body, problems = context.body, refuse.problems()
  check_name(tostring(body.name or ""), problems)
  rules.check(body.rules or {}, problems)
  labels.check(body.labels, problems)
  problems:finish()
  objects.check_unique(context, "firewall", body.name)
  local list = targets.read(context, body.apply_to, "apply_to")
  targets.check_once(list)
  local firewall = objects.add(context, "firewall", {
    name = body.name, labels = body.labels, rules = body.rules or {}, applied = list,
  })
  local started = link(context, firewall, list, "apply_firewall")
  return 201, {
    firewall = view(context, firewall), actions = actions.shown(context, started),
  }
end

local function set_rules(context, id)
  local firewall, problems = objects.find(context, "firewall", id), refuse.problems()
  if not context.body.rules then problems:add("rules", "is required") end
  rules.check(context.body.rules or {}, problems)
  problems:finish()
  objects.check_no_conflict(firewall, "firewall")
  firewall.rules = context.body.rules
  local started = { actions.start(context, "set_firewall_rules",
    { { "firewall", firewall } }) }
  enforce_all(context, firewall)
  return 201, { actions = actions.shown(context, started) }
end

local function apply(context, id)
  local firewall = objects.find(context, "firewall", id)
  local list = targets.read(context, context.body.apply_to, "apply_to")
  if #list == 0 then refuse.invalid("apply_to", "is required") end
  objects.check_no_conflict(firewall, "firewall")
  for _, target in ipairs(list) do check_target(context, firewall, target) end
  table.move(list, 1, #list, #firewall.applied + 1, firewall.applied)
  local started = link(context, firewall, list, "apply_firewall")
  return 201, { actions = actions.shown(context, started) }
end

local function check_not_by_label(context, firewall, target)
  if targets.find(firewall, target) or target.type ~= "server" then return end
  for _, held in ipairs(firewalls.of_server(context, context.world.servers[target.id])) do
    if held == firewall then
      refuse.with(422, "firewall_managed_by_label_selector",
        "firewall is applied by a label selector")
    end
  end
end

local function remove(context, id)
  local firewall = objects.find(context, "firewall", id)
  local list = targets.read(context, context.body.remove_from, "remove_from")
  if #list == 0 then refuse.invalid("remove_from", "is required") end
  objects.check_no_conflict(firewall, "firewall")
  for _, target in ipairs(list) do check_not_by_label(context, firewall, target) end
  for _, target in ipairs(list) do
    local at = targets.find(firewall, target)
    if at then table.remove(firewall.applied, at) end
  end
  local started = link(context, firewall, list, "remove_firewall")
  return 201, { actions = actions.shown(context, started) }
end

local function delete(context, id)
  local firewall = objects.find(context, "firewall", id)
  if #firewall.applied > 0 then
    refuse.with(422, "resource_in_use",
      "firewall with ID " .. firewall.id .. " is still in use")
  end
  context.world.firewalls[firewall.id] = nil
  context.changed = true
  return 204
end

firewalls.routes = {
  { "GET", "/firewalls", function(context)
    return lists.answer(context, lists.values(context.world.firewalls), {
      key = "firewalls", sort = { "id", "name", "created" },
      filters = { name = function(f) return f.name end },
      view = function(firewall) return view(context, firewall) end,
    })
  end },
  { "POST", "/firewalls", create },
  { "GET", "/firewalls/{id}", function(context, id)
    return 200, { firewall = view(context, objects.find(context, "firewall", id)) }
  end },
  { "PUT", "/firewalls/{id}", function(context, id)
    local firewall = objects.find(context, "firewall", id)
    objects.change(context, "firewall", firewall, check_name)
    return 200, { firewall = view(context, firewall) }
  end },
  { "DELETE", "/firewalls/{id}", delete },
  { "POST", "/firewalls/{id}/actions/set_rules", set_rules },
  { "POST", "/firewalls/{id}/actions/apply_to_resources", apply },
  { "POST", "/firewalls/{id}/actions/remove_from_resources", remove },
}

return firewalls
