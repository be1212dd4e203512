-- SPDX-License-Identifier: MIT
--
-- Price books: what things cost by the word of one source, as of one day. `--at BOOK`
-- chooses one for everything; a thing that it does not have is not priced. A book is a
-- table: name, title, date, currency, EUR_USD (dollars for a euro by its own word), and
--   servers  type → price, or type → { location → price }; a price is a decimal a month
--   same_as  type of another day → the type that stood for it in this book
--   backups  a price for every server, or { percent = "20" } of the server's
--   ipv4     a price; "0": it is in the server's
--   boxes    type → price
--   items    name → price, or { price, currency, day }: what `entry` of cost.item names

local fault = require "fault"
local money = require "money"
local settings = require "settings"

local book = {}

local shelf = {
  ["roadmap"] = "cost.book_roadmap", ["roadmap-phases"] = "cost.book_roadmap",
  ["roadmap-timeline"] = "cost.book_roadmap", ["services"] = "cost.book_services",
}

local function unknown(name, why)
  return fault(("there is no price book %q"):format(name), {
    kind = "usage", why = why,
    next = "--at roadmap, roadmap-phases, roadmap-timeline, services, hetzner, or a "
      .. "month like 2026-06",
  })
end

-- "2026-06" is its last day: what was asked for a thing when the month was over.
local function day_of(name)
  local year, month, day = name:match("^(%d%d%d%d)%-(%d%d)%-?(%d*)$")
  if not year or #day == 1 or #day > 2 then return nil end
  return ("%s-%s-%s"):format(year, month, day ~= "" and day or "31")
end

-- The book of that name: "roadmap", "hetzner" (the newest), "2026-06", "2026-06-15".
function book.open(name)
  if shelf[name] then return require(shelf[name])[name] end
  local hetzner = require "cost.book_hetzner"
  if name == "hetzner" then return hetzner.at(hetzner.as_of) end
  local day = day_of(name)
  if not day then return unknown(name) end
  if day:sub(1, 7) > hetzner.as_of:sub(1, 7) then
    return unknown(name, "the newest prices that are shipped are of " .. hetzner.as_of)
  end
  if day < hetzner.first then
    return unknown(name, "no price from before " .. hetzner.first .. " is known")
  end
  return hetzner.at(day)
end

local chosen

-- The one that --at names, or nil: prices of today.
function book.chosen()
  if not settings.prices_at then return nil end
  chosen = chosen or book.open(settings.prices_at)
  return chosen
end

-- What a command says of it before anything is priced.
function book.describe(name)
  local found = book.open(name)
  return { name = found.name, title = found.title, date = found.date,
    currency = found.currency, EUR_USD = found.EUR_USD }
end

-- A price of one location; where none is asked for, of the first by name.
local function in_location(priced, location)
  if type(priced) ~= "table" then return priced end
  if location then return priced[location] end
  local first
  for name in pairs(priced) do
    if not first or name < first then first = name end
  end
  return first and priced[first]
end

-- By its name as written, else by the type that stood for it then.
function book.server(at, type_name, location)
  local priced = at.servers[type_name]
  if priced == nil then priced = at.servers[(at.same_as or {})[type_name]] end
  return in_location(priced, location)
end

function book.backups(at, server_price)
  if type(at.backups) ~= "table" then return at.backups end
  return server_price and money.percent(server_price, at.backups.percent)
end

-- Price, currency and the day it was seen of what cost.item names, or nil.
function book.item(at, name)
  local priced = at.items[name]
  if type(priced) == "table" then return priced[1], priced[2], priced[3] end
  return priced, priced and at.currency
end

return book
