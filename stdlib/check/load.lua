-- SPDX-License-Identifier: MIT
--
-- How a service bears load: many requests from a host by ab, as percentiles that are kept
-- and compared with the time before. Not in every run: what was measured holds a while.
local ab = require "ab"
local attribute = require "attribute"
local clock = require "clock"
local fault = require "fault"
local limit = require "limit"
local settings = require "settings"
local kind_of, type = type, require "type"
local wait = require "wait"

local names = { "p50_ms", "p95_ms", "p99_ms" }

local function refuse(want, step, result)
  local missing = result.status == 127
  fault(step.address .. ": the load could not be measured", {
    why = missing and "ab is not installed on the host"
      or result.status == 124 and "it took longer than " .. want.within
      or result.errors:match("[^\n]+") or "ab ended with " .. result.status,
    next = missing and 'declare it before: host:package "apache2-utils" { }'
      or "try it there: ab -n 1 -c 1 " .. want.url,
  })
end

local function measure(want, step)
  local seconds = math.ceil(wait.seconds(want.within))
  local result = step.session:run(ab.command { url = want.url, seconds = seconds,
    requests = want.requests, concurrency = want.concurrency }, {
    timeout = seconds + 30 })
  local found = result.status == 0 and ab.read(result.output)
  if not found then return refuse(want, step, result) end
  -- ab may count a connection that it gave up along with those that it was asked for.
  found.failed = math.min(found.failed, want.requests)
  if found.failed >= found.complete then
    fault(step.address .. ": every request failed", {
      why = found.failed .. " answers were errors, or none came",
      next = "look at it: curl -v " .. want.url,
    })
  end
  return found
end

-- One row each; how much was asked for goes along, since only the same compares.
local function rows_of(found, want)
  return {
    { name = "p50_ms", value = found.p50, unit = "ms" },
    { name = "p95_ms", value = found.p95, unit = "ms" },
    { name = "p99_ms", value = found.p99, unit = "ms" },
    { name = "rate", value = found.rate, unit = "requests/s" },
    { name = "errors", value = found.failed },
    { name = "requests", value = want.requests },
    { name = "concurrency", value = want.concurrency },
  }
end

-- The figures of a time before, 1 the last; nil where there is none with as much load.
local function earlier(last, place, want)
  local figures = {}
  for name, rows in pairs(last) do figures[name] = rows[place] and rows[place].value end
  if figures.requests ~= want.requests or figures.concurrency ~= want.concurrency then
    return nil
  end
  return figures
end

local function warnings_of(now, before, want, step)
  local warnings, percent = {}, limit.percent(want.slower, step.address)
  if now.errors > 0 then
    warnings[1] = ("%d of %d requests failed"):format(now.errors, want.requests)
  end
  for _, name in ipairs(before and names or {}) do
    warnings[#warnings + 1] = limit.slower(name:sub(1, 3), now[name], before[name],
      percent)
  end
  return warnings
end

-- What was measured within `every`, judged once more.
local function standing(want, step)
  local now = earlier(step.last, 1, want)
  local at = now and step.last.p95_ms[1].at
  local due = at and at + wait.seconds(want.every)
  if not due or clock.now() >= due then return nil end
  return { warnings = warnings_of(now, earlier(step.last, 2, want), want, step),
    note = ("measured %s, again from %s on"):format(clock.text(at), clock.text(due)) }
end

return type {
  name = "check.load",
  doc = "So many requests, so many at once, by ab on a host (package apache2-utils): the"
    .. " 50th, 95th and 99th percentile, requests a second and errors are kept. What is"
    .. " slower than the time before is a warning, and so are requests that failed."
    .. " Repeated when `every` is over, not in every run.",
  on_host = true,
  is_check = true,
  attributes = {
    url = attribute.string { required = true, doc = "https://… or http://…" },
    requests = attribute.integer { default = 100, doc = "how many" },
    concurrency = attribute.integer { default = 10, doc = "how many at once" },
    every = attribute.any { default = "7d", doc = "how long a measurement holds; \"0s\":"
      .. " measured in every run" },
    slower = attribute.string { default = "50%", doc = "by how much it may be slower than"
      .. " the time before; 5 ms are always allowed" },
    within = attribute.any { default = "5m", doc = "how long it may take" },
  },
  example = [[
check.load "baseline" { on = host, url = "https://identity.pipster.app/health" }]],
  shorthand = function(declared, name)
    if kind_of(declared.slower) == "string" then
      limit.percent(declared.slower, "check.load " .. tostring(name))
    end
    return declared
  end,

  check = function(want, step)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    if not step.session then
      fault(step.address .. " is on no host", { next = "say where ab runs: on = host" })
    end
    local before = standing(want, step)
    if before then return before end
    local rows, now = rows_of(measure(want, step), want), {}
    for _, row in ipairs(rows) do now[row.name] = row.value end
    return { measured = rows,
      warnings = warnings_of(now, earlier(step.last, 1, want), want, step) }
  end,
}
