-- SPDX-License-Identifier: MIT
--
-- What was sampled of a server between the runs: each run reads the samples since the
-- newest that it has, and keeps them with their own times.
local attribute = require "attribute"
local clock = require "clock"
local fault = require "fault"
local metrics = require "hetzner.metrics"
local span = require "span"
local type = require "type"

local function limits(declared, where)
  local every = span.seconds(declared.every or "1h", where)
  local back = span.seconds(declared.back or "7d", where)
  if back > metrics.days * 86400 then
    fault(where .. ": back = \"" .. declared.back .. "\" is too far", {
      why = "Hetzner keeps " .. metrics.days .. " days", next = 'back = "30d"' })
  end
  if back // every > metrics.most then
    fault(("%s: %d samples are too many for one look"):format(where, back // every), {
      why = "Hetzner tells at most " .. metrics.most, next = "a longer `every`" })
  end
  return declared
end

-- The first moment that is not known yet.
local function from(want, last, now)
  local back = now - span.seconds(want.back)
  local newest = last.cpu and last.cpu[1].at
  return newest and math.max(newest + span.seconds(want.every), back) or back
end

return type {
  name = "check.metrics",
  doc = "How busy a server was between the runs: the CPU that Hetzner sampled since the"
    .. " last run, as measurements with their own times, in percent of all its cores."
    .. " For rules, whose windows then have no gaps.",
  on_host = true,
  is_check = true,
  attributes = {
    server = attribute.integer { required = true, doc = "its id at Hetzner: app.id" },
    every = attribute.string { default = "1h", doc = "how far apart the samples are" },
    back = attribute.string { default = "7d",
      doc = "how far the first look goes back, and one after a long pause" },
  },
  example = [[
check.metrics "app" { on = host, server = app.id }]],
  shorthand = function(declared, name)
    return limits(declared, "check.metrics " .. tostring(name))
  end,

  check = function(want, step)
    local now, measured = clock.now(), {}
    local since = from(want, step.last, now)
    if since > now then return { measured = measured, note = "nothing new yet" } end
    local samples = metrics.cpu(want.server, since, now, span.seconds(want.every))
    for index, sample in ipairs(samples) do
      measured[index] = { name = "cpu", value = sample.value, unit = "%", at = sample.at }
    end
    return { measured = measured,
      note = ("%d samples since %s"):format(#measured, clock.text(since)) }
  end,
}
