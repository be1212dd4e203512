-- SPDX-License-Identifier: MIT
--
-- How the Stripe stand-in shows what it has: whole things are kept, and what the API only
-- shows when it is expanded is left out or shown by its id.

local json = require "json"

local views = {}

local SHOWN_ITEMS = 20

views.subscription_expands = {
  "data%.discounts", "data%.discounts%.source%.coupon", "data%.items%.data%.discounts",
  "data%.customer",
}
views.item_expands = { "data%.discounts", "data%.discounts%.source%.coupon" }
views.price_expands = { "tiers", "currency_options", "currency_options%.%l%l%l%.tiers" }
views.coupon_expands = { "applies_to", "currency_options" }

-- A shallow copy.
function views.copy(thing)
  local copy = {}
  for name, value in pairs(thing) do copy[name] = value end
  return copy
end

-- `a.b` is expanded where `a.b.c` is.
local function is_expanded(expand, path)
  for name in pairs(expand) do
    if name == path or name:sub(1, #path + 1) == path .. "." then return true end
  end
  return false
end

function views.coupon(coupon, expand)
  local shown = views.copy(coupon)
  shown.object, shown.deleted = "coupon", nil
  if not expand.applies_to then shown.applies_to = nil end
  if not expand.currency_options then shown.currency_options = nil end
  for _, name in ipairs { "percent_off", "amount_off", "currency" } do
    if shown[name] == nil then shown[name] = json.null end
  end
  return shown
end

local function discounts_of(holder, expand, path)
  local shown = {}
  for i, discount in ipairs(holder.discounts or {}) do
    local id = discount.id or ("di_%s_%d"):format(holder.id, i)
    shown[i] = id
    if is_expanded(expand, path) then
      local coupon = discount.source.coupon
      local whole = is_expanded(expand, path .. ".source.coupon")
      shown[i] = views.copy(discount)
      shown[i].id, shown[i].object = id, "discount"
      shown[i]["end"] = discount["end"] or json.null
      shown[i].source = { type = "coupon",
        coupon = whole and views.coupon(coupon, {}) or coupon.id }
    end
  end
  return json.list(shown)
end

-- Without what is never in a list: tiers, amounts in other currencies.
function views.price(price, expand)
  local shown = views.copy(price)
  shown.object = "price"
  if not expand.tiers then shown.tiers = nil end
  if not is_expanded(expand, "currency_options") then
    shown.currency_options = nil
    return shown
  end
  shown.currency_options = {}
  for code, option in pairs(price.currency_options or {}) do
    local one = views.copy(option)
    if not expand["currency_options." .. code .. ".tiers"] then one.tiers = nil end
    shown.currency_options[code] = one
  end
  return shown
end

function views.item(item, expand, path)
  local shown = views.copy(item)
  shown.object, shown.price = "subscription_item", views.price(item.price, {})
  shown.discounts = discounts_of(item, expand, path .. "discounts")
  shown.tax_rates = json.list(views.copy(item.tax_rates or {}))
  return shown
end

-- Its own discount is always shown, the coupon of it by its id.
local function customer_of(subscription)
  local told = subscription.customer_discount
  local discount = told and views.copy(told) or json.null
  if told then
    discount.object, discount.source = "discount",
      { type = "coupon", coupon = told.source.coupon.id }
  end
  return { id = subscription.customer, object = "customer", discount = discount }
end

function views.subscription(subscription, expand, path)
  local shown, items = views.copy(subscription), {}
  for i, item in ipairs(subscription.items.data) do
    if i <= SHOWN_ITEMS then
      items[i] = views.item(item, expand, path .. "items.data.")
    end
  end
  shown.object, shown.customer_discount = "subscription", nil
  if is_expanded(expand, path .. "customer") then
    shown.customer = customer_of(subscription)
  end
  shown.items = { object = "list", data = json.list(items),
    has_more = #subscription.items.data > SHOWN_ITEMS,
    url = "/v1/subscription_items?subscription=" .. subscription.id }
  shown.discounts = discounts_of(subscription, expand, path .. "discounts")
  shown.default_tax_rates = json.list(views.copy(subscription.default_tax_rates or {}))
  for _, name in ipairs { "cancel_at", "pause_collection", "trial_end" } do
    if shown[name] == nil then shown[name] = json.null end
  end
  return shown
end

return views
