-- SPDX-License-Identifier: MIT
--
-- Which type in which location: the first of those given, in order, that can be ordered
-- and is in stock. Pure: the catalogue was read before.

local book = require "cost.book"
local catalogue = require "hetzner.catalogue"
local fault = require "fault"
local money = require "money"
local traffic = require "hetzner.traffic"
local unknown = require "unknown"

local choice = {}

-- "a" or { "a", "b" } → a list; nil → an empty one.
function choice.list(value)
  if value == nil or unknown.is(value) then return {} end
  return type(value) == "table" and value or { value }
end

local function places(want, type_name)
  local given = choice.list(want.location)
  if #given > 0 then return given end
  return catalogue.locations_of(type_name)
end

-- type, location, reasons why those before were passed over. Without stock: nil, nil,
-- reasons.
function choice.first(want)
  local reasons = {}
  for _, type_name in ipairs(choice.list(want.type)) do
    for _, location in ipairs(places(want, type_name)) do
      local obstacle = catalogue.obstacle(type_name, location)
      if not obstacle then return type_name, location, reasons end
      reasons[#reasons + 1] = obstacle
    end
  end
  return nil, nil, reasons
end

-- The same, but raises when nothing can be ordered.
function choice.orderable(want, name)
  local type_name, location, reasons = choice.first(want)
  if type_name or #reasons == 0 then
    return type_name or choice.list(want.type)[1], location, reasons
  end
  return fault("no server can be ordered"
    .. (name and " for hetzner.server/" .. name or ""), {
    why = table.concat(reasons, "; "), code = "resource_unavailable",
    next = 'give another type or location, or several: type = { "cx23", "cpx22" }',
  })
end

-- What was chosen where, with why others were not.
function choice.notes(type_name, location, reasons)
  if #reasons == 0 then return {} end
  return { table.concat(reasons, "; ") .. ": " .. type_name .. " in " .. location
    .. " is next" }
end

local function is_own_address(want)
  local net = want.public_net
  return type(net) ~= "table" or net.ipv4 == nil or net.ipv4 == true
end

-- By a price book: the first type that it has. What can be ordered today is not asked.
local function first_priced(want)
  local locations = choice.list(want.location)
  for _, type_name in ipairs(choice.list(want.type)) do
    for i = 1, math.max(#locations, 1) do
      local location = locations[i]
      if catalogue.server_price(type_name, location) then return type_name, location end
    end
  end
  return nil, nil
end

-- Price lines of a server as declared or found.
function choice.price(want)
  local type_name, location = (book.chosen() and first_priced or choice.first)(want)
  type_name = type_name or choice.list(want.type)[1] or "?"
  location = location or choice.list(want.location)[1] or "?"
  local currency = catalogue.currency()
  local price = catalogue.server_price(type_name, location ~= "?" and location or nil)
  local lines = { { "server " .. type_name .. " in " .. location, price, currency } }
  if want.backups == true then
    lines[2] = { "backups of " .. type_name, catalogue.backup_price(price), currency }
  end
  local address = is_own_address(want) and catalogue.ip_price("ipv4", location)
  if is_own_address(want) and not (address and money.is_zero(address)) then
    lines[#lines + 1] = { "primary IPv4 in " .. location, address or nil, currency }
  end
  if want.traffic then
    lines[#lines + 1] = traffic.line(want.traffic,
      catalogue.server_row(type_name, location), currency)
  end
  return lines
end

return choice
