-- SPDX-License-Identifier: MIT
--
-- monitor.http and monitor.heartbeat at UptimeRobot: both are monitors there.

local client = require "uptimerobot.client"
local clock = require "clock"
local json = require "json"
local same = require "hetzner.same"
local wait = require "wait"

local monitors = {}

local HTTP, HEARTBEAT = { HTTP = true, KEYWORD = true }, { HEARTBEAT = true }

local function assigned(notify)
  local list = {}
  for i, id in ipairs(same.ids(notify)) do
    list[i] = { alertContactId = id, threshold = 0, recurrence = 0 }
  end
  return json.list(list)
end

local function contacts_of(object)
  local ids = {}
  for i, contact in ipairs(object.assignedAlertContacts or {}) do
    ids[i] = math.tointeger(tonumber(contact.alertContactId))
  end
  return ids
end

local function thing_of(object)
  return {
    id = object.id, name = client.plain(object.friendlyName),
    url = client.plain(object.url),
    every = object.interval, timeout = object.timeout, grace = object.gracePeriod,
    keyword = client.plain(object.keywordValue) or "",
    notify = contacts_of(object), paused = object.status == "PAUSED",
    status = (object.status or ""):lower(),
  }
end

local function list_of(kinds)
  return function()
    local things = {}
    for _, object in ipairs(client.all "/monitors") do
      if kinds[object.type] then things[#things + 1] = thing_of(object) end
    end
    return things
  end
end

local function body_of(want)
  return {
    friendlyName = want.name, interval = wait.seconds(want.every),
    assignedAlertContacts = assigned(want.notify),
  }
end

local function http_body(want, is_new)
  local body = body_of(want)
  local has_keyword = want.keyword ~= ""
  body.type, body.url = has_keyword and "KEYWORD" or "HTTP", want.url
  body.timeout, body.httpMethodType = wait.seconds(want.timeout), "GET"
  if has_keyword then
    body.keywordType, body.keywordValue = "ALERT_NOT_EXISTS", want.keyword
    body.keywordCaseType = is_new and "CaseSensitive" or 0
  end
  return body
end

local function beat_body(want, is_new)
  local body = body_of(want)
  body.type = is_new and "HEARTBEAT" or nil
  body.gracePeriod = wait.seconds(want.grace)
  return body
end

local function path_of(id) return ("/monitors/%d"):format(id) end

local function set_paused(thing, paused, what)
  if thing.paused == paused then return thing end
  local verb = paused and "/pause" or "/start"
  return thing_of(client:call("POST", path_of(thing.id) .. verb,
    { body = {}, what = what }))
end

local function offer(kinds, make_body)
  local offered = { list = list_of(kinds), path = "/monitors" }

  function offered.create(want, what, own)
    local answer, was_there = client:create("/monitors",
      { body = make_body(want, true), what = what, own = own })
    if was_there then return offered.update(answer.id, want, what) end
    return set_paused(thing_of(answer), want.paused, what)
  end

  function offered.update(id, want, what)
    local changed = client:patch(path_of(id), make_body(want, false), what)
    return set_paused(thing_of(changed), want.paused, what)
  end

  function offered.delete(id, what)
    client:delete(path_of(id), what)
  end

  return offered
end

monitors.http = offer(HTTP, http_body)
monitors.heartbeat = offer(HEARTBEAT, beat_body)

-- Percent of the last days; the most that the service tells at once is 90.
function monitors.uptime(id, days)
  local now = clock.now()
  return client:get(path_of(id) .. "/stats/uptime", {
    { "from", clock.text(now - days * 86400) }, { "to", clock.text(now) },
  }, "reading the uptime of monitor " .. id).uptime
end

return monitors
