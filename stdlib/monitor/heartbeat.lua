-- SPDX-License-Identifier: MIT
--
-- A ping that must come in time: from a backup, from a timer.
local attribute = require "attribute"
local kind = require "monitor.kind"
local services = require "monitor.services"
local type = require "type"

local functions = kind.functions {
  type = "monitor.heartbeat", key = "heartbeat", what = "heartbeat",

  is = function(thing, want) return thing.name == want.name end,

  found = function(thing, want)
    return {
      ping = thing.url, every = kind.duration(want.every, thing.every),
      grace = kind.duration(want.grace, thing.grace or 0),
      notify = kind.ids(want.notify, thing.notify), paused = thing.paused,
      status = thing.status,
    }
  end,
}

return type {
  name = "monitor.heartbeat",
  doc = "Something that must happen in time, such as a backup, asks for `ping`; when it"
    .. " does not, contacts are told. One of the same name that is there already is taken"
    .. " over.",
  link = "https://betterstack.com/docs/uptime/api/heartbeats/",
  attributes = {
    service = attribute.string { required = true, fixed = true,
      doc = "uptimerobot (UPTIMEROBOT_API_KEY, a paid plan) or betterstack"
        .. " (BETTERSTACK_API_TOKEN)",
      one_of = services.names },
    name = attribute.string { doc = "how it is called there; default: the name here" },
    every = attribute.any { required = true, doc = "how often it must be pinged" },
    grace = attribute.any { default = "5m", doc = "how late a ping may be" },
    notify = attribute.list { default = {}, doc = "monitor.contact that are told" },
    paused = attribute.bool { default = false, doc = "not waited for at the moment" },
    ping = attribute.string { computed = true, doc = "the address to ask for" },
    id = attribute.any { computed = true, doc = "the id at the service" },
    status = attribute.string { computed = true, doc = "up, down, … when it was read" },
  },
  example = [[
local monitor = require "monitor"
local nightly = monitor.heartbeat "nightly" { service = "betterstack", every = "24h" }
output { ping = nightly.ping }
]],
  shorthand = kind.named,
  observe = functions.observe, create = functions.create, update = functions.update,
  delete = functions.delete, preview = functions.preview,
}
