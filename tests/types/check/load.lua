-- SPDX-License-Identifier: MIT
-- What is read of ab's words, what is compared with the time before, and when.
local function output(figures)
  local told = { "Complete requests:      " .. (figures.complete or 100),
    "Failed requests:        " .. (figures.failed or 0),
    figures.reset and ("   (Connect: 0, Receive: %d, Length: 0, Exceptions: %d)"):format(
      figures.reset, figures.reset) or "Total transferred:      0 bytes",
    figures.refused and "Non-2xx responses:      " .. figures.refused or "Total: 1 bytes",
    "Requests per second:    919.02 [#/sec] (mean)",
    "  50%      3", "  95%     13", "Percentage served,Time in ms", "0,1.106",
    "50," .. (figures.p50 or 3.356), "95," .. (figures.p95 or 13.014),
    "99," .. (figures.p99 or 28.283), "100,28.283" }
  return table.concat(told, "\n") .. "\n"
end

local now = 1790000000

local function rows(age, ...)
  local before, at = {}, now - age
  for index, name in ipairs { "p50_ms", "p95_ms", "p99_ms", "rate", "errors", "requests",
    "concurrency" } do
    before[name] = { { value = select(index, ...), unit = "ms", at = at } }
  end
  return before
end

local function try(want, result, last)
  local fakes = require "tests.types.harness.host_fakes"
  local asked = {}
  local world = { settings = { project_id = "p", ssh = {}, endpoints = {} },
    now = function() return now end,
    run = function(script)
      asked[#asked + 1] = script
      return { status = result.status or 0, errors = result.errors or "",
        output = result.output or output(result) }
    end }
  fakes.install(world)
  local kind = fakes.type "check.load"
  want.url = want.url or "http://app:8080"
  local wanted = require("tests.types.harness.host_wanted").declare(kind, want, "x")
  local session = { run = function(_, script) return world.run(script) end }
  local ok, answer = pcall(kind.check, wanted, { address = "app:check.load/x",
    session = session, last = last or {} })
  return ok and answer or tostring(answer), asked
end

local function value(answer, name)
  for _, row in ipairs(answer.measured) do
    if row.name == name then return row.value end
  end
  return nil
end

local function warned(answer) return table.concat(answer.warnings, "; ") end

return {
  { what = "figures are kept with parts of a millisecond", run = function()
    local answer, asked = try({}, {})
    assert(value(answer, "p50_ms") == 3.356 and value(answer, "p99_ms") == 28.283)
    assert(value(answer, "rate") == 919.02 and value(answer, "errors") == 0)
    assert(value(answer, "requests") == 100 and #answer.warnings == 0)
    assert(asked[1]:find("-n 100 -c 10 -e \"$table\" http://app:8080/ ", 1, true),
      asked[1])
  end },
  { what = "slower than the time before is told with both figures", run = function()
    local answer = try({ every = "0s" }, { p50 = 30, p95 = 40 },
      rows(60, 20, 25, 28, 900, 0, 100, 10))
    assert(warned(answer) == "p95 is 40 ms, 60 % slower than 25 ms the time before",
      warned(answer))
    answer = try({ every = "0s", slower = "70%" }, { p50 = 30, p95 = 40 },
      rows(60, 20, 25, 28, 900, 0, 100, 10))
    assert(#answer.warnings == 0)
  end },
  { what = "a few milliseconds are chance, and another load does not compare",
    run = function()
    local answer = try({ every = "0s" }, { p50 = 5, p95 = 7, p99 = 8 },
      rows(60, 1, 2.5, 3.5, 900, 0, 100, 10))
    assert(#answer.warnings == 0, warned(answer))
    answer = try({}, { p95 = 400 }, rows(60, 2, 3, 4, 900, 0, 200, 10))
    assert(value(answer, "p95_ms") == 400 and #answer.warnings == 0, warned(answer))
  end },
  { what = "within its time it is not repeated, and says so", run = function()
    local last = rows(3 * 86400, 30, 40, 50, 900, 2, 100, 10)
    local answer, asked = try({}, {}, last)
    assert(#asked == 0 and not answer.measured)
    assert(answer.note == "measured 2026-09-18T14:13:20Z, again from"
      .. " 2026-09-25T14:13:20Z on", answer.note)
    assert(warned(answer) == "2 of 100 requests failed", warned(answer))
    for name, row in pairs(rows(9 * 86400, 20, 25, 28, 900, 0, 100, 10)) do
      last[name][2] = row[1]
    end
    answer = try({}, {}, last)
    assert(warned(answer):find("p95 is 40 ms, 60 %% slower than 25 ms"), warned(answer))
    answer, asked = try({}, {}, rows(8 * 86400, 30, 40, 50, 900, 2, 100, 10))
    assert(#asked == 1 and answer.measured)
  end },
  { what = "errors are a warning, nothing but errors is a failure", run = function()
    assert(warned(try({}, { failed = 1, refused = 2 })) == "3 of 100 requests failed")
    assert(warned(try({}, { failed = 50, reset = 25 })) == "25 of 100 requests failed")
    local why = try({}, { failed = 200, reset = 100 })
    assert(why:find("every request failed: 100 answers were errors"), why)
    why = try({}, { refused = 100 })
    assert(why:find("every request failed: 100 answers were errors"), why)
  end },
  { what = "what cannot be measured says why", run = function()
    assert(try({}, { status = 127 }):find "ab is not installed on the host")
    assert(try({}, { status = 124 }):find "it took longer than 5m")
    local refused = { status = 111, errors = "apr_socket_recv: Connection refused\n" }
    assert(try({}, refused):find "Connection refused")
    assert(try({}, { output = "something else" }):find "could not be measured")
    local told, why = pcall(try, { slower = "much" }, {})
    assert(not told and tostring(why):find "much is no limit")
  end },
}
