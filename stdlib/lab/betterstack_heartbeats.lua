-- SPDX-License-Identifier: MIT
--
-- Heartbeats of the Better Stack stand-in.

local fields = require "lab.fields"
local lists = require "lab.betterstack_lists"
local probe = require "lab.probe"
local random = require "random"

local beats = {}

local spec = {
  name = { kind = "string", required = true },
  period = { kind = "integer", required = true, min = 30 },
  grace = { kind = "integer", required = true, min = 0 },
  paused = { kind = "boolean" }, email = { kind = "boolean" },
  sms = { kind = "boolean" }, call = { kind = "boolean" }, push = { kind = "boolean" },
  critical_alert = { kind = "boolean" }, team_wait = { kind = "integer", null = true },
  heartbeat_group_id = { kind = "integer", null = true },
  sort_index = { kind = "integer", null = true }, team_name = { kind = "string" },
  policy_id = { kind = "string", null = true },
}

local states = { new = "pending", up = "up", down = "down" }

local function view(beat)
  local shown = { email = true }
  for name, value in pairs(beat.settings) do shown[name] = value end
  shown.status = shown.paused and "paused" or states[beat.watch.state]
  return lists.shown("heartbeat", beat, shown)
end

local function aim(beat)
  local settings, watch = beat.settings, beat.watch
  watch.beats, watch.every, watch.grace = true, settings.period, settings.grace
  watch.paused, watch.called, watch.url = settings.paused, settings.name, settings.url
  watch.kind, watch.id = "heartbeat", beat.id
end

local function create(context)
  lists.check(context.body, spec)
  local settings = fields.taken(context.body, spec)
  local host = context.request.headers and context.request.headers.host
  settings.paused = settings.paused or false
  settings.url = (host and "http://" .. host or "https://uptime.betterstack.com")
    .. "/api/v1/heartbeat/" .. random.hex(12)
  local beat = lists.add(context, context.world.heartbeats, { settings = settings })
  beat.watch = probe.watch(context.lab, {})
  aim(beat)
  return 201, { data = view(beat) }
end

local function change(context, id)
  local beat = lists.find(context.world.heartbeats, id)
  lists.check(context.body, spec, true)
  lists.take(context, beat, spec)
  aim(beat)
  return 200, { data = view(beat) }
end

function beats.watches(lab)
  local list = {}
  for _, beat in pairs(lab.world.heartbeats) do list[#list + 1] = beat.watch end
  return list
end

-- A ping: its address is all that is needed.
function beats.beat(lab, request)
  for _, beat in pairs(lab.world.heartbeats) do
    if beat.settings.url:sub(-#request.path) == request.path then
      probe.beat(lab, beat.watch, function(watch)
        require("lab.betterstack_incidents").tell(lab, watch)
      end)
      return { status = 200, headers = {}, body = "OK" }
    end
  end
  return { status = 404, headers = {}, body = "no such heartbeat" }
end

beats.routes = {
  { "GET", "/heartbeats", function(context)
    return lists.page(context, context.world.heartbeats, view)
  end },
  { "POST", "/heartbeats", create },
  { "PATCH", "/heartbeats/{id}", change },
  { "DELETE", "/heartbeats/{id}", function(context, id)
    return lists.remove(context, context.world.heartbeats, id)
  end },
}

return beats
