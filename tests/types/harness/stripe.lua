-- SPDX-License-Identifier: MIT
--
-- Subscriptions as Stripe tells them, in few words, and cases of what they come to.

local stripe = {}

-- 2026-09-21T14:13:20Z, which is when the world of a case begins.
stripe.NOW = 1790000000

local function with(base, more)
  for name, value in pairs(more or {}) do base[name] = value end
  return base
end

-- amount: minor units as a number, or a decimal text of them.
function stripe.price(amount, interval, count, more)
  return with({
    id = "price_1", object = "price", type = "recurring", currency = "usd",
    product = "prod_1", billing_scheme = "per_unit", tax_behavior = "unspecified",
    unit_amount = math.type(amount) == "integer" and amount or nil,
    unit_amount_decimal = amount and tostring(amount),
    recurring = { interval = interval or "month", interval_count = count or 1,
      usage_type = "licensed" },
  }, more)
end

-- Tiers: { { up_to or "inf", unit, flat }, … }
function stripe.tiers(mode, rows, more)
  local tiers = {}
  for i, row in ipairs(rows) do
    tiers[i] = { up_to = row[1] ~= "inf" and row[1] or nil,
      unit_amount_decimal = row[2] and tostring(row[2]),
      flat_amount_decimal = row[3] and tostring(row[3]) }
  end
  return with(stripe.price(nil, "month", 1, { billing_scheme = "tiered",
    tiers_mode = mode, tiers = tiers }), more)
end

function stripe.metered(amount)
  local price = stripe.price(amount)
  price.recurring.usage_type = "metered"
  return price
end

function stripe.item(price, quantity, more)
  return with({ id = "si_1", object = "subscription_item", price = price,
    quantity = quantity or 1 }, more)
end

local made = 0

-- items: one price, or a list of items.
function stripe.subscription(items, more)
  made = made + 1
  if items.object then items = { stripe.item(items) } end
  return with({
    id = ("sub_%06d"):format(made), object = "subscription", status = "active",
    currency = "usd", customer = ("cus_%06d"):format(made), livemode = true,
    items = { data = items, has_more = false }, discounts = {},
  }, more)
end

-- A discount in force; what: { percent_off | amount_off, … } of its coupon.
function stripe.discount(what, duration, more)
  local coupon = with({ id = "coupon_1", object = "coupon", duration = duration,
    currency = what.amount_off and "usd" or nil }, what)
  return with({ id = "di_1", object = "discount", start = stripe.NOW - 1000,
    source = { type = "coupon", coupon = coupon } }, more)
end

local function given_of(row)
  local given = with({ subscriptions = row, prices = {}, coupons = {}, exchange = nil,
    now_ms = stripe.NOW * 1000, project_currency = "EUR" }, row.given)
  return given
end

local function check_fails(row, ok, reading)
  if ok then error("no failure, but " .. tostring(reading.gross), 0) end
  local told = tostring(reading) .. (reading.next or "")
  if not told:find(row.fails) then error("it failed otherwise: " .. told, 0) end
end

local function check(row, steps)
  local ok, reading = pcall(require("revenue.mrr").reading, given_of(row))
  if row.fails then return check_fails(row, ok, reading) end
  if not ok then error(tostring(reading), 0) end
  steps.same("currency", row.currency or "USD", reading.currency)
  steps.same("gross", row.gross, reading.gross)
  steps.same("cautious", row.cautious or row.gross, reading.cautious)
  steps.same("at risk", row.at_risk or (row.gross:gsub("%d", "0"):gsub("^0+", "0")),
    reading.at_risk)
  if row.customers then steps.same("customers", row.customers, reading.customers) end
  local told = table.concat(reading.warnings, "; ")
  if not told:find(row.warns or "^$") then error("it warned: " .. told, 0) end
end

-- Rows are subscriptions with `what`, `how` (the sum by hand), the figures expected.
function stripe.cases(rows)
  local cases = {}
  for i, row in ipairs(rows) do
    cases[i] = { what = row.what .. " (" .. (row.how or "refused") .. ")",
      run = function(_, steps) check(row, steps) end }
  end
  return cases
end

return stripe
