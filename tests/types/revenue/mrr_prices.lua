-- SPDX-License-Identifier: MIT
-- What prices come to in a month: paces, quantities, packs, tiers, decimals. `how` is the
-- sum by hand.
local stripe = require "tests.types.harness.stripe"
local price, item, tiers = stripe.price, stripe.item, stripe.tiers
local sub = stripe.subscription

local function packs(by, round)
  local transform = { divide_by = by, round = round }
  return price(1000, "month", 1, { transform_quantity = transform })
end

local slices = { { 5, 500 }, { 10, 400 }, { "inf", 300 } }
local flat = { { 5, 0, 1000 }, { 10, 100, 2000 }, { "inf", 50 } }

return stripe.cases {
  -- Paces.
  { what = "a month", how = "29.00", gross = "29.00", customers = 1, sub(price(2900)) },
  { what = "a year", how = "290.00/12 = 24.1666…", gross = "24.17",
    sub(price(29000, "year")) },
  { what = "a week", how = "10.00 × 52/12 = 43.3333…", gross = "43.33",
    sub(price(1000, "week")) },
  { what = "a day", how = "1.00 × 365/12 = 30.41666…", gross = "30.42",
    sub(price(100, "day")) },
  { what = "three months", how = "89.00/3 = 29.6666…", gross = "29.67",
    sub(price(8900, "month", 3)) },
  { what = "six months", how = "150.00/6", gross = "25.00",
    sub(price(15000, "month", 6)) },
  { what = "two years", how = "500.00/24 = 20.8333…", gross = "20.83",
    sub(price(50000, "year", 2)) },
  { what = "three years", how = "720.00/36", gross = "20.00",
    sub(price(72000, "year", 3)) },
  { what = "two weeks", how = "12.00 × 52/12/2 = 26.00", gross = "26.00",
    sub(price(1200, "week", 2)) },
  { what = "four weeks", how = "40.00 × 52/12/4 = 43.3333…", gross = "43.33",
    sub(price(4000, "week", 4)) },
  { what = "ninety days", how = "90.00 × 365/12/90 = 30.41666…", gross = "30.42",
    sub(price(9000, "day", 90)) },
  { what = "a pace that is not known", fails = "paid every 1 fortnight",
    sub(price(100, "fortnight")) },
  { what = "a pace of nothing", fails = "paid every 0 month",
    sub(price(100, "month", 0)) },

  -- Quantities and packs.
  { what = "seats", how = "7 × 12.00", gross = "84.00",
    sub { item(price(1200), 7) } },
  { what = "no seat yet", how = "0 × 12.00", gross = "0.00", customers = 0,
    sub { item(price(1200), 0) } },
  { what = "free of charge", how = "0.00", gross = "0.00", customers = 0,
    sub(price(0)) },
  { what = "two items", how = "29.00 + 3 × 5.00", gross = "44.00", customers = 1,
    sub { item(price(2900)), item(price(500), 3) } },
  { what = "items of two paces", how = "29.00 + 120.00/12", gross = "39.00",
    sub { item(price(2900)), item(price(12000, "year")) } },
  { what = "packs of five, begun ones too", how = "⌈7/5⌉ = 2 × 10.00", gross = "20.00",
    sub { item(packs(5, "up"), 7) } },
  { what = "packs of five, full ones", how = "⌊7/5⌋ = 1 × 10.00", gross = "10.00",
    sub { item(packs(5, "down"), 7) } },
  { what = "packs that come out even", how = "10/5 = 2 × 10.00", gross = "20.00",
    sub { item(packs(5, "up"), 10) } },
  { what = "not one pack", how = "⌊4/5⌋ = 0", gross = "0.00",
    sub { item(packs(5, "down"), 4) } },

  -- Tiers.
  { what = "graduated, in the first tier", how = "3 × 5.00", gross = "15.00",
    sub { item(tiers("graduated", slices), 3) } },
  { what = "graduated, to the end of the first", how = "5 × 5.00", gross = "25.00",
    sub { item(tiers("graduated", slices), 5) } },
  { what = "graduated, one into the second", how = "25.00 + 4.00", gross = "29.00",
    sub { item(tiers("graduated", slices), 6) } },
  { what = "graduated, in the last", how = "5×5 + 5×4 + 10×3", gross = "75.00",
    sub { item(tiers("graduated", slices), 20) } },
  { what = "graduated with flat parts, in the first", how = "10.00", gross = "10.00",
    sub { item(tiers("graduated", flat), 4) } },
  { what = "graduated with flat parts, in the second", how = "10 + 20 + 3 × 1.00",
    gross = "33.00", sub { item(tiers("graduated", flat), 8) } },
  { what = "graduated with flat parts, in the last", how = "10 + 20 + 5 × 1 + 90 × 0.50",
    gross = "80.00", sub { item(tiers("graduated", flat), 100) } },
  { what = "graduated, quantity 0 pays the first flat part", how = "10.00",
    gross = "10.00", sub { item(tiers("graduated", flat), 0) } },
  { what = "volume, in the first tier", how = "3 × 5.00", gross = "15.00",
    sub { item(tiers("volume", slices), 3) } },
  { what = "volume, at the edge", how = "5 × 5.00", gross = "25.00",
    sub { item(tiers("volume", slices), 5) } },
  { what = "volume, over the edge all is cheaper", how = "6 × 4.00", gross = "24.00",
    sub { item(tiers("volume", slices), 6) } },
  { what = "volume, in the last", how = "20 × 3.00", gross = "60.00",
    sub { item(tiers("volume", slices), 20) } },
  { what = "volume with a flat part", how = "8 × 1.00 + 20.00", gross = "28.00",
    sub { item(tiers("volume", flat), 8) } },
  { what = "volume, quantity 0", how = "0 × 0 + 10.00", gross = "10.00",
    sub { item(tiers("volume", flat), 0) } },
  { what = "tiers by the year", how = "(5×5 + 1×4)/12 = 2.41666…", gross = "2.42",
    sub { item(tiers("graduated", slices, { recurring = { interval = "year",
      interval_count = 1, usage_type = "licensed" } }), 6) } },
  { what = "tiers that were read apart", how = "6 × 4.00", gross = "24.00",
    given = { prices = { price_1 = tiers("volume", slices) } },
    sub { item(tiers("volume", {}, { tiers = false }), 6) } },
  { what = "tiers that end too early", fails = "no tier for a quantity of 11",
    sub { item(tiers("graduated", { { 10, 100 } }), 11) } },
  { what = "tiers that end too early, by volume", fails = "no tier for a quantity of 11",
    sub { item(tiers("volume", { { 10, 100 } }), 11) } },
  { what = "tiers of a mode that is not known", fails = "does not tell its tiers",
    sub { item(tiers("stairs", slices), 1) } },

  -- Decimals: nothing is rounded before the end.
  { what = "parts of a cent", how = "1000 × 0.05 ¢ = 50 ¢", gross = "0.50",
    sub { item(price("0.05"), 1000) } },
  { what = "twelve decimals", how = "10^12 × 0.000000000001 ¢ = 1 ¢", gross = "0.01",
    sub { item(price("0.000000000001"), 1000000000000) } },
  { what = "twelve decimals before and behind", how = "3 × 123456789.123456789012 ¢ = "
    .. "370370367.370370367036 ¢", gross = "3703703.67",
    sub { item(price("123456789.123456789012"), 3) } },
  { what = "three thirds are a whole", how = "3 × 1.00/3", gross = "1.00",
    sub(price(100, "month", 3)), sub(price(100, "month", 3)),
    sub(price(100, "month", 3)) },
  { what = "twelve yearly ones are one a month", how = "12 × 0.05/12", gross = "0.05",
    sub(price(5, "year")), sub(price(5, "year")), sub(price(5, "year")),
    sub(price(5, "year")), sub(price(5, "year")), sub(price(5, "year")),
    sub(price(5, "year")), sub(price(5, "year")), sub(price(5, "year")),
    sub(price(5, "year")), sub(price(5, "year")), sub(price(5, "year")) },
  { what = "half a cent goes to the even one below", how = "0.125 → 0.12",
    gross = "0.12", sub(price("12.5")) },
  { what = "half a cent goes to the even one above", how = "0.135 → 0.14",
    gross = "0.14", sub(price("13.5")) },
  { what = "a price without an amount", fails = "price_1.* tells no amount",
    sub(price(nil)) },
}
