-- SPDX-License-Identifier: MIT
--
-- The stand-in of what of the Stripe API tells revenue (https://docs.stripe.com/api):
-- subscriptions, their items, prices, coupons, all of them read only. What an account has
-- comes from a scenario or from POST /_lab/objects; it is empty at first.

local json = require "json"
local lists = require "lab.stripe_lists"
local refuse = require "lab.stand_in_refuse"
local scenarios = require "lab.stripe_scenarios"
local stand_in = require "lab.stand_in"

local VERSION = "2025-09-30.clover"

local kinds = { [401] = "invalid_request_error", [429] = "rate_limit_error",
  [500] = "api_error" }

local function envelope(refused)
  return { error = {
    type = kinds[refused.status] or "invalid_request_error", code = refused.code,
    message = refused.message, param = refused.details or nil,
  } }
end

local function log_in(context)
  local given = (stand_in.header(context.request, "authorization") or "")
    :match("^Bearer%s+(%S+)$")
  if not given then
    refuse.with(401, nil, "You did not provide an API key.")
  end
  local wanted = context.lab.options.token
  if wanted and given ~= wanted then refuse.with(401, nil, "Invalid API Key provided") end
  local version = stand_in.header(context.request, "stripe-version")
  if version ~= VERSION then
    refuse.with(400, nil, version and "Invalid Stripe API version: " .. version
      or "This stand-in wants a Stripe-Version: the account's default changes")
  end
end

local function new_world()
  return { subscriptions = {}, prices = {}, coupons = {} }
end

local function status(lab)
  local world, count = lab.world, stand_in.count
  return { scenario = lab.world.scenario, objects = {
    subscriptions = count(world.subscriptions), prices = count(world.prices),
    coupons = count(world.coupons),
  } }
end

-- Puts subscriptions as their owner knows them: with all that has to be expanded.
local function put(lab, subscriptions)
  for _, subscription in ipairs(subscriptions) do
    lists.put(lab.world, subscription)
  end
  return status(lab)
end

local extras = {}

extras["GET /_lab/scenarios"] = function()
  return { scenarios = json.list(scenarios.names()) }
end

-- { name = "coupons" }: what was there before is gone.
extras["POST /_lab/scenario"] = function(lab, body)
  local made = scenarios.make(body.name)
  if not made then
    refuse.invalid("name", "must be one of " .. table.concat(scenarios.names(), ", "))
  end
  lab.world, lab.faults = new_world(), made.faults or {}
  lab.world.scenario, lab.world.trouble = body.name, made.trouble
  return put(lab, made.subscriptions or {})
end

-- { subscriptions = { … } }, beside what is there.
extras["POST /_lab/objects"] = function(lab, body)
  return put(lab, body.subscriptions or {})
end

-- { cents = 200000, customers = 100, currency = "usd" }: an account that makes that much
-- a month, in place of what was there.
extras["POST /_lab/revenue"] = function(lab, body)
  lab.world = new_world()
  return put(lab, scenarios.shared_out(body.cents or 0, body.customers or 1,
    body.currency or "usd"))
end

return stand_in.module {
  name = "stripe", envelope = envelope, log_in = log_in, new_world = new_world,
  status = status, limit = { requests = 100, seconds = 1 }, extras = extras,
  routes = { lists.routes },
}
