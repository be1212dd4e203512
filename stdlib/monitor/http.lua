-- SPDX-License-Identifier: MIT
--
-- A web address that a service from outside asks for, again and again.
local attribute = require "attribute"
local kind = require "monitor.kind"
local services = require "monitor.services"
local type = require "type"

local functions = kind.functions {
  type = "monitor.http", key = "http", what = "monitor",

  is = function(thing, want)
    return not thing.other and thing.name == want.name and thing.url == want.url
  end,

  found = function(thing, want)
    return {
      url = thing.url, every = kind.duration(want.every, thing.every),
      timeout = kind.duration(want.timeout, thing.timeout), keyword = thing.keyword,
      notify = kind.ids(want.notify, thing.notify), paused = thing.paused,
      status = thing.status,
    }
  end,
}

return type {
  name = "monitor.http",
  doc = "A web address that UptimeRobot or Better Stack asks for from outside, and tells"
    .. " contacts when it is down and when it is back. One of the same name and address"
    .. " that is there already is taken over.",
  link = "https://uptimerobot.com/api/v3",
  attributes = {
    service = attribute.string { required = true, fixed = true,
      doc = "uptimerobot (UPTIMEROBOT_API_KEY) or betterstack (BETTERSTACK_API_TOKEN)",
      one_of = services.names },
    url = attribute.string { required = true, doc = "https://… or http://…" },
    name = attribute.string { doc = "how it is called there; default: the name here" },
    every = attribute.any { default = "5m", doc = "how often it is asked for" },
    timeout = attribute.any { default = "30s", doc = "how long an answer may take" },
    keyword = attribute.string { default = "",
      doc = "text that must be in the answer; none: any answer below 400 is good" },
    notify = attribute.list { default = {}, doc = "monitor.contact that are told" },
    paused = attribute.bool { default = false, doc = "not asked for at the moment" },
    id = attribute.any { computed = true, doc = "the id at the service" },
    status = attribute.string { computed = true, doc = "up, down, … when it was read" },
  },
  example = [[
local monitor = require "monitor"
local ops = monitor.contact "ops" { service = "uptimerobot", email = "ops@pipster.app" }
monitor.http "identity" {
  service = "uptimerobot", url = "https://identity.pipster.app/health", every = "5m",
  notify = { ops },
}
]],
  shorthand = kind.named,
  observe = functions.observe, create = functions.create, update = functions.update,
  delete = functions.delete, preview = functions.preview,
}
