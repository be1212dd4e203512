-- SPDX-License-Identifier: MIT
--
-- What storage boxes are sold as, where and for how much: read once a run by what is
-- observed, kept in the cache, and from there used purely.

local book = require "cost.book"
local cache = require "cache"
local client = require "hetzner.client"
local json = require "json"
local period = require "hetzner.period"

local types = {}

local KEY = "hetzner.storage_box_types"
local GIB = 1024 ^ 3

local loaded -- a list as the API gives it

local function read()
  if loaded then return end
  loaded = client.list "storage_box_types"
  cache.put(KEY, json.encode(json.list(loaded)))
end

-- Reads them anew, at most once a run.
function types.load()
  client.alone("the list of storage box types", read)
end

-- What was read in this run, else what the cache has; nil when neither. Makes no call.
local function known()
  if loaded then return loaded end
  local text = cache.get(KEY)
  loaded = text and json.decode(text) or nil
  return loaded
end

function types.find(name)
  for _, described in ipairs(known() or {}) do
    if described.name == name then return described end
  end
  return nil
end

local function row_of(described, location)
  for _, row in ipairs(described and described.prices or {}) do
    if row.location == location then return row end
  end
  return nil
end

-- Net per month as a decimal text, or nil.
function types.price(name, location)
  local chosen = book.chosen()
  if chosen then return chosen.boxes[name] end
  return period.price(row_of(types.find(name), location))
end

-- Net and once, or nil.
function types.setup_fee(name, location)
  local row = row_of(types.find(name), location)
  return row and row.setup_fee and row.setup_fee.net
end

-- "1024 GiB", or nil when nobody knows.
function types.space(name)
  local described = types.find(name)
  return described and ("%d GiB"):format(described.size // GIB)
end

function types.is_smaller(name, other)
  local one, two = types.find(name), types.find(other)
  return one ~= nil and two ~= nil and one.size < two.size
end

local function locations(described)
  local names = {}
  for i, row in ipairs(described.prices or {}) do names[i] = row.location end
  return table.concat(names, ", ")
end

-- nil when it can be ordered there, else why not, and what could be.
function types.obstacle(name, location)
  if not known() then return nil end
  local described, names = types.find(name), {}
  if not described then
    for i, one in ipairs(known()) do names[i] = one.name end
    return name .. " is not sold", "take one of " .. table.concat(names, ", ")
  end
  if row_of(described, location) then return nil end
  return ("%s is not sold in %s"):format(name, location),
    "take one of " .. locations(described)
end

return types
