-- SPDX-License-Identifier: MIT
--
-- Accounts for the Stripe stand-in: what one has, or what is wrong with the API. Every
-- scenario has ids of its own, so that nothing that was kept of another is taken for it.

local scenarios = {}

local function with(base, more)
  for name, value in pairs(more or {}) do base[name] = value end
  return base
end

local function price(id, amount, interval, more)
  return with({ id = id, type = "recurring", currency = "usd", product = "prod_" .. id,
    billing_scheme = "per_unit", tax_behavior = "unspecified",
    unit_amount = math.type(amount) == "integer" and amount or nil,
    unit_amount_decimal = amount and tostring(amount),
    recurring = { interval = interval or "month", interval_count = 1,
      usage_type = "licensed" } }, more)
end

local function item(of, quantity, more)
  return with({ id = "si_" .. of.id, price = of, quantity = quantity or 1 }, more)
end

local function subscription(id, items, more)
  if items.type then items = { item(items) } end
  return with({ id = "sub_" .. id, status = "active", currency = "usd",
    customer = "cus_" .. id, livemode = true, items = { data = items }, discounts = {},
    cancel_at_period_end = false, created = 1780000000 }, more)
end

local function discount(coupon, duration, more)
  return with({ start = 1780000000, source = { coupon = with({ duration = duration,
    currency = coupon.amount_off and "usd" or nil, valid = true }, coupon) } }, more)
end

local made = {}

function made.empty() return {} end

-- 250 at 10 $.
function made.pages()
  local plan, list = price("price_pages", 1000), {}
  for i = 1, 250 do list[i] = subscription(("pages_%03d"):format(i), plan) end
  return { subscriptions = list }
end

-- 120.00/12
function made.yearly()
  return { subscriptions = { subscription("yearly", price("price_yearly", 12000,
    "year")) } }
end

-- 12.00 × 52/12
function made.weekly()
  return { subscriptions = { subscription("weekly", price("price_weekly", 1200,
    "week")) } }
end

-- 5 × 5.00 + 3 × 4.00; 8 × 4.00 + 2.00
function made.tiered()
  local function tiers(id, mode, flat)
    return price(id, nil, "month", { billing_scheme = "tiered", tiers_mode = mode,
      tiers = { { up_to = 5, unit_amount_decimal = "500" },
        { unit_amount_decimal = "400", flat_amount_decimal = flat } } })
  end
  local slices = tiers("price_slices", "graduated")
  return { subscriptions = {
    subscription("slices_1", { item(slices, 8) }),
    subscription("slices_2", { item(slices, 8) }),
    subscription("volume", { item(tiers("price_volume", "volume", "200"), 8) }),
  } }
end

-- 20.00, and use that nobody knows
function made.metered()
  local metered = price("price_metered", 7)
  metered.recurring.usage_type = "metered"
  return { subscriptions = { subscription("metered", { item(metered),
    item(price("price_base", 2000)) }) } }
end

-- 80 + 85 + 100 + 75 + 90 + 60; while they last 80 + 85 + 50 + 75 + 90 + 60
function made.coupons()
  local plan = price("price_coupons", 10000)
  local addon = price("price_addon", 2000)
  local function one(id, coupon, duration, more)
    return subscription(id, plan, { discounts = { discount(coupon, duration, more) } })
  end
  return { subscriptions = {
    one("forever", { id = "FOREVER20", percent_off = 20 }, "forever"),
    one("amount", { id = "LESS15", amount_off = 1500 }, "forever"),
    one("lasts", { id = "HALF", percent_off = 50 }, "repeating",
      { ["end"] = 4000000000 }),
    one("gone", { id = "GONE25", percent_off = 25, deleted = true }, "forever"),
    subscription("chosen", {
      item(price("price_small", 8000)),
      item(addon, 1, { discounts = { discount({ id = "ADDON50", percent_off = 50,
        applies_to = { products = { addon.product } } }, "forever") } }) }),
    subscription("regular", plan, { customer_discount = discount({ id = "REGULAR40",
      percent_off = 40 }, "forever") }),
  } }
end

-- 20.00; a trial pays nothing yet
function made.trials()
  local plan = price("price_trials", 2000)
  return { subscriptions = { subscription("pays", plan), subscription("tries", plan,
    { status = "trialing", trial_end = 4000000000 }) } }
end

-- 20 + 30, of which 30 at risk
function made.past_due()
  return { subscriptions = { subscription("in_time", price("price_in_time", 2000)),
    subscription("late", price("price_late", 3000), { status = "past_due" }) } }
end

-- 20.00; 20 of the other are not collected
function made.paused()
  local plan = price("price_paused", 2000)
  return { subscriptions = { subscription("running", plan), subscription("paused", plan,
    { pause_collection = { behavior = "void" } }) } }
end

-- 100 $, 50 €, ¥1000, and 9 € of a price of 10 $
function made.currencies()
  local function of(code, amount)
    return subscription(code, price("price_" .. code, amount, "month",
      { currency = code }), { currency = code })
  end
  local both = price("price_both", 1000, "month", { currency_options = {
    eur = { unit_amount = 900, unit_amount_decimal = "900" } } })
  return { subscriptions = { of("usd", 10000), of("eur", 5000), of("jpy", 1000),
    subscription("both", both, { currency = "eur" }) } }
end

-- ¥1200
function made.yen()
  return { subscriptions = { subscription("yen", price("price_yen", 1200, "month",
    { currency = "jpy" }), { currency = "jpy" }) } }
end

-- 25 × 1.00 on one subscription, of which a list shows 20
function made.many_items()
  local items = {}
  for i = 1, 25 do items[i] = item(price(("price_many_%02d"):format(i), 100)) end
  return { subscriptions = { subscription("many", items) } }
end

-- 20 + 10 that are cancelled already
function made.ending()
  local plan = price("price_ending", 1000)
  return { subscriptions = { subscription("stays", { item(plan, 2) }),
    subscription("ends", plan, { cancel_at_period_end = true }) } }
end

function made.test_mode()
  return { subscriptions = { subscription("test", price("price_test", 1000),
    { livemode = false }) } }
end

-- A key can only be of one mode; this is what must never be added up.
function made.mixed_modes()
  local plan = price("price_mixed", 1000)
  return { subscriptions = { subscription("live", plan), subscription("test", plan,
    { livemode = false }) } }
end

local function fails(fault, times)
  return function()
    local plain = made.past_due()
    plain.faults = { { fault = fault, times = times, match = { path = "/*" } } }
    return plain
  end
end

made.unauthorized = fails("unauthorized", 100)
made.forbidden = fails("forbidden", 100)
made.rate_limited = fails("429", 2) -- then well
made.rate_limited_for_long = fails("429", 1000)
made.server_error = fails("500", 1000)
made.cut = fails("cut", 1000)
made.garbage = fails("garbage", 1000)

local troubles = { "endless", "endless_new", "nothing_more", "half", "no_list" }
for _, trouble in ipairs(troubles) do
  made[trouble] = function()
    local plain = made.past_due()
    plain.trouble = trouble
    return plain
  end
end

function scenarios.names()
  local names = {}
  for name in pairs(made) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- { subscriptions, faults, trouble }, or nil.
function scenarios.make(name)
  return made[name] and made[name]()
end

-- So many subscriptions that come to so many cents together, in equal parts but for the
-- rest of the division.
function scenarios.shared_out(cents, customers, currency)
  local list = {}
  for i = 1, customers do
    local amount = cents // customers + (i <= cents % customers and 1 or 0)
    list[i] = subscription(("shared_%d_%d"):format(amount, i), price(
      ("price_shared_%d"):format(amount), amount, "month", { currency = currency }),
      { currency = currency })
  end
  return list
end

return scenarios
