-- SPDX-License-Identifier: MIT
--
-- Monitors of the Better Stack stand-in.

local fields = require "lab.fields"
local lists = require "lab.betterstack_lists"
local moment = require "lab.moment"
local probe = require "lab.probe"
local refuse = require "lab.stand_in_refuse"

local monitors = {}

local spec = {
  url = { kind = "string", required = true },
  monitor_type = { kind = "string", required = true, one_of = { "status",
    "expected_status_code", "keyword", "keyword_absence", "ping", "tcp", "udp", "smtp",
    "pop", "imap", "dns", "playwright" } },
  pronounceable_name = { kind = "string" },
  check_frequency = { kind = "integer", min = 30, max = 86400 },
  request_timeout = { kind = "integer", one_of = { 2, 3, 5, 10, 15, 30, 45, 60 } },
  required_keyword = { kind = "string", null = true }, paused = { kind = "boolean" },
  confirmation_period = { kind = "integer" }, recovery_period = { kind = "integer" },
  expected_status_codes = { kind = "list" }, http_method = { kind = "string" },
  request_headers = { kind = "list" }, request_body = { kind = "string" },
  port = { kind = "string", null = true }, regions = { kind = "list" },
  verify_ssl = { kind = "boolean" }, ssl_expiration = { kind = "integer" },
  domain_expiration = { kind = "integer" }, follow_redirects = { kind = "boolean" },
  email = { kind = "boolean" }, sms = { kind = "boolean" }, call = { kind = "boolean" },
  push = { kind = "boolean" }, critical_alert = { kind = "boolean" },
  team_wait = { kind = "integer", null = true }, team_name = { kind = "string" },
  policy_id = { kind = "string", null = true },
  monitor_group_id = { kind = "integer", null = true },
  remember_cookies = { kind = "boolean" },
}

local defaults = {
  check_frequency = 180, request_timeout = 30, paused = false, http_method = "get",
  confirmation_period = 0, recovery_period = 180, verify_ssl = true, email = true,
}

local function check(context, kind, settings)
  lists.check(context.body, spec, settings ~= nil)
  local keyword = context.body.required_keyword or settings and settings.required_keyword
  if kind == "keyword" and (not keyword or keyword == "") then
    refuse.with(422, "invalid", "invalid", { required_keyword = { "can't be blank" } })
  end
end

local states = { new = "pending", up = "up", down = "down" }

local function view(monitor)
  local shown = {}
  for name, value in pairs(monitor.settings) do shown[name] = value end
  shown.status = shown.paused and "paused" or states[monitor.watch.state]
  return lists.shown("monitor", monitor, shown)
end

-- What the probe needs of the settings.
local function aim(lab, monitor)
  local settings, watch = monitor.settings, monitor.watch
  watch.url, watch.every = settings.url, settings.check_frequency
  watch.timeout, watch.paused = settings.request_timeout, settings.paused
  watch.keyword = settings.monitor_type == "keyword" and settings.required_keyword or nil
  watch.called, watch.kind, watch.id = settings.pronounceable_name, "monitor", monitor.id
  probe.again(lab, watch)
end

local function create(context)
  check(context, context.body.monitor_type)
  local settings = fields.taken(context.body, spec)
  for name, value in pairs(defaults) do
    if settings[name] == nil then settings[name] = value end
  end
  settings.pronounceable_name = settings.pronounceable_name or settings.url
  local monitor = lists.add(context, context.world.monitors, { settings = settings })
  monitor.watch = probe.watch(context.lab, {})
  aim(context.lab, monitor)
  return 201, { data = view(monitor) }
end

local function change(context, id)
  local monitor = lists.find(context.world.monitors, id)
  check(context, context.body.monitor_type or monitor.settings.monitor_type,
    monitor.settings)
  lists.take(context, monitor, spec)
  aim(context.lab, monitor)
  return 200, { data = view(monitor) }
end

-- Whole days, both included.
local function availability(context, id)
  local monitor, now = lists.find(context.world.monitors, id), context.lab.now_ms()
  local from = moment(context.query.from or "1970-01-01")
  local to = context.query.to and moment(context.query.to) or now
  if not from or not to or from > now or from > to then
    refuse.with(400, "bad_request", "The data range is invalid.")
  end
  if context.query.to then to = to + 86400000 end
  local percent, down, count = probe.uptime(context.lab, monitor.watch, from, to)
  return 200, { data = lists.shown("monitor_sla", monitor, {
    availability = percent, total_downtime = down, number_of_incidents = count,
    longest_incident = down, average_incident = count > 0 and down // count or 0,
  }) }
end

function monitors.watches(lab)
  local list = {}
  for _, monitor in pairs(lab.world.monitors) do list[#list + 1] = monitor.watch end
  return list
end

monitors.routes = {
  { "GET", "/monitors", function(context)
    return lists.page(context, context.world.monitors, view)
  end },
  { "POST", "/monitors", create },
  { "GET", "/monitors/{id}", function(context, id)
    return 200, { data = view(lists.find(context.world.monitors, id)) }
  end },
  { "PATCH", "/monitors/{id}", change },
  { "DELETE", "/monitors/{id}", function(context, id)
    return lists.remove(context, context.world.monitors, id)
  end },
  { "GET", "/monitors/{id}/sla", availability },
}

return monitors
