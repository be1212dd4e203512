-- SPDX-License-Identifier: MIT
--
-- What may refuse a server: its name, its place, its addresses, and what else it names.

local labels = require "lab.hetzner_labels"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"
local stock = require "lab.hetzner_stock"

local check = { TAKEN = "server name is already used" }

local function is_hostname(name)
  if #name > 253 then return false end
  for part in (name .. "."):gmatch("([^.]*)%.") do
    if #part > 63 or not part:find("^%w[%w-]*$") or part:find("%-$") then return false end
  end
  return true
end

function check.name(name, problems)
  problems:check(is_hostname(name), "name", "must be a valid hostname")
end

-- The place to build at: the one asked for, or the first with stock.
local function location_for(context, described, wanted)
  if wanted then
    local location = stock.location(wanted)
    return location and location.name
  end
  for _, row in ipairs(described.locations) do
    if stock.available(context.lab, described.name, row) then return row[1] end
  end
  return described.locations[1][1]
end

function check.place(context, described, location)
  local row = stock.place_of(described, location)
  if not row or row[4] then
    refuse.invalid("server_type", "unsupported location for server type")
  end
  if not stock.available(context.lab, described.name, row) then
    refuse.with(412, "resource_unavailable", "error during placement")
  end
end

-- Only Debian can boot here when hosts are real.
local function check_bootable(lab, image)
  if lab.driver_kind == "none" or image.os_flavor == "debian" then return end
  refuse.with(422, "unsupported_error", "the lab cannot run image " .. image.name
    .. ": only Debian images boot here")
end

local function keys_of(context, list, problems)
  local keys = {}
  for i, id in ipairs(list or {}) do
    keys[i] = objects.look_up(context, "ssh_key", id)
    problems:check(keys[i], "ssh_keys", "SSH key " .. tostring(id) .. " not found")
  end
  return keys
end

local function firewalls_of(context, list, problems)
  local found = {}
  for i, item in ipairs(list or {}) do
    found[i] = context.world.firewalls[item.firewall]
    problems:check(found[i], "firewalls", "firewall not found")
  end
  problems:check(#found <= 5, "firewalls", "at most 5 firewalls")
  return found
end

local function address_for(context, net, family, location)
  if net["enable_" .. family] == false then return nil end
  local id = net[family]
  if not id then return "new" end
  local ip = objects.find(context, "primary_ip", id)
  if ip.type ~= family then
    refuse.with(412, "primary_ip_version_mismatch", "primary ip has another version")
  end
  if ip.assignee or ip.held then
    refuse.with(422, "primary_ip_assigned", "primary ip is already assigned")
  end
  if ip.location ~= location then
    refuse.with(422, "primary_ip_datacenter_mismatch",
      "primary ip is in another location")
  end
  return ip
end

local function check_body(context)
  local body, problems = context.body, refuse.problems()
  check.name(tostring(body.name or ""), problems)
  labels.check(body.labels, problems)
  local described = stock.server_type(body.server_type)
  problems:check(described, "server_type", "server type not found")
  local image = described and stock.image(body.image, described.architecture)
  if described then problems:check(image, "image", "image not found") end
  problems:check(#(body.user_data or "") <= 32768, "user_data", "at most 32 KiB")
  for _, field in ipairs { "volumes", "networks", "placement_group" } do
    local given = body[field]
    problems:check(given == nil or (type(given) == "table" and #given == 0), field,
      "is not served by the lab yet")
  end
  local made = {
    described = described, image = image,
    keys = keys_of(context, body.ssh_keys, problems),
    firewalls = firewalls_of(context, body.firewalls, problems),
  }
  made.location = described and location_for(context, described, body.location)
  if described then problems:check(made.location, "location", "location not found") end
  problems:finish()
  return made
end

-- All that may refuse a create, before anything is made.
function check.all(context)
  local body, made = context.body, check_body(context)
  local net = body.public_net or {}
  objects.check_unique(context, "server", body.name, check.TAKEN)
  check_bootable(context.lab, made.image)
  made.ipv4 = address_for(context, net, "ipv4", made.location)
  made.ipv6 = address_for(context, net, "ipv6", made.location)
  if not made.ipv4 and not made.ipv6 and body.start_after_create ~= false then
    refuse.invalid("public_net", "a server needs an interface to be started")
  end
  if #lists.values(context.world.servers) >= context.lab.limits.servers then
    refuse.over_limit("servers")
  end
  check.place(context, made.described, made.location)
  return made
end

return check
