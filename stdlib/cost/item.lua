-- SPDX-License-Identifier: MIT
--
-- A cost that no API tells: a domain, a licence, an account. Only a price line.

local attribute = require "attribute"
local book = require "cost.book"
local fault = require "fault"
local money = require "money"
local type = require "type"

local currencies = { ["$"] = "USD", ["€"] = "EUR", ["£"] = "GBP" }

-- How many months a price is for.
local months = {
  month = 1, monthly = 1, mo = 1, quarter = 3, year = 12, yearly = 12, annually = 12,
}

local function refuse(text)
  return fault(("cost.item: %q cannot be read as a price"):format(text), {
    next = 'write "$12/year", "4.99 €/month" or "15 USD/month"',
  })
end

-- "4.99 €/month", as it is most often written: every plan asks for every price.
local whole = "^([%d.]+) ([^%s/]+)/(%l+)$"

local function split(text)
  local amount, unit, period = text:match(whole)
  if not amount then
    local sum
    sum, period = text:match("^([^/]*)/%s*(%l+)%s*$")
    sum, period = sum or text, period or "month"
    amount, unit = sum:match("^%s*([%d.]+)%s*([^%d%s./]+)%s*$")
    if not amount then unit, amount = sum:match("^%s*([^%d%s./]+)%s*([%d.]+)%s*$") end
  end
  local currency = unit and (currencies[unit] or unit:match("^%u%u%u$"))
  return currency and amount, currency, period
end

-- "$12/year" → "1.0000000000", "USD"
local function monthly(text)
  local amount, currency, period = split(text)
  if not amount or not months[period] then return refuse(text) end
  return money.scale(amount, 1, months[period]), currency
end

-- By --at what its book says; else what is paid, else the list price of the service.
local function price_of(want)
  local chosen = book.chosen()
  if want.price and not (chosen and want.entry) then return monthly(want.price) end
  if not want.entry then
    return fault("cost.item: neither a price nor an entry of a price book", {
      next = 'price = "$12/year", or entry = "domain"',
    })
  end
  return book.item(chosen or book.open "services", want.entry)
end

return type {
  name = "cost.item",
  doc = "A cost that no API tells, so that totals and budgets are whole.",
  is_cost = true,
  attributes = {
    price = attribute.string { doc = '"$12/year", "4.99 €/month"' },
    entry = attribute.string { doc = "its name in the price books: priced by them" },
    quantity = attribute.integer { default = 1, doc = "how many of it: GB, TB, seats" },
    what = attribute.string { doc = "how the line is called; default: its name" },
    since = attribute.string { doc = "the day from which it is paid, to remember" },
  },
  example = [[
cost.item "domain" { price = "$12/year", what = "domain pipster.app" }
]],

  price = function(want)
    local amount, currency, seen = price_of(want)
    local what = want.what or want.price or want.entry
    if amount and want.quantity and want.quantity ~= 1 then
      amount = money.scale(amount, want.quantity, 1)
      what = ("%d × %s"):format(want.quantity, what)
    end
    if seen and not want.what then what = what .. ", price of " .. seen end
    return { { what, amount, currency } }
  end,
}
