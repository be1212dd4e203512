-- SPDX-License-Identifier: MIT
--
-- The stand-in of the UptimeRobot API v3 (https://uptimerobot.com/api/v3): monitors that
-- really ask, heartbeats that really wait, contacts that are really told, status pages.
-- Unknown fields are refused with 400, the list knows at once what a single GET learns
-- later.

local monitors = require "lab.uptimerobot_monitors"
local probe = require "lab.probe"
local stand_in = require "lab.stand_in"

local names = {
  [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden",
  [404] = "Not Found", [409] = "Conflict", [429] = "Too Many Requests",
}

-- What is wrong with a body is a list, anything else a text.
local function envelope(refused)
  return {
    statusCode = refused.status, message = refused.details or refused.message,
    error = names[refused.status] or "Error",
  }
end

local function new_world()
  return { monitors = {}, contacts = {}, integrations = {}, pages = {} }
end

local function status(lab)
  local world, count = lab.world, stand_in.count
  return { objects = {
    monitors = count(world.monitors), contacts = count(world.contacts),
    integrations = count(world.integrations), status_pages = count(world.pages),
  } }
end

local function tick(lab)
  probe.tick(lab, monitors.watches(lab), function(watch) monitors.tell(lab, watch) end)
end

local extras = {}

-- { pace = 0.01 }: what part of its interval passes between two looks; { lag = 2 }: how
-- many seconds a single GET knows nothing of what was made or deleted.
extras["POST /_lab/pace"] = function(lab, body)
  lab.pace, lab.lag = body.pace or lab.pace, body.lag or lab.lag
  return { pace = lab.pace, lag = lab.lag }
end

-- What a person does by the link in the mail that a new contact gets.
extras["POST /_lab/confirm"] = function(lab)
  for _, contact in pairs(lab.world.contacts) do contact.status = "Active" end
  return status(lab)
end

return stand_in.module {
  name = "uptimerobot", envelope = envelope, new_world = new_world, status = status,
  limit = { requests = 10, seconds = 60 }, tick = tick, extras = extras,
  free = { ["/heartbeat/"] = monitors.beat },
  routes = {
    monitors.routes, require("lab.uptimerobot_contacts").routes,
    require("lab.uptimerobot_pages").routes,
  },
}
