-- SPDX-License-Identifier: MIT
-- Who counts, tax, currencies. `how` is the sum by hand.
local stripe = require "tests.types.harness.stripe"
local price, item, discount = stripe.price, stripe.item, stripe.discount
local sub = stripe.subscription

local function status(name) return sub(price(1000), { status = name }) end

local function inclusive(amount)
  return price(amount, "month", 1, { tax_behavior = "inclusive" })
end

local vat = { { percentage = 19.0, inclusive = true } }
local on_top = { { percentage = 19.0, inclusive = false } }

local function of(code, amount, interval)
  return sub(price(amount, interval or "month", 1, { currency = code }),
    { currency = code })
end

local rates = { date = "2026-09-01", USD_EUR = "0.92", GBP_EUR = "1.15",
  JPY_EUR = "0.0061", EUR_CHF = "0.95", KWD_EUR = "3" }

local twice = price(1000, "month", 1, { currency_options = {
  eur = { unit_amount_decimal = "900", tax_behavior = "exclusive" } } })
local plain = price(1000)

return stripe.cases {
  -- Who counts.
  { what = "nobody", how = "no subscription at all", gross = "0.00", currency = "EUR",
    customers = 0, warns = "no subscription that counts" },
  { what = "past due counts, and is at risk", how = "29.00 + 10.00", gross = "39.00",
    at_risk = "10.00", customers = 2, sub(price(2900)), status "past_due" },
  { what = "no other status counts", how = "10.00", gross = "10.00", customers = 1,
    status "active", status "trialing", status "unpaid", status "canceled",
    status "incomplete", status "incomplete_expired", status "paused" },
  { what = "one customer with two subscriptions", how = "10.00 + 10.00",
    gross = "20.00", customers = 1, sub(price(1000), { customer = "cus_a" }),
    sub(price(1000), { customer = { id = "cus_a" } }) },
  { what = "cancelled at the end of its period", how = "10 + 20; 20", gross = "30.00",
    cautious = "20.00", customers = 2,
    sub(price(1000), { cancel_at_period_end = true }), sub(price(2000)) },
  { what = "cancelled on a day", how = "10 + 20; 20", gross = "30.00",
    cautious = "20.00", sub(price(1000), { cancel_at = stripe.NOW + 86400 }),
    sub(price(2000)) },
  { what = "cancelled and past due", how = "10; 0; 10", gross = "10.00",
    cautious = "0.00", at_risk = "10.00",
    sub(price(1000), { status = "past_due", cancel_at_period_end = true }) },
  { what = "at risk is what the gross has of it", how = "10.00 × 50 %; × 20 %",
    gross = "5.00", cautious = "4.00", at_risk = "5.00",
    sub(price(1000), { status = "past_due", discounts = {
      discount({ percent_off = 50 }, "forever"),
      discount({ percent_off = 20 }, "once") } }) },
  { what = "collection is paused", how = "20.00", gross = "20.00", customers = 1,
    warns = "collection of 1 subscription is paused",
    sub(price(1000), { pause_collection = { behavior = "void" } }), sub(price(2000)) },
  { what = "paid by use", how = "20.00, use is not known", gross = "20.00",
    customers = 1, warns = "^1 item is paid by use",
    sub { item(stripe.metered(7)), item(price(2000)) } },
  { what = "two who pay by use alone", how = "0.00, and two customers", gross = "0.00",
    customers = 2, warns = "^2 items are paid by use", sub(stripe.metered(7)),
    sub(stripe.metered(7)) },
  { what = "paid once", how = "20.00", gross = "20.00",
    sub { item(price(9900, "month", 1, { type = "one_time", recurring = false })),
      item(price(2000)) } },
  { what = "live and test mode at once", fails = "live and of test mode",
    sub(price(1000)), sub(price(1000), { livemode = false }) },
  { what = "test mode", how = "10.00", gross = "10.00", warns = "Stripe's test mode",
    sub(price(1000), { livemode = false }) },

  -- Tax.
  { what = "a price without tax", how = "100.00", gross = "100.00",
    sub(price(10000, "month", 1, { tax_behavior = "exclusive" }),
      { default_tax_rates = on_top }) },
  { what = "tax within, of the subscription", how = "119.00/1.19", gross = "100.00",
    sub(inclusive(11900), { default_tax_rates = vat }) },
  { what = "tax within, of the item", how = "107.00/1.07 + 119.00/1.19",
    gross = "200.00", sub({ item(inclusive(10700), 1, { tax_rates = {
      { percentage = 7, inclusive = true } } }), item(inclusive(11900)) },
      { default_tax_rates = vat }) },
  { what = "two taxes within", how = "114.975/1.14975 = 100.00", gross = "100.00",
    sub(inclusive("11497.5"), { default_tax_rates = {
      { percentage = 5, inclusive = true }, { percentage = 9.975, inclusive = true } } })
  },
  { what = "tax within, less a part", how = "119.00 × 50 % / 1.19", gross = "50.00",
    sub(inclusive(11900), { default_tax_rates = vat,
      discounts = { discount({ percent_off = 50 }, "forever") } }) },
  { what = "tax within, less an amount, which has its share of tax",
    how = "(119.00 − 11.90)/1.19", gross = "90.00",
    sub(inclusive(11900), { default_tax_rates = vat,
      discounts = { discount({ amount_off = 1190 }, "forever") } }) },
  { what = "an amount off is shared by items of two taxes",
    how = "200 gross less 20: 90/1.00 + 90/1.20", gross = "165.00",
    sub({ item(price(10000), 1, { tax_rates = on_top }), item(inclusive(10000), 1,
      { tax_rates = { { percentage = 20, inclusive = true } } }) },
      { discounts = { discount({ amount_off = 2000 }, "forever") } }) },
  { what = "tax within of a rate that nobody told", how = "119.00", gross = "119.00",
    warns = "price of 1 item includes tax", sub(inclusive(11900)) },
  { what = "tax within of a rate that was told", how = "119.00/1.19", gross = "100.00",
    given = { tax = "19" }, sub(inclusive(11900)) },
  { what = "a told rate is for prices with tax alone", how = "119.00/1.19 + 10.00",
    gross = "110.00", given = { tax = "19" }, sub(inclusive(11900)), sub(price(1000)) },

  -- Currencies.
  { what = "yen have no cents", how = "¥1200 + ¥10000/12 = ¥2033.33…", gross = "2033",
    currency = "JPY", of("jpy", 1200), of("jpy", 10000, "year") },
  { what = "dinars have three decimals", how = "KWD 12.345", gross = "12.345",
    currency = "KWD", of("kwd", 12345) },
  { what = "krónur have two in the API", how = "ISK 500.00", gross = "500.00",
    currency = "ISK", of("isk", 50000) },
  { what = "two, in the project's", how = "100 × 0.92 + 50", gross = "142.00",
    currency = "EUR", given = { exchange = rates }, of("usd", 10000), of("eur", 5000) },
  { what = "three, in one that is asked for", how = "100 + 50/0.92 = 154.3478…",
    gross = "154.35", given = { exchange = rates, currency = "USD" },
    of("usd", 10000), of("eur", 5000) },
  { what = "one, in another", how = "¥1000 × 0.0061", gross = "6.10", currency = "EUR",
    given = { exchange = rates, currency = "EUR" }, of("jpy", 1000) },
  { what = "dinars in euro", how = "1.234 × 3 = 3.702", gross = "3.70",
    currency = "EUR", given = { exchange = rates, currency = "EUR" }, of("kwd", 1234) },
  { what = "rounded once, behind the conversion",
    how = "2 × 5 ¢/12 × 0.92 = 0.7666… ¢, each alone would be 0.38 ¢",
    gross = "0.01", currency = "EUR", given = { exchange = rates, currency = "EUR" },
    of("usd", 5, "year"), of("usd", 5, "year") },
  { what = "no rate", fails = "no exchange rate from USD to EUR.*USD_EUR",
    of("usd", 10000), of("eur", 5000) },
  { what = "rates are not chained", fails = "no exchange rate from GBP to CHF",
    given = { exchange = rates, currency = "CHF" }, of("gbp", 10000) },
  { what = "a rate without a date", fails = "has no date",
    given = { exchange = { USD_EUR = "0.92" } }, of("usd", 10000), of("eur", 5000) },
  { what = "a rate of nothing", fails = "must be above zero",
    given = { exchange = { date = "2026-09-01", USD_EUR = "0" } }, of("usd", 10000),
    of("eur", 5000) },
  { what = "a price with an amount in the subscription's currency", how = "9.00 €",
    gross = "9.00", currency = "EUR", given = { prices = { price_1 = twice } },
    sub(plain, { currency = "eur" }) },
  { what = "a price without one", fails = "price_1.* has no amount in EUR",
    sub(plain, { currency = "eur" }) },
}
