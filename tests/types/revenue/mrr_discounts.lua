-- SPDX-License-Identifier: MIT
-- What coupons take off the gross and the cautious figure. `how` is the sum by hand.
local stripe = require "tests.types.harness.stripe"
local price, item, discount = stripe.price, stripe.item, stripe.discount
local sub = stripe.subscription

local function off(percent, duration, more)
  return discount({ percent_off = percent }, duration or "forever", more)
end

local function less(amount, duration, more)
  return discount({ amount_off = amount }, duration or "forever", more)
end

local function both(one, other) return { discounts = { one, other } } end
local function only(one) return { discounts = { one } } end

local later, before = { ["end"] = stripe.NOW + 1 }, { ["end"] = stripe.NOW }

local other = price(500, "month", 1, { product = "prod_2" })
local second = { applies_to = { products = { "prod_2" } } }

local function for_second(what)
  what.applies_to = second.applies_to
  return discount(what, "forever")
end

return stripe.cases {
  { what = "a part, forever", how = "100.00 × 80 %", gross = "80.00",
    sub(price(10000), only(off(20))) },
  { what = "a part of a part of a percent", how = "100.00 × (100 − 33.33) %",
    gross = "66.67", sub(price(10000), only(off(33.33))) },
  { what = "all of it", how = "0.00: pays nothing", gross = "0.00", customers = 0,
    sub(price(10000), only(off(100))) },
  { what = "an amount, forever", how = "100.00 − 15.00", gross = "85.00",
    sub(price(10000), only(less(1500))) },
  { what = "an amount off a year", how = "(120.00 − 12.00)/12", gross = "9.00",
    sub(price(12000, "year"), only(less(1200))) },
  { what = "an amount off a week", how = "(10.00 − 4.00) × 52/12", gross = "26.00",
    sub(price(1000, "week"), only(less(400))) },
  { what = "more than there is", how = "10.00 − 15.00, not below 0", gross = "0.00",
    sub(price(1000), only(less(1500))) },
  { what = "more than one has does not reach another", how = "0 + 20.00",
    gross = "20.00", sub(price(1000), only(less(1500))), sub(price(2000)) },
  { what = "a part while it lasts", how = "100.00; 100.00 × 50 %", gross = "100.00",
    cautious = "50.00", sub(price(10000), only(off(50, "repeating", later))) },
  { what = "a part that has ended this second", how = "100.00", gross = "100.00",
    sub(price(10000), only(off(50, "repeating", before))) },
  { what = "a part that has not begun", how = "100.00", gross = "100.00",
    sub(price(10000), only(off(50, "repeating", { start = stripe.NOW + 1 }))) },
  { what = "once", how = "100.00; 100.00 − 30.00", gross = "100.00", cautious = "70.00",
    sub(price(10000), only(less(3000, "once"))) },
  { what = "forever, but ended by hand", how = "100.00", gross = "100.00",
    sub(price(10000), only(off(50, "forever", before))) },
  { what = "two parts, one after the other", how = "100.00 × 90 % × 80 %",
    gross = "72.00", sub(price(10000), both(off(10), off(20))) },
  { what = "an amount, then a part", how = "(100.00 − 10.00) × 90 %", gross = "81.00",
    sub(price(10000), both(less(1000), off(10))) },
  { what = "a part, then an amount", how = "100.00 × 90 % − 10.00", gross = "80.00",
    sub(price(10000), both(off(10), less(1000))) },
  { what = "one forever, one while it lasts", how = "100 × 90 %; × 50 %",
    gross = "90.00", cautious = "45.00",
    sub(price(10000), both(off(10), off(50, "repeating", later))) },
  { what = "off an item", how = "100.00 × 50 % + 20.00", gross = "70.00",
    sub { item(price(10000), 1, only(off(50))), item(price(2000)) } },
  { what = "an amount off an item is for all of its seats", how = "3 × 10 − 5",
    gross = "25.00", sub { item(price(1000), 3, only(less(500))) } },
  { what = "off an item, not below 0, then off the rest", how = "0 + 20.00 − 5.00",
    gross = "15.00", sub({ item(price(1000), 1, only(less(1500))), item(price(2000)) },
      only(less(500))) },
  { what = "items first, then the subscription", how = "(100 − 20) × 90 %",
    gross = "72.00", sub({ item(price(10000), 1, only(less(2000))) }, only(off(10))) },
  { what = "an amount is off the invoice once, not off each item",
    how = "30.00 + 20.00 − 10.00", gross = "40.00",
    sub({ item(price(3000)), item(price(2000)) }, only(less(1000))) },
  { what = "an amount is off each invoice where paces differ",
    how = "(30.00 − 10.00) + (120.00 − 10.00)/12 = 29.1666…", gross = "29.17",
    sub({ item(price(3000)), item(price(12000, "year")) }, only(less(1000))) },
  { what = "a part off one product only", how = "20.00 + 5.00 × 50 %",
    gross = "22.50", sub({ item(price(2000)), item(other) },
      only(for_second { percent_off = 50 })) },
  { what = "an amount off one product only, not below 0", how = "20.00 + 0",
    gross = "20.00", sub({ item(price(2000)), item(other) },
      only(for_second { amount_off = 900 })) },
  { what = "a coupon for a product that is not there", how = "20.00", gross = "20.00",
    sub(price(2000), only(for_second { percent_off = 50 })) },
  { what = "an amount in the coupon's other currency", how = "20.00 − 3.00 €",
    gross = "17.00", currency = "EUR", sub(price(2000, "month", 1, { currency = "eur" }),
      { currency = "eur", discounts = { discount({ amount_off = 400,
        currency_options = { eur = { amount_off = 300 } } }, "forever") } }) },
  { what = "an amount in a currency that the subscription has not", how = "20.00 €",
    gross = "20.00", currency = "EUR", sub(price(2000, "month", 1, { currency = "eur" }),
      { currency = "eur", discounts = { less(400) } }) },
  { what = "as older versions of the API tell it", how = "100.00 × 75 %",
    gross = "75.00", sub(price(10000), { discounts = false, discount = {
      coupon = { id = "old", percent_off = 25, duration = "forever" } } }) },
  { what = "of the customer, where the subscription has none", how = "100.00 × 60 %",
    gross = "60.00", sub(price(10000), { customer = { id = "cus_1", discount =
      off(40) } }) },
  { what = "of the customer and of the subscription: that of the subscription counts",
    how = "100.00 × 90 %", gross = "90.00", sub(price(10000), { customer = {
      id = "cus_1", discount = off(40) }, discounts = { off(10) } }) },
  { what = "of the customer behind those of an item", how = "(100 − 20) × 60 %",
    gross = "48.00", sub({ item(price(10000), 1, only(less(2000))) }, { customer = {
      id = "cus_1", discount = off(40) } }) },
  { what = "of the customer, while it lasts", how = "100.00; 100.00 × 60 %",
    gross = "100.00", cautious = "60.00", sub(price(10000), { customer = {
      id = "cus_1", discount = off(40, "repeating", later) } }) },
  { what = "a coupon that was read apart", how = "100.00 × 60 %", gross = "60.00",
    given = { coupons = { c = { id = "c", percent_off = 40, duration = "forever" } } },
    sub(price(10000), only { source = { type = "coupon", coupon = "c" } }) },
  { what = "a coupon that nobody read", fails = "coupon c of Stripe was not read",
    sub(price(10000), only { source = { type = "coupon", coupon = "c" } }) },
  { what = "a discount that is an id alone", fails = "told by its id alone",
    sub(price(10000), only "di_1") },
}
