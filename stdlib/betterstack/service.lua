-- SPDX-License-Identifier: MIT
--
-- What monitor.* and check.uptime ask of Better Stack. Monitors have no contacts of their
-- own there: whoever is on call is told, and every outgoing webhook.

local client = require "betterstack.client"
local clock = require "clock"
local wait = require "wait"

local service = {
  title = "Better Stack", status_page = require "betterstack.pages",
}

function service.forget()
  client.cached = {}
end

local function monitor_of(data)
  local is = data.attributes
  return {
    id = data.id, name = is.pronounceable_name, url = is.url,
    every = is.check_frequency, timeout = is.request_timeout, paused = is.paused == true,
    keyword = is.monitor_type == "keyword" and is.required_keyword or "",
    status = is.status, other = is.monitor_type ~= "keyword"
      and is.monitor_type ~= "status" or nil,
  }
end

local function monitor_body(want, is_new)
  local has_keyword = want.keyword ~= ""
  local body = {
    pronounceable_name = want.name, url = want.url, paused = want.paused,
    monitor_type = has_keyword and "keyword" or "status",
    check_frequency = wait.seconds(want.every),
    request_timeout = wait.seconds(want.timeout),
  }
  if has_keyword or not is_new then body.required_keyword = want.keyword end
  return body
end

service.http = client.offer("/monitors", monitor_of, monitor_body)

local function beat_of(data)
  local is = data.attributes
  return { id = data.id, name = is.name, url = is.url, every = is.period,
    grace = is.grace, paused = is.paused == true, status = is.status }
end

service.heartbeat = client.offer("/heartbeats", beat_of, function(want)
  return { name = want.name, period = wait.seconds(want.every),
    grace = wait.seconds(want.grace), paused = want.paused }
end)

local function webhook_of(data)
  local is = data.attributes
  local hears = is.trigger_type == "incident_change" and is.on_incident_started
    and is.on_incident_resolved
  return { id = data.id, name = is.name, target = is.url, status = hears and "active"
    or "paused", via = is.trigger_type == "incident_change" and "webhook" or nil }
end

service.contact = client.offer("/outgoing-webhooks", webhook_of, function(want, is_new)
  return {
    name = want.name, url = want.target, on_incident_started = true,
    on_incident_resolved = true, trigger_type = is_new and "incident_change" or nil,
  }
end)

-- Percent of the last days, today included.
function service.uptime(id, days)
  local from = clock.text(clock.now() - days * 86400):sub(1, 10)
  local answer = client:get(("/monitors/%s/sla"):format(id), { { "from", from } },
    "reading the uptime of monitor " .. id)
  return answer.data.attributes.availability
end

return service
