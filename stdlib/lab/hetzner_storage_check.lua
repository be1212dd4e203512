-- SPDX-License-Identifier: MIT
--
-- What may refuse a storage box: fields nobody knows, a weak password, keys that are
-- none, settings of another form.

local keys = require "lab.hetzner_keys"
local labels = require "lab.hetzner_labels"
local stock = require "lab.hetzner_stock"
local types = require "lab.hetzner_storage_types"

local check = {}

check.settings = {
  "reachable_externally", "samba_enabled", "ssh_enabled", "webdav_enabled", "zfs_enabled",
}

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

local is_setting = set_of(check.settings)

function check.fields(body, allowed, problems)
  local known = set_of(allowed)
  for name in pairs(body) do
    problems:check(known[name], tostring(name), "unknown field")
  end
end

-- Characters beyond ASCII that a password may have.
local letters = { ["Ä"] = "A", ["Ö"] = "O", ["Ü"] = "U", ["ä"] = "a", ["ö"] = "o",
  ["ü"] = "u", ["ß"] = "s", ["°"] = "#", ["§"] = "#" }

function check.password(password, problems)
  if type(password) ~= "string" then
    return problems:add("password", "is required")
  end
  local plain = password:gsub("[\xC2-\xF4][\x80-\xBF]*", letters)
  problems:check(#plain >= 12 and #plain <= 128, "password",
    "must have 12 to 128 characters")
  problems:check(not plain:find("[^%w^!$%%/()=?+#%-.,;:~*@{}_&]"), "password",
    "has characters that are not allowed")
  problems:check(plain:find("%u") and plain:find("%l") and plain:find("%d")
    and plain:find("%W"), "password",
    "needs an upper case letter, a lower case one, a number and a special character")
end

function check.access(given, problems)
  if given == nil then return end
  if type(given) ~= "table" then
    return problems:add("access_settings", "must be a map")
  end
  for name, value in pairs(given) do
    problems:check(is_setting[name], "access_settings." .. tostring(name),
      "unknown field")
    problems:check(type(value) == "boolean", "access_settings." .. tostring(name),
      "must be true or false")
  end
end

local function check_keys(list, problems)
  if list == nil then return end
  if type(list) ~= "table" then return problems:add("ssh_keys", "must be a list") end
  for i, line in ipairs(list) do
    problems:check(keys.fingerprint(tostring(line)), "ssh_keys." .. i - 1,
      "is no valid SSH public key")
  end
end

function check.type(name, location, problems)
  local described = name ~= nil and types.find(name)
  problems:check(described, "storage_box_type", "unknown storage box type")
  problems:check(types.is_sold_in(location), "location",
    "storage boxes are not sold there")
  return described or nil
end

function check.name(name, problems)
  problems:check(type(name) == "string" and #name > 0 and #name <= 128, "name",
    "is required")
end

-- The type and the location that a new one gets.
function check.create(body, problems)
  check.fields(body, { "name", "storage_box_type", "location", "password", "labels",
    "ssh_keys", "access_settings" }, problems)
  check.name(body.name, problems)
  check.password(body.password, problems)
  check.access(body.access_settings, problems)
  check_keys(body.ssh_keys, problems)
  labels.check(body.labels, problems)
  local location = body.location and stock.location(body.location)
  return check.type(body.storage_box_type, location and location.name, problems),
    location
end

local ranges = {
  max_snapshots = { 1, math.maxinteger, true }, minute = { 0, 59, true },
  hour = { 0, 23, true }, day_of_week = { 1, 7 }, day_of_month = { 1, 31 },
}

function check.plan(body, described, problems)
  for name in pairs(body) do problems:check(ranges[name], name, "unknown field") end
  for name, range in pairs(ranges) do
    local value = body[name]
    local inside = math.type(value) == "integer" and value >= range[1]
      and value <= range[2]
    problems:check(inside or value == nil and not range[3], name,
      value == nil and "is required" or "is out of range")
  end
  local most = described.snapshots
  problems:check(not most or (tonumber(body.max_snapshots) or 0) <= most,
    "max_snapshots", "must not exceed " .. tostring(most))
end

return check
