-- SPDX-License-Identifier: MIT
--
-- What one item of a subscription costs at each of its invoices, before discounts, in
-- minor units, exactly: https://docs.stripe.com/api/prices/object

local exact = require "exact"
local fault = require "fault"

local mrr_price = {}

-- Invoices in a month: a year has 365 days and 52 weeks.
local per_month = {
  day = exact.of(365) / 12, week = exact.of(52) / 12, month = exact.of(1),
  year = exact.of(1) / 12,
}

local function odd(price, what)
  fault(("price %s of Stripe %s"):format(tostring(price.id), what), {
    why = "its part of the revenue cannot be told",
    next = "look at it in the dashboard; what is new at Stripe needs a newer pipster",
  })
end

-- nil: it is paid once.
function mrr_price.times_a_month(price)
  local recurring = price.recurring
  if not recurring or price.type == "one_time" then return nil end
  local times, count = per_month[recurring.interval], recurring.interval_count or 1
  if not times or math.type(count) ~= "integer" or count < 1 then
    odd(price, ("is paid every %s %s"):format(tostring(count),
      tostring(recurring.interval)))
  end
  return times / count
end

function mrr_price.is_metered(price)
  return price.recurring ~= nil and price.recurring.usage_type == "metered"
end

-- A price has amounts in its own currency and may have some in others, which are read
-- with the price itself, like its tiers. `full` is nil where it was not read.
function mrr_price.needs_more(price, currency)
  return price.currency ~= currency or price.billing_scheme == "tiered"
end

function mrr_price.terms(price, full, currency)
  if price.currency == currency then return full or price end
  local options = full and full.currency_options
  if not options or not options[currency] then
    odd(price, ("has no amount in %s"):format(currency:upper()))
  end
  return options[currency]
end

-- `unit_amount_decimal` has up to twelve decimals, `unit_amount` is there where it is
-- whole.
local function amount_of(terms, name)
  local amount = terms[name .. "_decimal"] or terms[name]
  return amount and exact.of(amount)
end

-- Packs of `divide_by`: 7 in packs of 5 are 2 (up) or 1 (down).
local function packs(price, quantity)
  local transform = price.transform_quantity
  if not transform then return quantity end
  local by = transform.divide_by
  if transform.round == "up" then return (quantity + by - 1) // by end
  return quantity // by
end

-- Every slice at its own price, and what is flat of each that was reached.
local function graduated(tiers, quantity)
  local sum, below = exact.of(0), 0
  for _, tier in ipairs(tiers) do
    local top = math.min(tier.up_to or quantity, quantity)
    sum = sum + (amount_of(tier, "unit_amount") or 0) * (top - below)
      + (amount_of(tier, "flat_amount") or 0)
    below = top
    if below >= quantity then break end
  end
  return sum, below
end

-- All of it at the price of the tier that was reached.
local function volume(tiers, quantity)
  for _, tier in ipairs(tiers) do
    if not tier.up_to or quantity <= tier.up_to then
      return (amount_of(tier, "unit_amount") or 0) * exact.of(quantity)
        + (amount_of(tier, "flat_amount") or 0), quantity
    end
  end
  return nil, 0
end

local modes = { graduated = graduated, volume = volume }

local function tiered(price, tiers, quantity)
  local mode = modes[price.tiers_mode]
  if not mode or not tiers then odd(price, "does not tell its tiers") end
  local amount, reached = mode(tiers, quantity)
  if reached < quantity then
    odd(price, ("has no tier for a quantity of %d"):format(quantity))
  end
  return amount
end

-- item: of a subscription; terms: of mrr_price.terms.
function mrr_price.amount(item, terms)
  local price = item.price
  local quantity = packs(price, item.quantity or 1)
  if price.billing_scheme == "tiered" then return tiered(price, terms.tiers, quantity) end
  local unit = amount_of(terms, "unit_amount")
  if not unit then odd(price, "tells no amount") end
  return unit * quantity
end

return mrr_price
