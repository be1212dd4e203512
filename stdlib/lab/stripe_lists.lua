-- SPDX-License-Identifier: MIT
--
-- Lists and single things of the Stripe stand-in: pages behind an id, parameters that are
-- refused when they are not known, only what is asked for expanded.

local json = require "json"
local refuse = require "lab.stand_in_refuse"
local views = require "lab.stripe_views"

local lists = {}

local PER_PAGE, MOST, DEEPEST = 10, 100, 4

local statuses = {}
for name in ("active past_due unpaid canceled incomplete incomplete_expired trialing "
  .. "paused all ended"):gmatch("%S+") do
  statuses[name] = true
end

local function invalid(param, message, code)
  refuse.with(400, code or "parameter_invalid", message, param)
end

local function check_expand(name, expandable)
  local _, dots = name:gsub("%.", "")
  if dots >= DEEPEST then
    invalid("expand", ("You cannot expand more than %d levels of a property. "
      .. "Property: %s"):format(DEEPEST, name))
  end
  for _, pattern in ipairs(expandable) do
    if name:find("^" .. pattern .. "$") then return end
  end
  invalid("expand", ("This property cannot be expanded (%s)."):format(name))
end

-- Parameters by name, and the set of what is to be expanded.
local function parameters(context, known, expandable)
  local given, expand = {}, {}
  for _, pair in ipairs(context.request.query or {}) do
    if pair.name == "expand[]" then
      check_expand(pair.value, expandable)
      expand[pair.value] = true
    elseif not known[pair.name] then
      invalid(pair.name, "Received unknown parameter: " .. pair.name,
        "parameter_unknown")
    else
      given[pair.name] = pair.value
    end
  end
  return given, expand
end

local function limit_of(given)
  local limit = math.tointeger(tonumber(given.limit or PER_PAGE))
  if not limit or limit < 1 or limit > MOST then
    invalid("limit", "Invalid integer: " .. tostring(given.limit))
  end
  return limit
end

local function place_behind(items, id, what)
  if not id then return 1 end
  for i, item in ipairs(items) do
    if item.id == id then return i + 1 end
  end
  return invalid("starting_after", ("No such %s: '%s'"):format(what, id),
    "resource_missing")
end

-- { object, data, has_more, url }, as a list answers.
local function page(context, items, given, view, what)
  local first = place_behind(items, given.starting_after, what)
  local last = math.min(first + limit_of(given) - 1, #items)
  local shown = {}
  for i = first, last do shown[#shown + 1] = view(items[i]) end
  return 200, { object = "list", data = json.list(shown), has_more = last < #items,
    url = context.request.path }
end

-- What a list does that is not as it should be.
local troubles = {}

-- There is always more, and it is always the same.
function troubles.endless(context, items, given, view, what)
  given.starting_after = nil
  local status, answer = page(context, items, given, view, what)
  answer.has_more = true
  return status, answer
end

-- There is always more, and it is always new.
function troubles.endless_new(context, _, given, view, what)
  context.world.told = (context.world.told or 0) + 1
  local thing = views.copy(context.world.subscriptions[1])
  thing.id = "sub_endless_" .. context.world.told
  given.starting_after = nil
  local status, answer = page(context, { thing }, given, view, what)
  answer.has_more = true
  return status, answer
end

function troubles.nothing_more(context)
  return 200, { object = "list", data = json.list {}, has_more = true,
    url = context.request.path }
end

-- All of the answer is there, but it is half of it.
function troubles.half(context)
  context.headers["Content-Type"] = "application/json"
  return 200, '{"object":"list","data":[{"id":"sub_half","object":"subscr'
end

function troubles.no_list() return 200, { object = "subscription", id = "sub_1" } end

local function list_subscriptions(context)
  local given, expand = parameters(context, { limit = true, starting_after = true,
    status = true }, views.subscription_expands)
  if given.status and not statuses[given.status] then
    invalid("status", "Invalid status: " .. given.status)
  end
  local chosen = {}
  for _, subscription in ipairs(context.world.subscriptions) do
    local status = subscription.status
    if given.status == status or given.status == "all"
      or not given.status and status ~= "canceled" then
      chosen[#chosen + 1] = subscription
    end
  end
  local answer = troubles[context.world.trouble] or page
  return answer(context, chosen, given, function(subscription)
    return views.subscription(subscription, expand, "data.")
  end, "subscription")
end

local function list_items(context)
  local given, expand = parameters(context, { limit = true, starting_after = true,
    subscription = true }, views.item_expands)
  if not given.subscription then
    invalid("subscription", "Missing required param: subscription.", "parameter_missing")
  end
  local items
  for _, subscription in ipairs(context.world.subscriptions) do
    if subscription.id == given.subscription then items = subscription.items.data end
  end
  if not items then
    invalid("subscription", ("No such subscription: '%s'"):format(given.subscription),
      "resource_missing")
  end
  return page(context, items, given, function(item)
    return views.item(item, expand, "data.")
  end, "subscription item")
end

-- GET of one thing: `map` of the world, its view, what may be expanded.
local function one(map, what, view, expandable)
  return function(context, id)
    local _, expand = parameters(context, {}, expandable)
    local thing = context.world[map][id]
    if not thing then
      refuse.with(404, "resource_missing", ("No such %s: '%s'"):format(what, id), "id")
    end
    return 200, view(thing, expand)
  end
end

lists.routes = {
  { "GET", "/subscriptions", list_subscriptions },
  { "GET", "/subscription_items", list_items },
  { "GET", "/prices/{id}", one("prices", "price", views.price, views.price_expands) },
  { "GET", "/coupons/{id}", one("coupons", "coupon", views.coupon,
    views.coupon_expands) },
}

local function put_coupons(world, discounts)
  for _, discount in ipairs(discounts or {}) do
    local coupon = discount.source.coupon
    if not coupon.deleted then world.coupons[coupon.id] = coupon end
  end
end

-- A subscription, with its prices and coupons beside it.
function lists.put(world, subscription)
  table.insert(world.subscriptions, subscription)
  put_coupons(world, subscription.discounts)
  put_coupons(world, { subscription.customer_discount })
  for _, item in ipairs(subscription.items.data) do
    world.prices[item.price.id] = item.price
    put_coupons(world, item.discounts)
  end
end

return lists
