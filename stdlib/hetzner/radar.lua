-- SPDX-License-Identifier: MIT
--
-- What changes in the price list and concerns what one has: types that are retired, with
-- what to take instead, and prices that went up. Made whenever the list is read, and kept
-- beside it, so that `status` tells it without a call. Pure.

local shipped = require "hetzner.shipped_catalogue"
local money = require "money"

local radar = {}

local MONTHS_KEPT = 12 * 31 * 86400 -- a change that was seen longer ago is forgotten

local function by_name(rows)
  local found = {}
  for _, row in ipairs(rows or {}) do found[row.name] = row end
  return found
end

-- { type → { location → net a month } }
local function prices_of(list)
  local found = {}
  for _, row in ipairs(((list or {}).pricing or {}).server_types or {}) do
    found[row.name] = {}
    for _, price in ipairs(row.prices or {}) do
      found[row.name][price.location] = (price.price_monthly or {}).net
    end
  end
  return found
end

local function place_in(described, location)
  for _, place in ipairs(described.locations or {}) do
    if place.name == location then return place end
  end
  return nil
end

local function is_leaving(place)
  local notice = place.deprecation
  return type(notice) == "table" and notice.unavailable_after ~= nil
end

local function fits(described, size)
  return described.architecture == size.architecture
    and described.cpu_type == size.cpu_type and described.cores >= size.cores
    and described.memory >= size.memory and described.disk >= size.disk
end

local function is_less(one, other)
  return money.add(one, "-" .. other):sub(1, 1) == "-"
end

-- The cheapest that is as large, of the same kind, and stays on sale there.
local function successor(list, prices, size, location)
  local best, price
  for _, described in ipairs(list.server_types) do
    local place = place_in(described, location)
    local asked = (prices[described.name] or {})[location]
    if place and asked and not is_leaving(place) and fits(described, size)
      and (not best or is_less(asked, price)) then
      best, price = described.name, asked
    end
  end
  return best, price
end

-- Types that the list still prices and does not sell, or not for long, by location.
function radar.retired(list)
  local sold, prices, rows = by_name(list.server_types), prices_of(list), {}
  local known = by_name(shipped.server_types)
  for name, by_location in pairs(prices) do
    local size = sold[name] or known[name]
    for location in pairs(by_location) do
      local place = sold[name] and place_in(sold[name], location)
      if not place or is_leaving(place) then
        local row = { type = name, location = location }
        if place then
          row.announced = place.deprecation.announced
          row.after = place.deprecation.unavailable_after
        end
        if size then row.take, row.price = successor(list, prices, size, location) end
        rows[#rows + 1] = row
      end
    end
  end
  return rows
end

-- Prices that differ from those of the list before, behind those seen earlier.
function radar.moved(seen, before, now, at)
  local old, rows = prices_of(before), {}
  local fresh = {}
  for name, by_location in pairs(prices_of(now)) do
    for location, price in pairs(by_location) do
      local was = (old[name] or {})[location]
      if was and was ~= price then
        fresh[name .. "@" .. location] = true
        rows[#rows + 1] = { type = name, location = location, was = was, price = price,
          seen_at = at, dearer = is_less(was, price) }
      end
    end
  end
  for _, row in ipairs(seen or {}) do
    local is_old = at - row.seen_at > MONTHS_KEPT
    if not is_old and not fresh[row.type .. "@" .. row.location] then
      rows[#rows + 1] = row
    end
  end
  return rows
end

return radar
