-- SPDX-License-Identifier: MIT
--
-- A firewall before servers: https://docs.hetzner.cloud/reference/cloud#firewalls
-- A server says which firewalls stand before it; label selectors are said here.

local action = require "hetzner.action"
local attribute = require "attribute"
local calls = require "hetzner.calls"
local client = require "hetzner.client"
local json = require "json"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local rules = require "hetzner.rules"
local same = require "hetzner.same"
local type = require "type"

local kind = {
  type = "hetzner.firewall", list = "firewalls", key = "firewall", acts = true,
}

local function selectors_of(object)
  local all = {}
  for _, target in ipairs(object.applied_to or {}) do
    if target.type == "label_selector" then
      all[#all + 1] = target.label_selector.selector
    end
  end
  return all
end

function kind.found(object, item)
  local want = item.want or {}
  local inbound = rules.from_api(object.rules, "in")
  local outbound = rules.from_api(object.rules, "out")
  return {
    inbound = same.echo_set(want.inbound, inbound, rules.key),
    outbound = same.echo_set(want.outbound, outbound, rules.key),
    apply_to = same.echo_set(want.apply_to, selectors_of(object), tostring),
    labels = labels.shown(object, item), id = object.id, created = object.created,
  }
end

local function targets(selectors)
  local list = {}
  for i, selector in ipairs(selectors) do
    list[i] = { type = "label_selector", label_selector = { selector = selector } }
  end
  return json.list(list)
end

local function link(path, verb, field, selectors, what)
  if #selectors == 0 then return end
  action.run(path, verb, { [field] = targets(selectors) }, what)
end

local function apply_to(path, before, after, what)
  link(path, "remove_from_resources", "remove_from", same.minus(before, after), what)
  link(path, "apply_to_resources", "apply_to", same.minus(after, before), what)
end

local function update(have, want, step, fields)
  local path, what = "/firewalls/" .. have.id, "changing firewall " .. step.name
  if same.has(fields, "inbound") or same.has(fields, "outbound") then
    action.run(path, "set_rules", { rules = rules.to_api(want.inbound, want.outbound) },
      what)
  end
  if same.has(fields, "apply_to") then
    apply_to(path, have.apply_to, want.apply_to, what)
  end
  if labels.due(fields, have) then
    labels.update(path, kind, step, { have = have, want = want })
  end
  return kind.found(client.get(path).firewall, { want = want })
end

local CALLS = {
  create = "POST /firewalls", delete = "DELETE /firewalls/ID",
  rename = "PUT /firewalls/ID (name)",
  fields = {
    inbound = "POST /firewalls/ID/actions/set_rules",
    outbound = "POST /firewalls/ID/actions/set_rules",
    apply_to = "POST /firewalls/ID/actions/apply_to_resources",
    labels = "PUT /firewalls/ID", called = "PUT /firewalls/ID (name)",
  },
}

return type {
  name = kind.type,
  doc = "What may reach servers and what they may reach. Without inbound rules "
    .. "nothing comes in; without outbound ones all goes out. A rule is a port, "
    .. '"53/udp", "icmp" or { port, protocol, source_ips, description }.',
  link = "https://docs.hetzner.cloud/reference/cloud#firewalls",
  renames = true,
  attributes = {
    inbound = attribute.set { default = {}, doc = "rules for what comes in" },
    outbound = attribute.set { default = {}, doc = "rules for what goes out" },
    apply_to = attribute.set {
      item = "string", default = {}, doc = "label selectors of servers it stands before",
    },
    labels = attribute.map { default = {}, doc = "labels of your own" },
    id = attribute.integer { computed = true, doc = "the id at Hetzner" },
    created = attribute.string { computed = true, doc = "when it was made" },
  },
  example = [[
local web = hetzner.firewall "web" { inbound = { 22, 80, 443 } }
hetzner.firewall "office" {
  inbound = { { port = 22, source_ips = { "192.0.2.0/24" }, description = "office" } },
}
]],

  shorthand = function(declared)
    declared.inbound = rules.canonical(declared.inbound, "in")
    declared.outbound = rules.canonical(declared.outbound, "out")
    return declared
  end,

  observe = function(items)
    return observe.labelled(kind, items)
  end,

  create = function(want, step)
    local what = "creating firewall " .. step.name
    local answer = client.create("/firewalls", "firewall", {
      what = what, own = observe.own(kind, step),
      body = {
        name = step.name, labels = labels.born(kind.type, step, want.labels),
        rules = rules.to_api(want.inbound, want.outbound),
        apply_to = targets(want.apply_to or {}),
      },
    })
    action.wait(answer.actions or {}, what)
    return kind.found(answer.firewall, { want = want })
  end,

  update = update,

  delete = function(have, step)
    local what = "deleting firewall " .. step.name
    link("/firewalls/" .. have.id, "remove_from_resources", "remove_from",
      have.apply_to or {}, what)
    client.delete("/firewalls/" .. have.id, what)
  end,

  preview = function(change)
    local notes = {}
    if change.action == "update" and change.fields
      and same.has(change.fields, "inbound") then
      notes[1] = "a cloud firewall that shuts us out can only be changed back from here"
    end
    return { actions = calls.of(change, CALLS), notes = notes }
  end,
}
