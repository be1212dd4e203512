-- SPDX-License-Identifier: MIT
--
-- What was sampled of a server between the runs: each run reads the samples since the
-- newest that it has, and keeps them with their own times.
local attribute = require "attribute"
local clock = require "clock"
local fault = require "fault"
local inside = require "alert_hours"
local outside = require "hetzner.metrics"
local settings = require "settings"
local span = require "span"
local type = require "type"

local function limits(declared, where)
  local every = span.seconds(declared.every or "1h", where)
  local back = span.seconds(declared.back or "7d", where)
  if back > outside.days * 86400 then
    fault(where .. ": back = \"" .. declared.back .. "\" is too far", {
      why = "Hetzner keeps " .. outside.days .. " days", next = 'back = "30d"' })
  end
  if back // every > outside.most then
    fault(("%s: %d samples are too many for one look"):format(where, back // every), {
      why = "Hetzner tells at most " .. outside.most, next = "a longer `every`" })
  end
  return declared
end

-- The first moment that is not known yet of that figure.
local function from(want, last, name, now)
  local back = now - span.seconds(want.back)
  local newest = last[name] and last[name][1].at
  return newest and math.max(newest + 1, back) or back
end

local function add(measured, name, samples)
  for _, sample in ipairs(samples) do
    measured[#measured + 1] = { name = name, value = sample.value, unit = "%",
      at = sample.at }
  end
end

-- By the step that was there: a run within it asks for nothing.
local function add_outside(measured, want, last, now)
  local every = span.seconds(want.every)
  local since = from(want, last, "cpu", now)
  if last.cpu then since = math.max(since, last.cpu[1].at + every) end
  if since >= now then return end
  add(measured, "cpu", outside.cpu(want.server, since, now, every))
end

local function add_inside(measured, want, step, now)
  local found = inside.read(step, not want.server)
  for _, name in ipairs(inside.names) do
    local since = from(want, step.last, name, now)
    if found[name] and not (want.server and name == "cpu") then
      add(measured, name, inside.since(found[name], since, now))
    end
  end
  return inside.missing(found, want.server)
end

local function note_of(measured, missing)
  local words = { #measured == 0 and "nothing new yet" or #measured .. " samples" }
  for _, name in ipairs(missing) do
    words[#words + 1] = ("no alert.%s samples there"):format(name)
  end
  return table.concat(words, ", ")
end

return type {
  name = "check.metrics",
  doc = "How busy a server was between the runs: what was sampled since the last run, as"
    .. " measurements with their own times. The CPU from Hetzner, in percent of all its"
    .. " cores; memory and disk, and the CPU of other machines, from the alerts of the"
    .. " host. For rules, whose windows then have no gaps.",
  on_host = true,
  is_check = true,
  attributes = {
    server = attribute.integer { doc = "its id at Hetzner: app.id" },
    every = attribute.string { default = "1h",
      doc = "how far apart the samples of Hetzner are; those of a host are by the hour" },
    back = attribute.string { default = "7d",
      doc = "how far the first look goes back, and one after a long pause" },
  },
  example = [[
check.metrics "app" { on = host, server = app.id }]],
  shorthand = function(declared, name)
    return limits(declared, "check.metrics " .. tostring(name))
  end,

  check = function(want, step)
    local now, measured, missing = clock.now(), {}, {}
    local hostless = settings.host_driver == "none"
    if not want.server and hostless then return { skipped = "the lab has no hosts" } end
    if not want.server and not step.session then
      fault(step.address .. " is of no server", {
        next = "say which: server = app.id, on = host, or both" })
    end
    if want.server then add_outside(measured, want, step.last, now) end
    if step.session then missing = add_inside(measured, want, step, now) end
    return { measured = measured, note = note_of(measured, missing) }
  end,
}
