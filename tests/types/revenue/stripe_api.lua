-- SPDX-License-Identifier: MIT
-- The stand-in takes what Stripe takes, and shows what Stripe shows.

local function ask(w, path, query, headers)
  local json = require "json"
  local list = {}
  for _, pair in ipairs(query or {}) do
    list[#list + 1] = { name = pair[1], value = tostring(pair[2]) }
  end
  local reply = w.lab:handle { method = "GET", path = "/v1" .. path, query = list,
    headers = headers or { Authorization = "Bearer " .. w.token,
      ["Stripe-Version"] = "2025-09-30.clover" } }
  if reply.json then reply.json = json.decode(json.encode(reply.json)) end
  return reply
end

local function scenario(w, name)
  assert(w:call("POST", "/_lab/scenario", { name = name }).status == 200)
end

local refused = {
  { "/subscriptions", { { "limit", 101 } }, 400, "Invalid integer" },
  { "/subscriptions", { { "limit", "ten" } }, 400, "Invalid integer" },
  { "/subscriptions", { { "status", "alive" } }, 400, "Invalid status" },
  { "/subscriptions", { { "state", "active" } }, 400, "unknown parameter: state" },
  { "/subscriptions", { { "starting_after", "sub_x" } }, 400, "No such subscription" },
  { "/subscriptions", { { "expand[]", "data.items.data.price.tiers" } }, 400,
    "expand more than 4 levels" },
  { "/subscriptions", { { "expand[]", "data.tiers" } }, 400, "cannot be expanded" },
  { "/subscription_items", {}, 400, "Missing required param" },
  { "/subscription_items", { { "subscription", "sub_x" } }, 400, "No such subscription" },
  { "/prices/price_x", {}, 404, "No such price" },
  { "/coupons/c", {}, 404, "No such coupon" },
  { "/charges", {}, 404, "not found" },
}

local cases = {}

local function add(what, run)
  cases[#cases + 1] = { what = what, vendor = "stripe", run = run }
end

for _, row in ipairs(refused) do
  add("refused: " .. row[4], function(w, steps)
    local reply = ask(w, row[1], row[2])
    steps.same("status", row[3], reply.status)
    assert(reply.json.error.message:find(row[4], 1, true), reply.json.error.message)
  end)
end

add("no key, no version, another version", function(w, steps)
  local key = "Bearer " .. w.token
  steps.same("key", 401, ask(w, "/subscriptions", {}, {}).status)
  steps.same("none", 400, ask(w, "/subscriptions", {}, { Authorization = key }).status)
  steps.same("other", 400, ask(w, "/subscriptions", {}, { Authorization = key,
    ["Stripe-Version"] = "2020-08-27" }).status)
  steps.same("a change", 405, w.lab:handle({ method = "POST", path = "/v1/subscriptions",
    headers = { Authorization = key, ["Stripe-Version"] = "2025-09-30.clover" } }).status)
end)

add("pages", function(w, steps)
  scenario(w, "pages")
  local first = ask(w, "/subscriptions").json
  steps.same("ten", 10, #first.data)
  steps.same("more", true, first.has_more)
  local last = ask(w, "/subscriptions", { { "limit", 100 },
    { "starting_after", "sub_pages_150" } }).json
  steps.same("rest", 100, #last.data)
  steps.same("no more", false, last.has_more)
end)

add("only what is asked for is expanded", function(w, steps)
  scenario(w, "coupons")
  local function first(...)
    local query = { { "status", "active" } }
    for _, name in ipairs { ... } do query[#query + 1] = { "expand[]", name } end
    return ask(w, "/subscriptions", query).json.data[1].discounts[1]
  end
  steps.same("id", "string", type(first()))
  steps.same("coupon id", "FOREVER20", first("data.discounts").source.coupon)
  local coupon = first("data.discounts.source.coupon").source.coupon
  steps.same("coupon", 20, coupon.percent_off)
  local item = ask(w, "/coupons/ADDON50").json
  steps.same("products", nil, item.applies_to)
  item = ask(w, "/coupons/ADDON50", { { "expand[]", "applies_to" } }).json
  steps.same("products", "prod_price_addon", item.applies_to.products[1])
end)

add("tiers and other currencies are never in a list", function(w, steps)
  scenario(w, "tiered")
  local price = ask(w, "/subscriptions").json.data[1].items.data[1].price
  steps.same("mode", "graduated", price.tiers_mode)
  steps.same("tiers", nil, price.tiers)
  steps.same("tiers", 2, #ask(w, "/prices/price_slices", { { "expand[]", "tiers" } })
    .json.tiers)
  scenario(w, "currencies")
  steps.same("options", "900", ask(w, "/prices/price_both",
    { { "expand[]", "currency_options" } }).json.currency_options.eur
    .unit_amount_decimal)
end)

add("statuses", function(w, steps)
  scenario(w, "trials")
  local function count(status)
    return #ask(w, "/subscriptions", { { "status", status } }).json.data
  end
  steps.same("all", 2, count "all")
  steps.same("trialing", 1, count "trialing")
  steps.same("past_due", 0, count "past_due")
end)

add("what it plays is told", function(w, steps)
  scenario(w, "past_due")
  local status = w:call("GET", "/_lab/status").json
  steps.same("scenario", "past_due", status.scenario)
  steps.same("subscriptions", 2, status.objects.subscriptions)
  steps.same("unknown", 422, w:call("POST", "/_lab/scenario", { name = "x" }).status)
  assert(#w:call("GET", "/_lab/scenarios").json.scenarios > 25)
end)

return cases
