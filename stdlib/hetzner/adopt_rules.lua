-- SPDX-License-Identifier: MIT
--
-- What is special about a kind when it is written as a declaration: what is not declared,
-- what refers to what, what a reader is told. All pure but for the lists of record sets.

local records = require "hetzner.records"
local text = require "hetzner.adopt_text"

local rules = {}

-- Kinds that others refer to: kept in a table of their name.
rules.refers = { firewall = true, primary_ip = true, server = true, zone = true }

function rules.head()
  return [[
-- Written by `pipster adopt hetzner` from what was there. Nothing was changed: the next
-- plan is empty. Edit it as any playbook; names are yours to change with
-- `pipster state mv OLD NEW`.
local hetzner = require "hetzner"
local firewall, primary_ip, server, zone = {}, {}, {}, {}

]]
end

-- Why an object is not declared, or nil.
function rules.leave(kind, object)
  if kind == "primary_ip" and object.auto_delete and object.assignee_id then
    return "it was born with its server and goes with it"
  end
  if kind == "zone" and object.mode and object.mode ~= "primary" then
    return "a secondary zone: its records come from elsewhere"
  end
  return nil
end

local function reference(work, kind, id)
  local name = work.names[kind][id]
  return name and text.code(("%s[%s]"):format(kind, text.string(name))) or id
end

local function is_anywhere(networks)
  table.sort(networks)
  return table.concat(networks, " ") == "0.0.0.0/0 ::/0"
end

-- As short as people write it: 22 for TCP from anywhere.
local function rule(given)
  local made = {}
  for key, value in pairs(given) do made[key] = value end
  made.port = math.tointeger(tonumber(made.port)) or made.port
  for _, side in ipairs { "source_ips", "destination_ips" } do
    if made[side] and is_anywhere(made[side]) then made[side] = nil end
  end
  local plain = made.port and made.protocol == "tcp" and not made.source_ips
    and not made.destination_ips and not made.description
  return plain and made.port or made
end

local special = {}

function special.server(found, work, object)
  local firewalls, addresses = {}, {}
  for i, id in ipairs(found.firewalls or {}) do
    firewalls[i] = reference(work, "firewall", id)
  end
  for _, family in ipairs { "ipv4", "ipv6" } do
    local address = object.public_net[family]
    if not address then
      addresses[family] = false
    elseif work.names.primary_ip[address.id]
      or work.recorded["hetzner.primary_ip#" .. address.id] then
      addresses[family] = reference(work, "primary_ip", address.id)
    end
  end
  found.firewalls, found.public_net = firewalls, addresses
  found.image = found.image or "debian-12"
end

-- The server says which addresses it has.
function special.primary_ip(found) found.server = nil end

-- Nobody tells it, and who uses it goes on doing so.
function special.storage_box(found) found.password = false end

function special.firewall(found)
  for _, side in ipairs { "inbound", "outbound" } do
    for i, given in ipairs(found[side] or {}) do found[side][i] = rule(given) end
  end
end

function special.rrset(found, work)
  found.zone = reference(work, "zone", found.zone)
end

-- The attributes to declare.
function rules.declared(kind, found, work, object)
  local copy = {}
  for name, value in pairs(found) do copy[name] = value end
  if special[kind] then special[kind](copy, work, object) end
  return copy
end

-- Comments that go before a declaration.
function rules.remarks(kind, object)
  local lines = {}
  if kind ~= "server" then return lines end
  if not object.image then
    lines[1] = "-- Its image is gone: what stands here counts for a new server only."
  elseif object.image.deprecated then
    lines[1] = text.comment("Its image is deprecated since " .. object.image.deprecated)
  end
  if object.server_type.deprecation or object.server_type.deprecated then
    lines[#lines + 1] = "-- Its type is deprecated: choose another one in time."
  end
  return lines
end

-- What the vendor writes into a zone by itself.
local function is_vendors(set)
  return set.type == "SOA" or set.type == "NS" and set.name == "@"
end

-- The record sets of zones, each by zone, name and type.
function rules.records(work, zones, declare)
  local described = require "hetzner.rrset"
  for _, zone in ipairs(zones) do
    local sets, ids, items = records.of_zone(zone.id), {}, {}
    for id in pairs(sets) do ids[#ids + 1] = id end
    table.sort(ids)
    for _, id in ipairs(ids) do
      local set = sets[id]
      if not is_vendors(set) then
        local label = set.name == "@" and "" or set.name:gsub("%*", "any") .. "."
        items[#items + 1] = { object = set,
          name = text.name(label .. zone.object.name .. "-" .. set.type,
            work.taken.rrset),
          found = { zone = zone.id, name = set.name, type = set.type, ttl = set.ttl,
            records = records.values_of(set) } }
      end
    end
    for _, item in ipairs(items) do declare(work, "rrset", described, item) end
  end
end

return rules
