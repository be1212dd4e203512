-- SPDX-License-Identifier: MIT
--
-- Monitors of the UptimeRobot stand-in.

local clock = require "clock"
local contacts = require "lab.uptimerobot_contacts"
local fields = require "lab.fields"
local json = require "json"
local lists = require "lab.uptimerobot_lists"
local moment = require "lab.moment"
local probe = require "lab.probe"
local random = require "random"
local refuse = require "lab.stand_in_refuse"

local monitors = {}

local common = {
  friendlyName = { kind = "string", required = true, max = 250 },
  interval = { kind = "integer", required = true, min = 30, max = 86400 },
  type = { kind = "string", required = true },
  assignedAlertContacts = { kind = "list" }, tagNames = { kind = "list" },
  maintenanceWindowsIds = { kind = "list" }, regionData = { kind = "map" },
  regionalData = { kind = "string" }, responseTimeThreshold = { kind = "integer" },
  groupId = { kind = "integer" }, customFields = { kind = "map" },
}

local asking = {
  url = { kind = "string", required = true, max = 10000 },
  timeout = { kind = "integer", required = true, min = 0, max = 60 },
  httpMethodType = { kind = "string", one_of = { "HEAD", "GET", "POST", "PUT", "PATCH",
    "DELETE", "OPTIONS", "QUERY" } },
  authType = { kind = "string" }, httpUsername = { kind = "string" },
  httpPassword = { kind = "string" }, postValueData = { kind = "map" },
  postValueType = { kind = "string" }, customHttpHeaders = { kind = "map" },
  successHttpResponseCodes = { kind = "list" }, checkSSLErrors = { kind = "boolean" },
  sslExpirationReminder = { kind = "boolean" },
  domainExpirationReminder = { kind = "boolean" },
  followRedirections = { kind = "boolean" }, config = { kind = "map" },
}

local keyword = {
  keywordType = { kind = "string", required = true,
    one_of = { "ALERT_EXISTS", "ALERT_NOT_EXISTS" } },
  keywordValue = { kind = "string", required = true, max = 500 },
  keywordCaseType = { kind = "string", required = true,
    one_of = { "CaseSensitive", "CaseInsensitive" } },
}

local function joined(...)
  local all = {}
  for _, part in ipairs { ... } do
    for name, rule in pairs(part) do all[name] = rule end
  end
  return all
end

local specs = {
  HTTP = joined(common, asking), KEYWORD = joined(common, asking, keyword),
  HEARTBEAT = joined(common, {
    gracePeriod = { kind = "integer", min = 0, max = 86400 },
  }),
}

-- A PATCH may be of any kind, and spells one thing otherwise.
local patch = joined(specs.KEYWORD, specs.HEARTBEAT,
  { keywordCaseType = { kind = "integer", one_of = { 0, 1 } } })

local function check_contacts(context, list)
  for _, assigned in ipairs(list or {}) do
    lists.check(assigned, {
      alertContactId = { kind = "integer", required = true },
      threshold = { kind = "integer", required = true },
      recurrence = { kind = "integer", required = true },
    })
    if not contacts.find(context.world, assigned.alertContactId) then
      refuse.with(400, "bad_request", "Alert contact does not exist",
        json.list { "alert contact " .. assigned.alertContactId .. " does not exist" })
    end
  end
end

local function view(lab, monitor)
  local shown = { keywordValue = json.null, gracePeriod = json.null, tags = json.list {},
    port = json.null, lastIncidentId = json.null, apiKey = json.null, userId = 1,
    authType = "NONE", postValueData = json.null, responseTimeThreshold = 0 }
  for name, value in pairs(monitor.settings) do shown[name] = value end
  shown.friendlyName = lists.escaped(shown.friendlyName)
  shown.url = lists.escaped(shown.url)
  shown.assignedAlertContacts = json.list(shown.assignedAlertContacts or {})
  shown.tagNames, shown.maintenanceWindowsIds = nil, nil
  shown.id, shown.status = monitor.id, monitor.watch.paused and "PAUSED"
    or ({ new = "STARTED", up = "UP", down = "DOWN" })[monitor.watch.state]
  shown.currentStateDuration = (lab.now_ms() - monitor.watch.since_ms) // 1000
  shown.createDateTime = clock.text(monitor.made_ms // 1000)
  return shown
end

-- What the probe needs of the settings.
local function aim(lab, monitor)
  local settings, watch = monitor.settings, monitor.watch
  watch.monitor, watch.url, watch.every = monitor, settings.url, settings.interval
  watch.timeout, watch.keyword = settings.timeout, settings.keywordValue
  watch.method = settings.keywordValue and "GET" or settings.httpMethodType or "HEAD"
  watch.absent = settings.keywordType == "ALERT_EXISTS"
  watch.beats, watch.grace = settings.type == "HEARTBEAT", settings.gracePeriod
  probe.again(lab, watch)
end

local function beat_url(context)
  local host = context.request.headers and context.request.headers.host
  local base = host and "http://" .. host or "https://heartbeat.uptimerobot.com"
  return base .. "/heartbeat/m" .. random.hex(16)
end

local function create(context)
  local body, lab = context.body, context.lab
  local spec = specs[body.type]
  if not spec then
    refuse.with(400, "bad_request", "type", json.list { "type is not known" })
  end
  lists.check(body, spec)
  check_contacts(context, body.assignedAlertContacts)
  for _, other in pairs(context.world.monitors) do
    local same = other.settings.friendlyName == body.friendlyName
      and other.settings.url == body.url and other.settings.type == body.type
    if same and not other.gone_ms and body.type ~= "HEARTBEAT" then
      refuse.with(409, "conflict", "Monitor already exists")
    end
  end
  local monitor = lists.add(context, context.world.monitors,
    { settings = fields.taken(body, spec) })
  if body.type == "HEARTBEAT" then monitor.settings.url = beat_url(context) end
  monitor.watch = probe.watch(lab, {})
  aim(lab, monitor)
  return 201, view(lab, monitor)
end

local function change(context, id)
  local monitor, body = lists.find(context.world.monitors, id), context.body
  lists.check(body, patch, true)
  check_contacts(context, body.assignedAlertContacts)
  for name in pairs(patch) do
    if body[name] ~= nil then
      monitor.settings[name] = body[name] ~= json.null and body[name] or nil
    end
  end
  if monitor.settings.type == "HTTP" then monitor.settings.keywordValue = nil end
  aim(context.lab, monitor)
  context.changed = true
  return 200, view(context.lab, monitor)
end

local function pause(paused)
  return function(context, id)
    local monitor = lists.find(context.world.monitors, id)
    monitor.watch.paused, context.changed = paused, true
    return 201, view(context.lab, monitor)
  end
end

local function time_of(text, default)
  if not text then return default end
  local ms = moment(text)
  if not ms then
    refuse.with(400, "bad_request", "date", json.list { "from and to must be ISO 8601" })
  end
  return ms
end

local function uptime(context, id)
  local monitor, now = lists.find(context.world.monitors, id), context.lab.now_ms()
  local from = time_of(context.query.from, now - 86400000)
  local to = time_of(context.query.to, now)
  if to - from > 90 * 86400000 then
    refuse.with(400, "bad_request", "range", json.list { "the range is over 90 days" })
  end
  local percent, down, incidents = probe.uptime(context.lab, monitor.watch, from, to)
  return 200, { uptime = percent, total_downtime_seconds = down, mtbf = json.null,
    incident_count = incidents, from = clock.text(from // 1000),
    to = clock.text(to // 1000) }
end

function monitors.watches(lab)
  local list = {}
  for _, monitor in pairs(lab.world.monitors) do
    if not monitor.gone_ms then list[#list + 1] = monitor.watch end
  end
  return list
end

function monitors.tell(lab, watch)
  for _, assigned in ipairs(watch.monitor.settings.assignedAlertContacts or {}) do
    contacts.tell(lab, assigned.alertContactId, watch.monitor, watch)
  end
end

-- A ping of a heartbeat: its address is all that is needed.
function monitors.beat(lab, request)
  for _, monitor in pairs(lab.world.monitors) do
    local url = monitor.settings.url or ""
    if not monitor.gone_ms and url:sub(-#request.path) == request.path then
      probe.beat(lab, monitor.watch, function(watch) monitors.tell(lab, watch) end)
      return { status = 200, headers = {}, json = { msg = "OK" } }
    end
  end
  return { status = 404, headers = {}, json = { msg = "no such heartbeat" } }
end

monitors.routes = {
  { "GET", "/monitors", function(context)
    return lists.page(context, context.world.monitors, "/monitors",
      function(monitor) return view(context.lab, monitor) end)
  end },
  { "POST", "/monitors", create },
  { "GET", "/monitors/{id}", function(context, id)
    return 200, view(context.lab, lists.read(context.lab, context.world.monitors, id))
  end },
  { "PATCH", "/monitors/{id}", change },
  { "DELETE", "/monitors/{id}", function(context, id)
    return lists.remove(context, context.world.monitors, id)
  end },
  { "POST", "/monitors/{id}/pause", pause(true) },
  { "POST", "/monitors/{id}/start", pause(false) },
  { "GET", "/monitors/{id}/stats/uptime", uptime },
  { "GET", "/user/me", function(context)
    local number = #monitors.watches(context.lab)
    return 200, { email = "owner@lab.example", fullName = "Owner", smsCredits = 0,
      monitorsCount = number, monitorLimit = 50, activeSubscription = { plan = "Free" } }
  end },
}

return monitors
