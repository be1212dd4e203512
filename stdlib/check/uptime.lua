-- SPDX-License-Identifier: MIT
--
-- What share of the last days a monitor was up, as its service counted it.
local attribute = require "attribute"
local fault = require "fault"
local handle = require "handle"
local services = require "monitor.services"
local type = require "type"

-- The id of a thing says nothing of where it is.
local function shorthand(given, name)
  local watched = given.monitor
  if not handle.is(watched) then
    fault("check.uptime/" .. tostring(name) .. " wants a monitor.http", {
      next = 'monitor = monitor.http "…" { … }' })
  end
  given.service = given.service or watched.service
  return given
end

return type {
  name = "check.uptime",
  doc = "The uptime of 7, 30 and 90 days, as the service of a monitor counted it, is kept"
    .. " with the run; less than `at_least` is a warning. A monitor that is younger is"
    .. " counted from its first day.",
  is_check = true,
  attributes = {
    monitor = attribute.any { required = true, doc = "the monitor.http" },
    service = attribute.string { doc = "its service, which it tells by itself" },
    at_least = attribute.number { default = 99, doc = "percent" },
    days = attribute.list { default = { 7, 30, 90 }, doc = "how many days; 90 at most" },
  },
  example = [[
local monitor = require "monitor"
local identity = monitor.http "identity" {
  service = "uptimerobot", url = "https://identity.pipster.app/health",
}
check.uptime "identity" { monitor = identity, at_least = 99 }
]],

  shorthand = shorthand,

  check = function(want, step)
    local service = services.of(want.service)
    local measured, warnings = {}, {}
    for i, days in ipairs(want.days) do
      local percent = service.uptime(want.monitor, days)
      measured[i] = { name = ("uptime_%dd"):format(days), value = percent, unit = "%" }
      if percent < want.at_least then
        warnings[#warnings + 1] = ("%s was up %.3f %% of %d days, under %g %%")
          :format(step.name or "it", percent, days, want.at_least)
      end
    end
    return { measured = measured, warnings = warnings }
  end,
}
