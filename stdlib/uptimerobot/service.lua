-- SPDX-License-Identifier: MIT
--
-- What monitor.* and check.uptime ask of UptimeRobot.

local client = require "uptimerobot.client"
local json = require "json"
local monitors = require "uptimerobot.monitors"
local same = require "hetzner.same"

local service = {
  title = "UptimeRobot", http = monitors.http, heartbeat = monitors.heartbeat,
  uptime = monitors.uptime, contact = require "uptimerobot.contacts",
}

function service.forget()
  client.cached = {}
end

local function thing_of(page)
  local ids = {}
  for i, id in ipairs(page.monitorIds or {}) do ids[i] = math.tointeger(id) end
  return { id = page.id, name = client.plain(page.friendlyName), monitors = ids,
    homepage = client.plain(page.homepageLink),
    address = "https://stats.uptimerobot.com/" .. (page.urlKey or "") }
end

local function body_of(want)
  return { friendlyName = want.name, homepageLink = want.homepage,
    monitorIds = json.list(same.ids(want.monitors)) }
end

local pages = { path = "/psps" }
service.status_page = pages

function pages.list()
  local things = {}
  for i, page in ipairs(client.all "/psps") do things[i] = thing_of(page) end
  return things
end

function pages.create(want, what, own)
  local answer, was_there = client:create("/psps",
    { body = body_of(want), what = what, own = own })
  if was_there then return pages.update(answer.id, want, what) end
  return thing_of(answer)
end

function pages.update(id, want, what)
  return thing_of(client:patch("/psps/" .. id, body_of(want), what))
end

function pages.delete(id, what)
  client:delete("/psps/" .. id, what)
end

return service
