-- SPDX-License-Identifier: MIT
--
-- A DNS record by its full name. The zone is the project's with the longest suffix of it,
-- or the one given. Carried out over the record sets of Hetzner DNS.

local attribute = require "attribute"
local client = require "hetzner.client"
local fault = require "fault"
local records = require "hetzner.records"
local same = require "hetzner.same"
local type = require "type"
local unknown = require "unknown"
local values = require "dns.values"

local function ends_with(domain, zone)
  return domain == zone or domain:sub(-#zone - 1) == "." .. zone
end

-- The zone of a domain among `zones`: the one said, by id or name, or the longest suffix.
local function zone_of(is, zones)
  local best
  for _, zone in ipairs(zones) do
    local said = is.zone ~= nil
      and (zone.id == same.id(is.zone) or zone.name == same.id(is.zone))
    local fits = is.zone == nil and ends_with(is.domain, zone.name)
    if (said or fits) and (not best or #zone.name > #best.name) then best = zone end
  end
  return best
end

local function relative(domain, zone)
  return domain == zone.name and "@" or domain:sub(1, -#zone.name - 2)
end

local function set_of(is, zone)
  return {
    zone = zone.id, name = relative(is.domain, zone), type = is.type, ttl = is.ttl,
    values = values.list(is.value),
  }
end

local function found_of(is, zone, set)
  local found = records.values_of(set)
  return {
    domain = is.domain, type = is.type, zone = is.zone, ttl = set.ttl,
    value = values.echo(is.type, is.value, found), id = zone.name .. "/" .. set.id,
    zone_id = zone.id,
  }
end

local function look(is, zones, sets)
  local known = is.domain and not unknown.is(is.zone) and not unknown.is(is.domain)
  local zone = known and zone_of(is, zones)
  if not zone then return nil end
  sets[zone.id] = sets[zone.id] or records.of_zone(zone.id)
  local set = sets[zone.id][relative(is.domain, zone) .. "/" .. is.type]
  return set and found_of(is, zone, set) or nil
end

-- One list of zones, one list of sets for each zone that is asked for.
local function observe(items)
  local zones, sets, results = client.list_shared "zones", {}, {}
  for i, item in ipairs(items) do
    results[i] = records.by_identity(item, { "domain", "type" },
      function(is) return look(is, zones, sets) end)
  end
  return results
end

local function need_zone(is)
  local zone = zone_of(is, client.list_shared "zones")
  if zone then return zone end
  return fault("no zone of the project holds " .. is.domain, {
    why = "the API token sees no zone whose name " .. is.domain .. " ends with",
    next = 'declare it: hetzner.zone "main" { name = "…" }, and give it as zone = …',
  })
end

local function label(is) return ("DNS record %s %s"):format(is.domain, is.type) end

return type {
  name = "dns.record",
  doc = "A DNS record by its full name, in the zone that fits.",
  link = "https://docs.hetzner.cloud/reference/cloud#dns",
  attributes = {
    domain = attribute.string { required = true, fixed = true, doc = "its full name" },
    type = attribute.string { default = "A", fixed = true,
      doc = "A, AAAA, CNAME, MX, TXT, …" },
    value = attribute.any { required = true, doc = "the value, or a list of values" },
    ttl = attribute.integer { doc = "seconds; default: the zone's" },
    zone = attribute.any { fixed = true,
      doc = "a zone or its domain; default: the one that fits" },
    id = attribute.string { computed = true, doc = "zone/name/TYPE" },
    zone_id = attribute.integer { computed = true, doc = "the id of its zone" },
  },
  example = [[
dns.record "identity" { domain = "identity.pipster.app", type = "A", value = app.ipv4 }
]],

  observe = observe,

  create = function(want)
    records.create(set_of(want, need_zone(want)), "creating " .. label(want))
    return observe({ { want = want } })[1]
  end,

  update = function(_, want, _, fields)
    records.update(set_of(want, need_zone(want)), {
      values = same.has(fields, "value"), ttl = same.has(fields, "ttl"),
    }, "changing " .. label(want))
    return observe({ { want = want } })[1]
  end,

  delete = function(have)
    local zone = zone_of(have, client.list_shared "zones")
    if zone then records.delete(set_of(have, zone), "deleting " .. label(have)) end
  end,

  preview = records.preview,
}
