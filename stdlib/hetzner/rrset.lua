-- SPDX-License-Identifier: MIT
--
-- A record set of a zone: https://docs.hetzner.cloud/reference/cloud#dns
-- The same set under the same zone is the same thing, whoever made it.

local attribute = require "attribute"
local records = require "hetzner.records"
local same = require "hetzner.same"
local type = require "type"
local unknown = require "unknown"

local function set_of(want)
  return {
    zone = same.id(want.zone), name = want.name, type = want.type, ttl = want.ttl,
    values = want.records,
  }
end

local function found_of(want, set)
  return {
    zone = want.zone, name = set.name, type = set.type, ttl = set.ttl,
    records = records.echo(set.type, want.records, records.values_of(set)),
    id = tostring(same.id(want.zone)) .. "/" .. set.id,
  }
end

-- The set that an item stands for, read from its zone's list, or nil.
local function look(is, zones)
  -- Of a create that was cut off and is no longer declared, not even the zone is known.
  if not is.zone or unknown.is(is.zone) then return nil end
  local zone = same.id(is.zone)
  zones[zone] = zones[zone] or records.of_zone(zone)
  local set = zones[zone][tostring(is.name) .. "/" .. tostring(is.type)]
  return set and found_of(is, set) or nil
end

-- One list a zone.
local function observe(items)
  local zones, results = {}, {}
  for i, item in ipairs(items) do
    results[i] = records.by_identity(item, { "zone", "name", "type" },
      function(is) return look(is, zones) end)
  end
  return results
end

local function label(is)
  return ("record set %s %s"):format(is.name, is.type)
end

return type {
  name = "hetzner.rrset",
  doc = "All records of one name and type in a zone. The name is relative to the zone, "
    .. "@ for the zone itself.",
  link = "https://docs.hetzner.cloud/reference/cloud#dns",
  attributes = {
    zone = attribute.any { required = true, fixed = true, doc = "a zone or its domain" },
    name = attribute.string { required = true, fixed = true,
      doc = "relative to the zone, or @" },
    type = attribute.string { required = true, fixed = true,
      doc = "A, AAAA, CNAME, MX, TXT, …" },
    records = attribute.set {
      required = true, item = "string", doc = "the values; TXT is quoted for you",
    },
    ttl = attribute.integer { doc = "seconds; default: the zone's" },
    id = attribute.string { computed = true, doc = "zone/name/TYPE" },
  },
  example = [[
local zone = hetzner.zone "pipster" { name = "pipster.app" }
hetzner.rrset "www" { zone = zone, name = "www", type = "A", records = { app.ipv4 } }
]],

  observe = observe,

  create = function(want, step)
    records.create(set_of(want), "creating " .. label(want))
    return observe({ { want = want, name = step.name } })[1]
  end,

  update = function(_, want, step, fields)
    records.update(set_of(want), {
      values = same.has(fields, "records"), ttl = same.has(fields, "ttl"),
    }, "changing " .. label(want))
    return observe({ { want = want, name = step.name } })[1]
  end,

  delete = function(have)
    records.delete(set_of(have), "deleting " .. label(have))
  end,

  preview = records.preview,
}
