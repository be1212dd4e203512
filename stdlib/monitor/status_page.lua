-- SPDX-License-Identifier: MIT
--
-- A page that tells everybody what is up.
local attribute = require "attribute"
local fault = require "fault"
local kind = require "monitor.kind"
local services = require "monitor.services"
local type = require "type"

local functions = kind.functions {
  type = "monitor.status_page", key = "status_page", what = "status page",

  is = function(thing, want)
    if want.subdomain then return thing.subdomain == want.subdomain end
    return thing.name == want.name
  end,

  found = function(thing, want)
    return {
      monitors = kind.ids(want.monitors, thing.monitors), homepage = thing.homepage,
      subdomain = thing.subdomain, address = thing.address,
    }
  end,
}

local function check(given, name)
  if given.service == "betterstack" and not given.subdomain then
    fault("monitor.status_page/" .. tostring(name) .. " wants a subdomain", {
      why = "Better Stack serves it at SUBDOMAIN.betteruptime.com",
      next = 'subdomain = "pipster"',
    })
  end
  return kind.named(given, name)
end

return type {
  name = "monitor.status_page",
  doc = "A public page of the service that shows the state of monitors.",
  link = "https://betterstack.com/docs/uptime/api/status-pages/",
  attributes = {
    service = attribute.string { required = true, fixed = true,
      doc = "uptimerobot (UPTIMEROBOT_API_KEY) or betterstack (BETTERSTACK_API_TOKEN)",
      one_of = services.names },
    name = attribute.string { doc = "its title; default: the name here" },
    monitors = attribute.list { required = true, doc = "monitor.http that it shows" },
    homepage = attribute.string { required = true, doc = "what its title leads to" },
    subdomain = attribute.string { fixed = true,
      doc = "of betteruptime.com: for betterstack" },
    address = attribute.string { computed = true, doc = "where it is" },
    id = attribute.any { computed = true, doc = "the id at the service" },
  },
  example = [[
local monitor = require "monitor"
local identity = monitor.http "identity" {
  service = "uptimerobot", url = "https://identity.pipster.app/health",
}
monitor.status_page "pipster" {
  service = "uptimerobot", monitors = { identity }, homepage = "https://pipster.app",
}
]],
  shorthand = check,
  observe = functions.observe, create = functions.create, update = functions.update,
  delete = functions.delete, preview = functions.preview,
}
