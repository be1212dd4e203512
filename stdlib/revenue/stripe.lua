-- SPDX-License-Identifier: MIT
--
-- A reading of Stripe: the subscriptions that pay, the tiers and coupons that their lists
-- leave out, and what mrr makes of them. Nothing is ever changed there; a restricted key
-- that only reads is asked for.

local client = require "revenue.stripe_client"
local clock = require "clock"
local fault = require "fault"
local mrr = require "revenue.mrr"
local mrr_discount = require "revenue.mrr_discount"
local mrr_price = require "revenue.mrr_price"
local settings = require "settings"

local stripe = {}

-- A full key may change and pay out everything: it has no place on a machine that reads.
local function check_key(given)
  local kind = (settings.key_kinds or {}).stripe
  if kind ~= "sk_live" or given.allow_secret_key then return end
  fault("STRIPE_API_KEY is a secret key, which may do everything", {
    why = "reading revenue needs no more than a look at subscriptions",
    next = "make a restricted key in the dashboard (Developers, API keys) that may read "
      .. "Subscriptions, Customers, Prices and Coupons, or say allow_secret_key = true",
  })
end

local function read_subscriptions()
  local subscriptions, seen = {}, {}
  for _, status in ipairs { "active", "past_due" } do
    for _, subscription in ipairs(client.subscriptions(status)) do
      -- One may become past due between the two lists.
      if not seen[subscription.id] then
        seen[subscription.id] = true
        subscriptions[#subscriptions + 1] = subscription
      end
    end
  end
  return subscriptions
end

-- A subscription shows its first items only.
local function complete_items(subscription)
  if not subscription.items.has_more then return end
  subscription.items = { data = client.items(subscription.id) }
end

local function want_coupons(wanted, holder)
  for _, discount in ipairs(mrr_discount.list(holder)) do
    local coupon = mrr_discount.coupon(discount)
    if type(coupon) == "table" then
      wanted.coupons[coupon.id] = coupon
    elseif coupon then
      wanted.coupons[coupon] = wanted.coupons[coupon] or false
    end
  end
end

local function want_price(wanted, price, currency)
  if mrr_price.is_metered(price) or not price.recurring then return end
  if not mrr_price.needs_more(price, currency) then return end
  local expand = wanted.prices[price.id] or {}
  wanted.prices[price.id] = expand
  if price.currency == currency then
    expand.tiers = true
  else
    local tiered = price.billing_scheme == "tiered" and "." .. currency .. ".tiers" or ""
    expand["currency_options" .. tiered] = true
  end
end

-- prices: id → { what to expand }, coupons: id → the coupon as a list told it, or false.
local function wanted_by(subscriptions)
  local wanted = { prices = {}, coupons = {} }
  for _, subscription in ipairs(subscriptions) do
    complete_items(subscription)
    want_coupons(wanted, subscription)
    for _, item in ipairs(subscription.items.data) do
      want_coupons(wanted, item)
      want_price(wanted, item.price, subscription.currency)
    end
  end
  return wanted
end

local function names_of(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function read_prices(wanted)
  local prices = {}
  for id, expand in pairs(wanted.prices) do
    prices[id] = client.price(id, names_of(expand))
  end
  return prices
end

-- A coupon that was deleted still holds for those who have it, but nobody tells any more
-- for which products.
local function read_coupons(wanted, gone)
  local coupons = {}
  for id, told in pairs(wanted.coupons) do
    local coupon = client.coupon(id)
    if not coupon and told then gone[#gone + 1] = id end
    coupons[id] = coupon or told or nil
  end
  return coupons
end

-- given: currency, tax ("19", percent within prices that say that they include tax),
-- allow_secret_key. The reading is that of revenue/mrr.
function stripe.read(given)
  given = given or {}
  check_key(given)
  local now_ms, gone = clock.ms(), {}
  local subscriptions = read_subscriptions()
  local wanted = wanted_by(subscriptions)
  local reading = mrr.reading {
    subscriptions = subscriptions, prices = read_prices(wanted),
    coupons = read_coupons(wanted, gone), currency = given.currency, tax = given.tax,
    project_currency = settings.currency, exchange = settings.exchange, now_ms = now_ms,
    pause = function() clock.sleep(0) end,
  }
  table.sort(gone)
  for _, id in ipairs(gone) do
    table.insert(reading.warnings, ("coupon %s is deleted: taken as one for all products")
      :format(id))
  end
  return reading
end

return stripe
