-- SPDX-License-Identifier: MIT
--
-- Record sets under a zone, for hetzner.rrset and dns.record. They are known by their
-- zone, name and type. The sets of a zone are read in one list for all that ask.

local action = require "hetzner.action"
local calls = require "hetzner.calls"
local client = require "hetzner.client"
local fault = require "fault"
local json = require "json"
local labels = require "hetzner.labels"
local same = require "hetzner.same"
local unknown = require "unknown"
local watch = require "watch"

local records = {}

local PER_PAGE = 100

-- Types whose values name a host, which needs its final dot.
local named = { CNAME = true, NS = true, PTR = true, MX = true, SRV = true }

-- One value as the API keeps it: TXT quoted, names with their final dot.
function records.value(kind, value)
  local text = tostring(value)
  if kind == "TXT" and not text:find('^".*"$') then
    return '"' .. text:gsub('[\\"]', "\\%0") .. '"'
  end
  if named[kind] and not text:find("%.$") then return text .. "." end
  if kind == "AAAA" then return text:lower() end
  return text
end

local function normal(kind)
  return function(value) return records.value(kind, value) end
end

-- found values, or `wanted` when both are the same set.
function records.echo(kind, wanted, found)
  return same.echo_set(wanted, found, normal(kind))
end

local function rrset_path(zone, name, kind)
  return ("/zones/%s/rrsets/%s/%s"):format(zone, name, kind)
end

-- All sets of a zone by "name/TYPE"; an empty table when there is no such zone.
function records.of_zone(zone)
  local by_id = {}
  local ok, list = pcall(client.list_shared, "rrsets",
    { path = ("/zones/%s/rrsets"):format(zone), per_page = PER_PAGE })
  if not ok then
    if fault.is(list) and list.code == "not_found" then return by_id end
    error(list, 0)
  end
  for _, set in ipairs(list) do by_id[set.id] = set end
  return by_id
end

function records.values_of(set)
  local values = {}
  for i, record in ipairs(set.records) do values[i] = record.value end
  table.sort(values)
  return values
end

-- Whether what is recorded of an item is another set than the wanted one.
local function is_another(recorded, want, fields)
  for _, field in ipairs(fields) do
    local before, after = recorded[field], want[field]
    local both = before ~= nil and after ~= nil and not unknown.is(after)
    if both and tostring(same.id(before)) ~= tostring(same.id(after)) then
      return true
    end
  end
  return false
end

-- look(attributes) for an item that is known by `fields`. As long as the set is there
-- under what is recorded, it is that one: under another name it would be left behind.
function records.by_identity(item, fields, look)
  local recorded, want = labels.recorded(item), item.want
  if not want then return look(recorded) end
  local earlier = next(recorded) and is_another(recorded, want, fields) and look(recorded)
  return earlier or look(want)
end

local function body_of(kind, values)
  local list = {}
  for i, value in ipairs(values) do list[i] = { value = records.value(kind, value) } end
  return json.list(list)
end

local function set_values(path, set, what)
  action.run(path, "set_records", { records = body_of(set.type, set.values) }, what)
end

-- changed: { values = bool, ttl = bool }
function records.update(set, changed, what)
  local path = rrset_path(set.zone, set.name, set.type)
  if changed.values then set_values(path, set, what) end
  if changed.ttl then
    action.run(path, "change_ttl", { ttl = set.ttl or json.null }, what)
  end
end

-- set: zone, name, type, values, ttl. One that is there already is made the same.
function records.create(set, what)
  local ok, answer = pcall(client.post, ("/zones/%s/rrsets"):format(set.zone), {
    name = set.name, type = set.type, ttl = set.ttl,
    records = body_of(set.type, set.values),
  }, what)
  if ok then return action.wait({ answer.action }, what) end
  local lost = fault.is(answer) and answer.kind == "uncertain"
  local taken = fault.is(answer) and answer.code == "uniqueness_error"
  if not lost and not taken then error(answer, 0) end
  local function look()
    return client.find(rrset_path(set.zone, set.name, set.type), "rrset")
  end
  local there = lost and watch.find(what, look) or taken and look()
  if not there then error(answer, 0) end
  return records.update(set, {
    values = not same.sets(set.values, records.values_of(there), normal(set.type)),
    ttl = set.ttl ~= there.ttl,
  }, what)
end

function records.delete(set, what)
  local answer = client.delete(rrset_path(set.zone, set.name, set.type), what)
  if answer and answer.action then action.wait({ answer.action }, what) end
end

local SET = "POST …/rrsets/NAME/TYPE/actions/set_records"

local CALLS = {
  create = "POST /zones/ID/rrsets", delete = "DELETE /zones/ID/rrsets/NAME/TYPE",
  fields = {
    records = SET, value = SET, ttl = "POST …/rrsets/NAME/TYPE/actions/change_ttl",
  },
}

function records.preview(change)
  return { actions = calls.of(change, CALLS) }
end

return records
