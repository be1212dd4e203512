-- SPDX-License-Identifier: MIT
--
-- What coupons take off an invoice, in the order Stripe takes it: those of an item from
-- the item, then those of the subscription from all that is left, one after the other.
-- An amount is taken from an invoice as a whole, each line giving its share.
-- https://docs.stripe.com/api/discounts/object

local exact = require "exact"
local fault = require "fault"

local mrr_discount = {}

-- Newer versions of the API name the source of a discount, older ones had the coupon.
function mrr_discount.coupon(discount)
  if type(discount) ~= "table" then
    fault("a discount of Stripe was told by its id alone", {
      why = "its part of the revenue cannot be told",
    })
  end
  return discount.coupon or discount.source and discount.source.coupon
end

-- The list of an item or a subscription. What a customer has is for those of their
-- subscriptions that have none of their own.
function mrr_discount.list(holder)
  if holder.discounts and #holder.discounts > 0 then return holder.discounts end
  local customer = type(holder.customer) == "table" and holder.customer or {}
  return { holder.discount or customer.discount }
end

local function coupon_of(discount, coupons)
  local coupon = mrr_discount.coupon(discount)
  local id = type(coupon) == "table" and coupon.id or coupon
  local known = id and coupons[id] or type(coupon) == "table" and coupon
  if not known then
    fault(("coupon %s of Stripe was not read"):format(tostring(id)), {
      why = "what it takes off cannot be told",
    })
  end
  return known
end

local function is_in_force(discount, now)
  return (discount.start or 0) <= now and (not discount["end"] or discount["end"] > now)
end

local function product_of(line)
  local product = line.item.price.product
  return type(product) == "table" and product.id or product
end

-- Those lines that a coupon is for.
local function chosen(lines, coupon)
  local products = coupon.applies_to and coupon.applies_to.products
  if not products or #products == 0 then return lines end
  local among, found = {}, {}
  for _, product in ipairs(products) do among[product] = true end
  for _, line in ipairs(lines) do
    if among[product_of(line)] then found[#found + 1] = line end
  end
  return found
end

-- In another currency than its own a coupon may have an amount of its own; without one it
-- takes nothing off.
local function amount_off(coupon, currency)
  if not coupon.amount_off or coupon.currency == currency then
    return coupon.amount_off
  end
  local option = (coupon.currency_options or {})[currency]
  return option and option.amount_off
end

local function take_amount(lines, off)
  local all = exact.of(0)
  for _, line in ipairs(lines) do all = all + line.amount end
  if exact.sign(all) <= 0 then return end
  local left = all <= off and exact.of(0) or (all - off) / all
  for _, line in ipairs(lines) do line.amount = line.amount * left end
end

local function take(lines, coupon, currency)
  local some = chosen(lines, coupon)
  if coupon.percent_off then
    local left = (100 - exact.of(coupon.percent_off)) / 100
    for _, line in ipairs(some) do line.amount = line.amount * left end
  else
    local off = amount_off(coupon, currency)
    if off then take_amount(some, exact.of(off)) end
  end
end

-- given: coupons by id, currency, now (seconds), lasting (only those without an end).
local function take_all(lines, holder, given)
  for _, discount in ipairs(mrr_discount.list(holder)) do
    local coupon = coupon_of(discount, given.coupons)
    local counts = not given.lasting or coupon.duration == "forever"
    if counts and is_in_force(discount, given.now) then
      take(lines, coupon, given.currency)
    end
  end
end

-- lines: { { item, amount }, … } of one invoice, whose amounts are changed.
function mrr_discount.apply(lines, subscription, given)
  for _, line in ipairs(lines) do take_all({ line }, line.item, given) end
  take_all(lines, subscription, given)
end

return mrr_discount
