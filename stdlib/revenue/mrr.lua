-- SPDX-License-Identifier: MIT
--
-- Monthly recurring revenue of what Stripe tells, and of nothing else: no clock, no
-- calls. All is added up exactly and rounded once, at the very end.
--
--   gross     all that active and past due subscriptions cost in a month, less the
--             coupons that are forever
--   cautious  less all coupons in force, and without what is cancelled already
--   at_risk   the part of the gross that is past due
--
-- Trials, metered and one-off prices, paused collections and taxes are not counted.

local currency = require "revenue.currency"
local exact = require "exact"
local fault = require "fault"
local mrr_discount = require "revenue.mrr_discount"
local mrr_price = require "revenue.mrr_price"

local mrr = {}

local AT_ONCE = 1000 -- subscriptions

local counted = { active = true, past_due = true }

local function note(state, what)
  state.notes[what] = (state.notes[what] or 0) + 1
end

-- Percent of the tax that an amount holds: by its tax rates, else by what was told.
local function tax_within(line, subscription, state)
  local rates = line.item.tax_rates or {}
  if #rates == 0 then rates = subscription.default_tax_rates or {} end
  local percent = exact.of(0)
  for _, rate in ipairs(rates) do
    if rate.inclusive then percent = percent + exact.of(rate.percentage) end
  end
  if #rates > 0 or line.terms.tax_behavior ~= "inclusive" then return percent end
  if state.given.tax then return exact.of(state.given.tax) end
  note(state, "taxed")
  return percent
end

local function line_of(item, subscription, state)
  local price = item.price
  local terms = mrr_price.terms(price, state.given.prices[price.id],
    subscription.currency)
  local line = { item = item, terms = terms }
  line.full = mrr_price.amount(item, terms)
  line.tax = tax_within(line, subscription, state)
  return line
end

-- Items that are paid at the same pace are on one invoice.
local function add_line(invoices, line, times)
  local key = tostring(times)
  if not invoices[key] then
    invoices[key] = { times = times, lines = {} }
    invoices[#invoices + 1] = invoices[key]
  end
  table.insert(invoices[key].lines, line)
end

-- The invoices of a subscription, and whether what it costs depends on its use as well.
local function invoices_of(subscription, state)
  local invoices, metered = {}, false
  for _, item in ipairs(subscription.items.data) do
    local times = mrr_price.times_a_month(item.price)
    if times and mrr_price.is_metered(item.price) then
      metered = true
      note(state, "metered")
    elseif times then
      add_line(invoices, line_of(item, subscription, state), times)
    end
  end
  return invoices, metered
end

-- Minor units a month, without tax.
local function monthly(invoices, subscription, state, lasting)
  local given, sum = state.given, exact.of(0)
  for _, invoice in ipairs(invoices) do
    for _, line in ipairs(invoice.lines) do line.amount = line.full end
    mrr_discount.apply(invoice.lines, subscription, {
      coupons = given.coupons, currency = subscription.currency, lasting = lasting,
      now = given.now_ms // 1000,
    })
    for _, line in ipairs(invoice.lines) do
      sum = sum + line.amount * 100 / (100 + line.tax) * invoice.times
    end
  end
  return sum
end

local function total_of(state, code)
  local total = state.totals[code]
  if not total then
    total = { currency = code, gross = exact.of(0), cautious = exact.of(0),
      at_risk = exact.of(0) }
    state.totals[code] = total
    state.codes[#state.codes + 1] = code
  end
  return total
end

local function check_mode(subscription, state)
  local live = subscription.livemode == true
  if state.live == nil then state.live = live end
  if state.live ~= live then
    fault("Stripe told subscriptions of live and of test mode", {
      why = "only one of them is revenue", next = "use a key of one mode",
    })
  end
end

local function is_ending(subscription)
  return subscription.cancel_at_period_end or subscription.cancel_at ~= nil
end

local function add(subscription, state)
  check_mode(subscription, state)
  if not counted[subscription.status] then return end
  if subscription.pause_collection then return note(state, "paused") end
  local invoices, metered = invoices_of(subscription, state)
  local gross = monthly(invoices, subscription, state, true)
  local total = total_of(state, subscription.currency:upper())
  total.gross = total.gross + gross
  if not is_ending(subscription) then
    total.cautious = total.cautious + monthly(invoices, subscription, state, false)
  end
  if subscription.status == "past_due" then total.at_risk = total.at_risk + gross end
  if metered or exact.sign(gross) > 0 then
    local customer = subscription.customer
    state.customers[type(customer) == "table" and customer.id or customer] = true
  end
end

-- For one, and for more.
local warnings = {
  { "metered", "1 item is paid by use: not counted",
    "%d items are paid by use: not counted" },
  { "paused", "the collection of 1 subscription is paused: not counted",
    "the collection of %d subscriptions is paused: not counted" },
  { "taxed", 'the price of 1 item includes tax, which is counted: say tax = "19"',
    'the prices of %d items include tax, which is counted: say tax = "19"' },
}

local function warnings_of(state)
  local list = {}
  for _, warning in ipairs(warnings) do
    local count = state.notes[warning[1]]
    if count then list[#list + 1] = warning[count == 1 and 2 or 3]:format(count) end
  end
  if state.live == false then
    list[#list + 1] = "these are figures of Stripe's test mode"
  end
  if #state.codes == 0 then
    list[#list + 1] = "Stripe has no subscription that counts"
  end
  return list
end

-- In the currency asked for; else in that which all is in; else in the project's.
local function told_in(state)
  local given = state.given
  if given.currency then return given.currency end
  if #state.codes == 1 then return state.codes[1] end
  return given.project_currency or "EUR"
end

local figures = { "gross", "cautious", "at_risk" }

local function part_of(total, rate, text, date)
  local part = { currency = total.currency, rate = text, date = date }
  for _, name in ipairs(figures) do
    part[name] = exact.round(currency.major(total[name], total.currency),
      currency.decimals(total.currency))
  end
  return part, rate
end

-- Each currency by itself, and the sum of all.
local function tell(state, reading)
  local sums = { gross = exact.of(0), cautious = exact.of(0), at_risk = exact.of(0) }
  table.sort(state.codes)
  for i, code in ipairs(state.codes) do
    local total = state.totals[code]
    local part, rate = part_of(total, currency.rate(code, reading.currency,
      state.given.exchange))
    reading.parts[i] = part
    for _, name in ipairs(figures) do
      sums[name] = sums[name] + currency.major(total[name], code) * rate
    end
  end
  for _, name in ipairs(figures) do
    reading[name] = exact.round(sums[name], currency.decimals(reading.currency))
  end
end

-- given: subscriptions, prices and coupons by id (those that had to be read apart),
-- currency, project_currency, exchange, tax (percent within inclusive prices), now_ms,
-- pause (called now and then: what goes on for long has a limit of its own).
function mrr.reading(given)
  local state = { given = given, totals = {}, codes = {}, customers = {}, notes = {} }
  for i, subscription in ipairs(given.subscriptions) do
    add(subscription, state)
    if given.pause and i % AT_ONCE == 0 then given.pause() end
  end
  local reading = { source = "stripe", currency = told_in(state), customers = 0,
    as_of = given.now_ms, warnings = warnings_of(state), parts = {} }
  tell(state, reading)
  for _ in pairs(state.customers) do reading.customers = reading.customers + 1 end
  return reading
end

return mrr
