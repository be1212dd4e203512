-- SPDX-License-Identifier: MIT
--
-- Server types, locations and prices: read once a run by what is observed, kept in the
-- cache with their date, and from there used purely by preview and price. What is sold
-- out changes by the minute; prices and locations are good enough as of a day ago.

local book = require "cost.book"
local cache = require "cache"
local client = require "hetzner.client"
local clock = require "clock"
local json = require "json"
local money = require "money"
local period = require "hetzner.period"
local radar = require "hetzner.radar"

local catalogue = {}

local KEY, TYPES, RADAR = "hetzner.catalogue", "hetzner.server_types", "hetzner.radar"
local FRESH = 24 * 3600 -- seconds that prices and locations are good for

local loaded -- { server_types, locations, pricing, read_at }

local function kept(key)
  local text, read_at = cache.get(key)
  return text and json.decode(text), read_at
end

-- What of it concerns those who have something: compared with the list before.
local function note_changes(before)
  local seen = kept(RADAR)
  cache.put(RADAR, json.encode {
    currency = loaded.pricing.currency,
    retired = json.list(radar.retired(loaded)),
    moved = json.list(radar.moved(seen and seen.moved, before, loaded, clock.now())),
  })
end

local function read()
  if loaded then return end
  local before, read_at = kept(KEY)
  local age = before and clock.now() - read_at or FRESH
  if age >= 0 and age < FRESH then
    loaded = { server_types = client.list "server_types", locations = before.locations,
      pricing = before.pricing, read_at = read_at }
    cache.put(TYPES, json.encode(json.list(loaded.server_types)))
  else
    loaded = {
      server_types = client.list "server_types",
      locations = client.list "locations",
      pricing = client.get("/pricing", nil, "reading prices").pricing,
    }
    cache.put(KEY, json.encode(loaded))
  end
  note_changes(before)
end

-- Reads what is not fresh, at most once a run.
function catalogue.load()
  client.alone("the price list", read)
end

-- What was read in this run, else what the cache has; nil when neither. Makes no call.
local function facts()
  if loaded then return loaded end
  local list, read_at = kept(KEY)
  if not list then return nil end
  local types, types_at = kept(TYPES)
  loaded = list
  loaded.read_at = read_at
  if types and types_at > read_at then loaded.server_types = types end
  return loaded
end

function catalogue.server_type(name)
  for _, described in ipairs((facts() or {}).server_types or {}) do
    if described.name == name then return described end
  end
  return nil
end

function catalogue.currency()
  local chosen = book.chosen()
  if chosen then return chosen.currency end
  return ((facts() or {}).pricing or {}).currency or "EUR"
end

local function place_of(described, location)
  for _, place in ipairs(described.locations or {}) do
    if place.name == location then return place end
  end
  return nil
end

local function is_retired(place)
  return type(place.deprecation) == "table"
    and place.deprecation.unavailable_after ~= nil and not place.available
end

-- nil when it can be ordered there, else why not: "cx23 is sold out in nbg1".
function catalogue.obstacle(type_name, location)
  if not facts() then return nil end
  local described = catalogue.server_type(type_name)
  if not described then return type_name .. " is not sold (any more)" end
  local place = place_of(described, location)
  if not place then return type_name .. " is not offered in " .. location end
  if place.available then return nil end
  if is_retired(place) then return type_name .. " is retired in " .. location end
  return type_name .. " is sold out in " .. location
end

-- All locations that offer a type, those recommended first.
function catalogue.locations_of(type_name)
  local described, names = catalogue.server_type(type_name), {}
  for _, recommended in ipairs { true, false } do
    for _, place in ipairs(described and described.locations or {}) do
      if place.recommended == recommended then names[#names + 1] = place.name end
    end
  end
  return names
end

local function row_of(rows, field, value)
  for _, row in ipairs(rows or {}) do
    if row[field] == value then return row end
  end
  return nil
end

local function price_in(rows, location)
  return period.price(row_of(rows, "location", location))
end

-- Net as a decimal text, or nil. Retired types still have a price in /pricing.
function catalogue.server_price(type_name, location)
  local chosen = book.chosen()
  if chosen then return book.server(chosen, type_name, location) end
  local pricing = (facts() or {}).pricing or {}
  local row = row_of(pricing.server_types, "name", type_name)
  return row and price_in(row.prices, location)
end

-- Its row of the price list there, for what is not in the price: traffic. Nil by a book.
function catalogue.server_row(type_name, location)
  if book.chosen() then return nil end
  local row = row_of(((facts() or {}).pricing or {}).server_types, "name", type_name)
  return row and row_of(row.prices, "location", location)
end

function catalogue.ip_price(family, location)
  local chosen = book.chosen()
  if chosen then return family == "ipv4" and chosen.ipv4 or nil end
  local pricing = (facts() or {}).pricing or {}
  local row = row_of(pricing.primary_ips, "type", family)
  return row and price_in(row.prices, location)
end

local function hourly(rows, location)
  local row = row_of(rows, "location", location)
  return row and row.price_hourly and row.price_hourly.net or nil
end

-- Net per hour of a server and its IPv4 address as a decimal text, or nil.
function catalogue.hour_price(type_name, location)
  local pricing = (facts() or {}).pricing or {}
  local server = row_of(pricing.server_types, "name", type_name)
  local address = row_of(pricing.primary_ips, "type", "ipv4")
  local of_server = server and hourly(server.prices, location)
  local of_address = address and hourly(address.prices, location)
  return of_server and of_address and money.add(of_server, of_address) or nil
end

-- 20 % of the server's, as the price list says.
function catalogue.backup_price(server_price)
  local chosen = book.chosen()
  if chosen then return book.backups(chosen, server_price) end
  local backup = ((facts() or {}).pricing or {}).server_backup
  if not server_price or not backup then return nil end
  return money.percent(server_price, backup.percentage)
end

return catalogue
