-- SPDX-License-Identifier: MIT
-- A reading of each account that the stand-in can play, with the requests it takes.

local rates = { date = "2026-09-01", USD_EUR = "0.92", JPY_EUR = "0.0061" }

local function scenario(w, name)
  local reply = w:call("POST", "/_lab/scenario", { name = name })
  assert(reply.status == 200, name .. ": " .. reply.status)
end

local function read(given) return require("revenue.stripe").read(given) end

-- cautious: as gross, at_risk: nothing, calls: the two lists.
local told = {
  { "empty", gross = "0.00", currency = "EUR", customers = 0, warns = "no subscription" },
  { "pages", gross = "2500.00", customers = 250, calls = 4 },
  { "yearly", gross = "10.00" },
  { "weekly", gross = "52.00" },
  { "tiered", gross = "108.00", customers = 3, calls = 4 },
  { "metered", gross = "20.00", warns = "paid by use" },
  { "coupons", gross = "490.00", cautious = "440.00", customers = 6, calls = 8,
    warns = "coupon GONE25 is deleted" },
  { "trials", gross = "20.00" },
  { "past_due", gross = "50.00", at_risk = "30.00", customers = 2 },
  { "paused", gross = "20.00", warns = "1 subscription is paused" },
  { "currencies", gross = "157.10", currency = "EUR", customers = 4, calls = 3 },
  { "yen", gross = "1200", at_risk = "0", currency = "JPY" },
  { "many_items", gross = "25.00", calls = 3 },
  { "ending", gross = "30.00", cautious = "20.00", customers = 2 },
  { "test_mode", gross = "10.00", warns = "test mode" },
  { "rate_limited", gross = "50.00", at_risk = "30.00", customers = 2, calls = 4 },
}

-- What is wrong, told as a fault, after so many requests.
local refused = {
  { "unauthorized", code = "unauthorized", kind = "unreachable", calls = 1,
    what = "listing active subscriptions at Stripe failed", why = "HTTP 401",
    next = "STRIPE_API_KEY.*restricted key" },
  { "forbidden", code = "forbidden", why = "HTTP 403", calls = 1,
    next = "may read Subscriptions, Customers, Prices and Coupons" },
  { "rate_limited_for_long", code = "rate_limited", why = "HTTP 429", calls = 6,
    next = "wait a minute" },
  { "server_error", why = "HTTP 500", calls = 2 },
  { "cut", kind = "unreachable", what = "no answer", calls = 6 },
  { "garbage", why = "no JSON in the answer", calls = 1 },
  { "half", why = "no JSON in the answer", calls = 1 },
  { "no_list", why = "the answer is no list", calls = 1 },
  { "endless", why = "again and again", calls = 2 },
  { "endless_new", why = "more than 50000", calls = 500 },
  { "nothing_more", why = "tells none", calls = 1 },
  { "mixed_modes", what = "live and of test mode", calls = 2 },
}

local cases = {}

local function add(what, run, settings)
  cases[#cases + 1] = { what = what, vendor = "stripe", run = run, settings = settings }
end

for _, row in ipairs(told) do
  add(row[1], function(w, steps)
    scenario(w, row[1])
    local reading = read {}
    steps.same("currency", row.currency or "USD", reading.currency)
    steps.same("gross", row.gross, reading.gross)
    steps.same("cautious", row.cautious or row.gross, reading.cautious)
    steps.same("at risk", row.at_risk or "0.00", reading.at_risk)
    steps.same("customers", row.customers or 1, reading.customers)
    steps.same("requests", row.calls or 2, #w.calls)
    local warned = table.concat(reading.warnings, "; ")
    assert(warned:find(row.warns or "^$"), warned)
    assert(#w:requests_executed() == 0, "it changed something")
  end, { exchange = rates })
end

for _, row in ipairs(refused) do
  add(row[1], function(w, steps)
    w.token = "rk_live_canary"
    scenario(w, row[1])
    local ok, problem = pcall(read, {})
    assert(not ok, "it was read")
    assert(type(problem) == "table", problem)
    for _, name in ipairs { "what", "why", "next", "code", "kind" } do
      local words = tostring(problem[name])
      assert(not row[name] or words:find(row[name]), name .. ": " .. words)
      assert(not words:find "canary", "the key is in " .. name)
    end
    steps.same("requests", row.calls, #w.calls)
  end)
end

add("tiers and coupons are kept for a day", function(w, steps)
  for _, case in ipairs { { "tiered", 4 }, { "coupons", 8 } } do
    scenario(w, case[1])
    local function count()
      w.calls = {}
      read {}
      return #w.calls
    end
    steps.same("first", case[2], count())
    local gone = case[1] == "coupons" and 1 or 0 -- what is not there is not kept
    steps.same("again", 2 + gone, count())
    w.time = w.time + 24 * 3600
    steps.same("a day later", case[2], count())
  end
end)

add("a secret key is refused before it is sent", function(w)
  local ok, problem = pcall(read, {})
  assert(not ok and problem.what:find "may do everything")
  assert(problem.next:find "restricted key" and #w.calls == 0)
  scenario(w, "yearly")
  assert(read({ allow_secret_key = true }).gross == "10.00")
end, { key_kinds = { stripe = "sk_live" } })

for _, kind in ipairs { "rk_live", "rk_test", "sk_test" } do
  add(kind .. " is taken", function(w)
    scenario(w, "yearly")
    assert(read({}).gross == "10.00")
  end, { key_kinds = { stripe = kind } })
end

add("a wrong key", function(w)
  w.lab.options.token = "right"
  local ok, problem = pcall(read, {})
  assert(not ok and problem.code == "unauthorized" and problem.why:find "Invalid API Key")
end)

add("an account that makes so much", function(w, steps)
  w:call("POST", "/_lab/revenue", { cents = 200001, customers = 7 })
  local reading = read {}
  steps.same("gross", "2000.01", reading.gross)
  steps.same("customers", 7, reading.customers)
end)

add("no rate is known", function(w)
  scenario(w, "currencies")
  local ok, problem = pcall(read, { currency = "CHF" })
  assert(not ok and problem.what:find "no exchange rate from EUR to CHF")
end)

return cases
