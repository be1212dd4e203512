-- SPDX-License-Identifier: MIT
--
-- What was sampled of a server. How busy it was is said by POST /_lab/load; until then
-- it idles. Nothing is known from before it was made, unless that says so, nor of more
-- than 30 days ago.

local json = require "json"
local moment = require "lab.moment"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"

local metrics = {}

local IDLE <const> = 2 -- percent of one core
local KEPT_MS <const> = 30 * 86400 * 1000
local USUAL <const>, MOST <const> = 200, 500 -- samples

local series = {
  cpu = { "cpu" },
  disk = { "disk.0.iops.read", "disk.0.iops.write", "disk.0.bandwidth.read",
    "disk.0.bandwidth.write" },
  network = { "network.0.pps.in", "network.0.pps.out", "network.0.bandwidth.in",
    "network.0.bandwidth.out" },
}

local function types_of(query, problems)
  local types = {}
  for _, text in ipairs(query.type or {}) do
    for name in (text .. ","):gmatch("([^,]*),") do types[#types + 1] = name end
  end
  problems:check(#types > 0, "type", "is required")
  for _, name in ipairs(types) do
    problems:check(series[name], "type", "must be one of cpu, disk, network")
  end
  return types
end

local function time_of(query, name, problems)
  local at = query[name] and moment(query[name][1])
  problems:check(at, name, query[name] and "must be a time like 2026-11-21T00:00:00Z"
    or "is required")
  return at or 0
end

local function step_of(query, length_ms, problems)
  local text = query.step and query.step[1]
  local step = text and math.tointeger(tonumber(text))
  problems:check(not text or step and step > 0, "step", "must be a number of seconds")
  local seconds = length_ms // 1000
  if not step or step <= 0 then return math.max(1, seconds // USUAL) end
  return math.max(step, (seconds + MOST - 1) // MOST)
end

local function asked(context)
  local query, problems = context.query, refuse.problems()
  local types = types_of(query, problems)
  local from, to = time_of(query, "start", problems), time_of(query, "end", problems)
  problems:check(from < to, "end", "must be after start")
  local step = step_of(query, to - from, problems)
  problems:finish()
  return types, from, to, step
end

-- Percent of one core at that moment; nil: it was not there.
local function load_at(server, at)
  local found = at >= moment(server.created) and IDLE or nil
  for _, load in ipairs(server.loads or {}) do
    if load.since <= at then found = load.cpu end
  end
  return found
end

local function values(context, server, name, from, to, step)
  local now, list = context.lab.now_ms(), {}
  for at = from, math.min(to, now), step * 1000 do
    local load = at >= now - KEPT_MS and load_at(server, at)
    if load then
      list[#list + 1] = json.list { at / 1000, name == "cpu" and tostring(load) or "0" }
    end
  end
  return json.list(list)
end

local function answer(context, id)
  local server = objects.find(context, "server", id)
  local types, from, to, step = asked(context)
  local found = {}
  for _, kind in ipairs(types) do
    for _, name in ipairs(series[kind]) do
      found[name] = { values = values(context, server, name, from, to, step) }
    end
  end
  return 200, { metrics = { step = step, start = context.query.start[1],
    ["end"] = context.query["end"][1], time_series = found } }
end

metrics.routes = { { "GET", "/servers/{id}/metrics", answer } }

-- { server = name, cpu = percent of one core, since = time }: that busy from then on.
function metrics.load(lab, body)
  local problems = refuse.problems()
  local cpu, since = tonumber(body.cpu), moment(body.since or "")
  problems:check(cpu and cpu >= 0, "cpu", "must be a number from 0: a core is 100")
  problems:check(since, "since", "must be a time like 2026-11-21T00:00:00Z")
  problems:finish()
  for _, world in pairs(lab.worlds) do
    for _, server in pairs(world.servers) do
      if server.name == body.server then
        server.loads = server.loads or {}
        table.insert(server.loads, { since = since, cpu = cpu })
        return { id = server.id, loads = #server.loads }
      end
    end
  end
  return refuse.not_found "server"
end

return metrics
