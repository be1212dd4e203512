-- SPDX-License-Identifier: MIT
--
-- The calls of the Stripe API that read revenue: https://docs.stripe.com/api
-- All of them are GET.

local cache = require "cache"
local clock = require "clock"
local fault = require "fault"
local json = require "json"
local prune = require "prune"
local rest = require "rest"

-- { error = { type, code, message } }
local function said(body)
  return type(body.error) == "table" and body.error.message or body.error
end

local client = rest.client {
  name = "stripe", title = "Stripe", key = "STRIPE_API_KEY", said = said,
  where = "dashboard: Developers, API keys, restricted key",
  may = "read Subscriptions, Customers, Prices and Coupons",
  -- What it answers is told by its version; without one, by that of the account.
  headers = { ["Stripe-Version"] = "2025-09-30.clover" },
}

local PER_PAGE, MOST_PAGES = 100, 500
local KEPT = 24 * 3600 -- seconds; tiers and coupons are never changed, only replaced

local EXPAND, DISCOUNTS = "expand%5B%5D", { -- expand[]
  subscriptions = { "data.discounts.source.coupon", "data.items.data.discounts",
    "data.customer" },
  items = { "data.discounts.source.coupon" },
}

local function query_of(pairs_given, expand)
  local query = {}
  for _, pair in ipairs(pairs_given) do query[#query + 1] = pair end
  for _, name in ipairs(expand) do query[#query + 1] = { EXPAND, name } end
  return query
end

local function endless(what, why)
  fault(what .. " failed", {
    why = why, next = "run again; if it stays so, tell Stripe, or us",
  })
end

local function page_of(path, query, what)
  local answer = client:get(path, query, what)
  if answer.object ~= "list" or type(answer.data) ~= "table" then
    endless(what, "the answer is no list")
  end
  return answer
end

-- All pages of a list. One that never ends is cut: it would never be a sum.
local function all(path, filter, expand, what)
  local items, seen, last = {}, {}, nil
  for _ = 1, MOST_PAGES do
    local query = query_of(filter, expand)
    table.insert(query, 1, { "limit", PER_PAGE })
    if last then query[#query + 1] = { "starting_after", last } end
    local answer = page_of(path, query, what)
    for _, item in ipairs(answer.data) do
      if seen[item.id] then endless(what, item.id .. " is told again and again") end
      seen[item.id], last = true, item.id
      items[#items + 1] = item
    end
    if not answer.has_more then return items end
    if #answer.data == 0 then endless(what, "it has more, it says, and tells none") end
  end
  return endless(what, ("it has more than %d"):format(MOST_PAGES * PER_PAGE))
end

function client.subscriptions(status)
  return all("/subscriptions", { { "status", status } }, DISCOUNTS.subscriptions,
    ("listing %s subscriptions at Stripe"):format(status:gsub("_", " ")))
end

function client.items(subscription)
  return all("/subscription_items", { { "subscription", subscription } },
    DISCOUNTS.items, "listing the items of " .. subscription .. " at Stripe")
end

-- One thing by its id, read anew after a day. nil: it is not there.
local function one(path, expand, what)
  local key = "stripe" .. path .. "?" .. table.concat(expand, ",")
  local text, read_at = cache.get(key)
  if text and clock.now() - read_at < KEPT then return prune(json.decode(text)) end
  local ok, thing = pcall(client.get, client, path, query_of({}, expand), what)
  if ok and not thing.deleted then
    cache.put(key, json.encode(thing))
    return thing
  end
  if not ok and not (fault.is(thing) and thing.code == "not_found") then
    error(thing, 0)
  end
  return nil
end

function client.price(id, expand)
  return one("/prices/" .. id, expand, "reading price " .. id .. " at Stripe")
end

function client.coupon(id)
  return one("/coupons/" .. id, { "applies_to", "currency_options" },
    "reading coupon " .. id .. " at Stripe")
end

return client
