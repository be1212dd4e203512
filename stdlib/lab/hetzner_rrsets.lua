-- SPDX-License-Identifier: MIT
--
-- Record sets of a zone, named NAME/TYPE. Their order of records is not kept.

local actions = require "lab.hetzner_actions"
local json = require "json"
local labels = require "lab.hetzner_labels"
local lists = require "lab.hetzner_lists"
local refuse = require "lab.stand_in_refuse"
local rules = require "lab.hetzner_rules"
local zones = require "lab.hetzner_zones"

local rrsets = {}

local types = {}
for name in ("A AAAA CAA CNAME DS HINFO HTTPS MX NS PTR RP SOA SRV SVCB TLSA TXT")
  :gmatch("%u+") do
  types[name] = true
end

local function dotted(value) return value:find("%.$") ~= nil end

-- What a value must look like, for the types where it matters.
local forms = {
  A = { "must be an IPv4 address", function(v) return rules.ipv4_number(v) ~= nil end },
  AAAA = { "must be an IPv6 address",
    function(v) return rules.ipv6_groups(v) ~= nil end },
  CNAME = { "must be a name with its final dot", dotted },
  NS = { "must be a name with its final dot", dotted },
  MX = { "must be a preference and a name with its final dot",
    function(v) return v:find("^%d+ %S+%.$") ~= nil end },
  TXT = { "must be quoted", function(v) return v:find('^".*"$') ~= nil end },
}

local function view(zone, set)
  return {
    id = set.id, name = set.name, type = set.type, ttl = set.ttl or json.null,
    labels = set.labels, protection = { change = set.protected == true }, zone = zone.id,
    records = json.list { table.unpack(set.records) },
  }
end

local function primary(context, id)
  local zone = zones.find(context, id)
  if zone.mode ~= "primary" then
    refuse.with(422, "incorrect_zone_mode", "zone is not in mode primary")
  end
  return zone
end

local function find(context, id, name, kind)
  local zone = primary(context, id)
  local set = zone.rrsets[name .. "/" .. kind]
  if not set then refuse.not_found("rrset") end
  return zone, set
end

local function find_changeable(context, id, name, kind)
  local zone, set = find(context, id, name, kind)
  if set.protected then refuse.with(423, "protected", "rrset is change protected") end
  return zone, set
end

local function check_records(records, kind, problems)
  problems:check(type(records) == "table" and #records >= 1 and #records <= 50, "records",
    "must be 1 to 50 records")
  local seen, form = {}, forms[kind]
  for i, record in ipairs(type(records) == "table" and records or {}) do
    local field, value = "records[" .. (i - 1) .. "].value", tostring(record.value or "")
    problems:check(value ~= "" and not seen[value], field, "is missing or doubled")
    if form then problems:check(form[2](value), field, form[1]) end
    seen[value] = true
  end
end

local function is_name(name)
  return name == "@"
    or (name:find("^[a-z0-9_*][a-z0-9_.*-]*$") ~= nil and not name:find("%.$"))
end

-- A CNAME stands alone at its name.
local function check_alone(zone, name, kind, problems)
  for _, other in pairs(zone.rrsets) do
    if other.name == name and (kind == "CNAME" or other.type == "CNAME") then
      problems:add("type", "a CNAME cannot stand beside other records")
    end
  end
end

local function insert(context, zone, body)
  local problems = refuse.problems()
  problems:check(is_name(tostring(body.name or "")), "name", "is no relative name")
  problems:check(types[body.type], "type", "is not known")
  problems:check(zones.is_ttl(body.ttl), "ttl", "must be within 60 and 2147483647")
  labels.check(body.labels, problems)
  check_records(body.records, body.type, problems)
  local id = tostring(body.name) .. "/" .. tostring(body.type)
  if zone.rrsets[id] then refuse.not_unique("rrset already exists", "name") end
  check_alone(zone, body.name, body.type, problems)
  problems:finish()
  zone.rrsets[id] = {
    id = id, name = body.name, type = body.type, ttl = body.ttl, records = body.records,
    labels = body.labels or {},
  }
  zones.touch(context, zone)
  return zone.rrsets[id]
end

local function act(context, zone, command)
  return actions.show(context, actions.start(context, command, { { "zone", zone } }))
end

local function create(context, id)
  local zone = primary(context, id)
  local set = insert(context, zone, context.body)
  return 201, { rrset = view(zone, set), action = act(context, zone, "create_rrset") }
end

local function delete(context, id, name, kind)
  local zone, set = find_changeable(context, id, name, kind)
  if kind == "SOA" then
    refuse.with(422, "unsupported_error", "the SOA cannot be deleted")
  end
  zone.rrsets[set.id] = nil
  zones.touch(context, zone)
  return 201, { action = act(context, zone, "delete_rrset") }
end

local function change(context, id, name, kind)
  local zone, set = find(context, id, name, kind)
  local problems = refuse.problems()
  labels.check(context.body.labels, problems)
  problems:finish()
  set.labels = context.body.labels or set.labels
  context.changed = true
  return 200, { rrset = view(zone, set) }
end

local function set_records(context, id, name, kind)
  local zone, set = find_changeable(context, id, name, kind)
  local problems = refuse.problems()
  check_records(context.body.records, kind, problems)
  problems:finish()
  set.records = context.body.records
  zones.touch(context, zone)
  return 201, { action = act(context, zone, "set_rrset_records") }
end

local function without(records, values)
  local gone, kept = {}, {}
  for _, record in ipairs(values) do gone[record.value] = true end
  for _, record in ipairs(records) do
    if not gone[record.value] then kept[#kept + 1] = record end
  end
  return kept
end

-- Makes the set when it is not there.
local function add_records(context, id, name, kind)
  local zone, body = primary(context, id), context.body
  local set, problems = zone.rrsets[name .. "/" .. kind], refuse.problems()
  if not set then
    insert(context, zone,
      { name = name, type = kind, ttl = body.ttl, records = body.records })
  else
    find_changeable(context, id, name, kind)
    check_records(body.records, kind, problems)
    problems:check(body.ttl == nil or body.ttl == set.ttl, "ttl",
      "must agree with the set's")
    problems:finish()
    set.records = without(set.records, body.records)
    table.move(body.records, 1, #body.records, #set.records + 1, set.records)
    zones.touch(context, zone)
  end
  return 201, { action = act(context, zone, "add_rrset_records") }
end

-- Removes the set when nothing is left in it.
local function remove_records(context, id, name, kind)
  local zone, set = find_changeable(context, id, name, kind)
  set.records = without(set.records, context.body.records or {})
  if #set.records == 0 then zone.rrsets[set.id] = nil end
  zones.touch(context, zone)
  return 201, { action = act(context, zone, "remove_rrset_records") }
end

local function change_ttl(context, id, name, kind)
  local zone, set = find_changeable(context, id, name, kind)
  if not zones.is_ttl(context.body.ttl) then
    refuse.invalid("ttl", "must be within 60 and 2147483647")
  end
  set.ttl = context.body.ttl
  zones.touch(context, zone)
  return 201, { action = act(context, zone, "change_rrset_ttl") }
end

local function protect(context, id, name, kind)
  local zone, set = find(context, id, name, kind)
  set.protected = context.body.change == true
  return 201, { action = act(context, zone, "change_rrset_protection") }
end

local ONE = "/zones/{id}/rrsets/{name}/{type}"

rrsets.routes = {
  { "GET", "/zones/{id}/rrsets", function(context, id)
    local zone = primary(context, id)
    return lists.answer(context, lists.values(zone.rrsets), {
      key = "rrsets", most = 100, view = function(set) return view(zone, set) end,
      filters = { name = function(s) return s.name end,
        type = function(s) return s.type end },
    })
  end },
  { "POST", "/zones/{id}/rrsets", create },
  { "GET", ONE, function(context, id, name, kind)
    local zone, set = find(context, id, name, kind)
    return 200, { rrset = view(zone, set) }
  end },
  { "PUT", ONE, change },
  { "DELETE", ONE, delete },
  { "POST", ONE .. "/actions/set_records", set_records },
  { "POST", ONE .. "/actions/add_records", add_records },
  { "POST", ONE .. "/actions/remove_records", remove_records },
  { "POST", ONE .. "/actions/change_ttl", change_ttl },
  { "POST", ONE .. "/actions/change_protection", protect },
}

return rrsets
