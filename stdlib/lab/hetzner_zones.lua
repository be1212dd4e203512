-- SPDX-License-Identifier: MIT
--
-- DNS zones. A new one has one SOA and the NS set; the serial rises with every change,
-- and the driver's name server is told of it. Delegation is valid in the lab.

local actions = require "lab.hetzner_actions"
local clock = require "clock"
local json = require "json"
local labels = require "lab.hetzner_labels"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"

local zones = {}

local assigned = {
  "hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com.", "helium.ns.hetzner.de.",
}

function zones.find(context, id_or_name)
  local zone = objects.look_up(context, "zone", id_or_name)
  if not zone then refuse.not_found("zone") end
  return zone
end

local function count_records(zone)
  local count = 0
  for _, set in pairs(zone.rrsets) do count = count + #set.records end
  return count
end

local function view(context, zone)
  return {
    id = zone.id, name = zone.name, mode = zone.mode, ttl = zone.ttl,
    labels = zone.labels,
    created = zone.created, protection = { delete = zone.protected },
    status = zone.busy > 0 and "updating" or "ok", record_count = count_records(zone),
    registrar = "other", primary_nameservers = json.list(zone.primaries or {}),
    authoritative_nameservers = {
      assigned = json.list { table.unpack(assigned) },
      delegated = json.list { table.unpack(assigned) },
      delegation_last_check = clock.text(context.lab.now_ms() // 1000),
      delegation_status = "valid",
    },
  }
end

local function full_name(zone, set)
  return set.name == "@" and zone.name or set.name .. "." .. zone.name
end

-- The names of storage boxes, of which the vendor's own zone knows no other.
local function add_boxes(world, records, names)
  for _, box in pairs(world.storage_boxes) do
    if box.ip then
      names[#names + 1] = box.server
      records[#records + 1] = { name = box.server, type = "A", value = box.ip }
    end
  end
end

-- Raises the serial and gives the driver everything that resolves now.
function zones.publish(context)
  local records, names = {}, {}
  for _, world in pairs(context.lab.worlds) do
    add_boxes(world, records, names)
    for _, zone in pairs(world.zones) do
      names[#names + 1] = zone.name
      for _, set in pairs(zone.rrsets) do
        for _, record in ipairs(set.records) do
          records[#records + 1] = {
            name = full_name(zone, set), type = set.type, value = record.value,
            ttl = set.ttl or zone.ttl,
          }
        end
      end
    end
  end
  context.lab.driver.dns { records = records, zones = names }
end

function zones.touch(context, zone)
  zone.serial = zone.serial + 1
  local soa = zone.rrsets["@/SOA"]
  if soa then
    soa.records = { { value = assigned[1] .. " dns.hetzner.com. " .. zone.serial
      .. " 86400 10800 3600000 3600" } }
  end
  context.changed = true
  zones.publish(context)
end

local function is_domain(name)
  if #name > 253 or not name:find("%.") then return false end
  for part in (name .. "."):gmatch("([^.]*)%.") do
    if #part > 63 or not part:find("^[a-z0-9_][a-z0-9_-]*$") or part:find("%-$") then
      return false
    end
  end
  return true
end

local function is_ttl(ttl)
  return ttl == nil or (math.type(ttl) == "integer" and ttl >= 60 and ttl <= 2147483647)
end
zones.is_ttl = is_ttl

local function first_sets(zone)
  local servers = {}
  for i, name in ipairs(assigned) do servers[i] = { value = name } end
  zone.rrsets["@/NS"] = { id = "@/NS", name = "@", type = "NS", records = servers,
    labels = {} }
  zone.rrsets["@/SOA"] = { id = "@/SOA", name = "@", type = "SOA", records = {},
    labels = {} }
end

local function create(context)
  local body, problems = context.body, refuse.problems()
  problems:check(is_domain(tostring(body.name or "")), "name", "must be a domain")
  problems:check(body.mode == "primary" or body.mode == "secondary", "mode",
    "must be primary or secondary")
  problems:check(is_ttl(body.ttl), "ttl", "must be within 60 and 2147483647")
  labels.check(body.labels, problems)
  problems:finish()
  objects.check_unique(context, "zone", body.name, "zone name is already used")
  local zone = objects.add(context, "zone", {
    name = body.name, mode = body.mode, ttl = body.ttl or 3600, labels = body.labels,
    protected = false, rrsets = {}, serial = 2026000000,
    primaries = body.primary_nameservers,
  })
  if zone.mode == "primary" then first_sets(zone) end
  zones.touch(context, zone)
  local action = actions.start(context, "create_zone", { { "zone", zone } })
  return 201, { zone = view(context, zone), action = actions.show(context, action) }
end

local function change(context, id)
  local zone, problems = zones.find(context, id), refuse.problems()
  labels.check(context.body.labels, problems)
  problems:finish()
  zone.labels = context.body.labels or zone.labels
  context.changed = true
  return 200, { zone = view(context, zone) }
end

local function delete(context, id)
  local zone = zones.find(context, id)
  if zone.protected then refuse.with(423, "protected", "zone is delete protected") end
  context.world.zones[zone.id] = nil
  zones.publish(context)
  local action = actions.start(context, "delete_zone", { { "zone", zone } })
  return 201, { action = actions.show(context, action) }
end

local function change_ttl(context, id)
  local zone = zones.find(context, id)
  if context.body.ttl == nil or not is_ttl(context.body.ttl) then
    refuse.invalid("ttl", "must be within 60 and 2147483647")
  end
  if zone.mode ~= "primary" then
    refuse.with(422, "incorrect_zone_mode", "zone is not in mode primary")
  end
  zone.ttl = context.body.ttl
  zones.touch(context, zone)
  local action = actions.start(context, "change_ttl", { { "zone", zone } })
  return 201, { action = actions.show(context, action) }
end

local function protect(context, id)
  local zone = zones.find(context, id)
  zone.protected = context.body.delete == true
  local action = actions.start(context, "change_protection", { { "zone", zone } })
  return 201, { action = actions.show(context, action) }
end

zones.routes = {
  { "GET", "/zones", function(context)
    return lists.answer(context, lists.values(context.world.zones), {
      key = "zones", sort = { "id", "name", "created" },
      filters = { name = function(z) return z.name end,
        mode = function(z) return z.mode end },
      view = function(zone) return view(context, zone) end,
    })
  end },
  { "POST", "/zones", create },
  { "GET", "/zones/{id}", function(context, id)
    return 200, { zone = view(context, zones.find(context, id)) }
  end },
  { "PUT", "/zones/{id}", change },
  { "DELETE", "/zones/{id}", delete },
  { "POST", "/zones/{id}/actions/change_ttl", change_ttl },
  { "POST", "/zones/{id}/actions/change_protection", protect },
}

return zones
