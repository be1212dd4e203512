-- SPDX-License-Identifier: MIT
-- The stand-in's samples of a server, and what it refuses.
local api = require "tests.types.harness.api"

local server = { "POST", "/servers", { name = "app", server_type = "cx23",
  image = "debian-12", location = "nbg1" } }
-- The world's time is 2026-09-21T14:13:20Z.
local window = "&start=2026-09-21T10:00:00Z&end=2026-09-21T12:00:00Z"

local function load_of(body) return { "POST", "/_lab/load", body } end
local busy = load_of { server = "app", cpu = 120, since = "2026-09-21T11:00:00Z" }

local function metrics(query)
  return { "GET", "/servers/$1/metrics?" .. query }
end

local function refused(what, query, field)
  return { what = what, before = { server }, call = metrics(query), status = 422,
    code = "invalid_input", field = field }
end

local function count(list)
  local number = 0
  for _ in pairs(list) do number = number + 1 end
  return number
end

return api.cases {
  refused("no type", window, "type"),
  refused("a type that is none", "type=memory" .. window, "type"),
  refused("no start", "type=cpu&end=2026-09-21T12:00:00Z", "start"),
  refused("an end that is no time", "type=cpu&start=2026-09-21T10:00:00Z&end=now", "end"),
  refused("an end before the start",
    "type=cpu&start=2026-09-21T12:00:00Z&end=2026-09-21T10:00:00Z", "end"),
  refused("no time at all",
    "type=cpu&start=2026-09-21T12:00:00Z&end=2026-09-21T12:00:00Z", "end"),
  refused("a step of none", "type=cpu&step=0" .. window, "step"),
  { what = "no such server", call = { "GET", "/servers/1/metrics?type=cpu" .. window },
    status = 404, code = "not_found" },
  { what = "the load of no server", status = 404, code = "not_found",
    call = load_of { server = "db", cpu = 1, since = "2026-09-21T11:00:00Z" } },
  { what = "a load that is none", before = { server }, status = 422, field = "cpu",
    code = "invalid_input",
    call = load_of { server = "app", cpu = -1, since = "2026-09-21T11:00:00Z" } },
  { what = "samples by their step, as text", before = { server, busy }, status = 200,
    call = metrics("type=cpu&step=1800" .. window), check = function(reply)
      local values = reply.json.metrics.time_series.cpu.values
      assert(#values == 3 and values[1][2] == "120", "not from when it was busy")
      assert(values[2][1] - values[1][1] == 1800 and reply.json.metrics.step == 1800)
    end },
  { what = "at most 500, and 200 where no step is asked for", before = { server,
    load_of { server = "app", cpu = 7, since = "2026-09-01T00:00:00Z" } },
    status = 200, call = metrics("type=cpu&step=1" .. window), check = function(reply, w,
      ids)
      assert(#reply.json.metrics.time_series.cpu.values == 481, "7200 s / 15 s, and one")
      reply = w:call("GET", "/servers/" .. ids[1] .. "/metrics?type=cpu" .. window)
      assert(#reply.json.metrics.time_series.cpu.values == 201)
    end },
  { what = "several types at once", before = { server }, status = 200,
    call = metrics("type=cpu,disk&type=network" .. window), check = function(reply)
      assert(count(reply.json.metrics.time_series) == 9)
    end },
}
