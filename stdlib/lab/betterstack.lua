-- SPDX-License-Identifier: MIT
--
-- The stand-in of the Better Stack Uptime API v2
-- (https://betterstack.com/docs/uptime/api/): monitors that really ask, heartbeats that
-- really wait, incidents that are really posted to outgoing webhooks, status pages.

local beats = require "lab.betterstack_heartbeats"
local incidents = require "lab.betterstack_incidents"
local monitors = require "lab.betterstack_monitors"
local probe = require "lab.probe"
local stand_in = require "lab.stand_in"

-- A text, or what is wrong by field.
local function envelope(refused)
  return { errors = refused.details or refused.message }
end

local function new_world()
  return { monitors = {}, heartbeats = {}, webhooks = {}, pages = {} }
end

local function status(lab)
  local world, count = lab.world, stand_in.count
  return { objects = {
    monitors = count(world.monitors), heartbeats = count(world.heartbeats),
    contacts = count(world.webhooks), status_pages = count(world.pages),
  } }
end

local function tick(lab)
  local function told(watch) incidents.tell(lab, watch) end
  probe.tick(lab, monitors.watches(lab), told)
  probe.tick(lab, beats.watches(lab), told)
end

local extras = {}

-- What part of its interval passes between two looks.
extras["POST /_lab/pace"] = function(lab, body)
  lab.pace = body.pace or lab.pace
  return { pace = lab.pace }
end

return stand_in.module {
  name = "betterstack", envelope = envelope, new_world = new_world, status = status,
  limit = { requests = 20, seconds = 60 }, tick = tick, extras = extras,
  free = { ["/api/v1/heartbeat/"] = beats.beat },
  routes = {
    monitors.routes, beats.routes, incidents.routes,
    require("lab.betterstack_pages").routes,
  },
}
