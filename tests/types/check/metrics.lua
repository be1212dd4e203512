-- SPDX-License-Identifier: MIT
-- What Hetzner sampled of a server, read since the newest sample that is known.
local HOUR <const> = 3600

local function time(unix) return os.date("!%Y-%m-%dT%H:%M:%SZ", unix) end

-- A server of that type; answers its id.
local function server(w, kind)
  local reply = w:call("POST", "/servers", { name = "app", server_type = kind,
    image = "debian-12", location = "nbg1" })
  assert(reply.status == 201, "the server was refused")
  w.sleep(60)
  return reply.json.server.id
end

local function busy(w, cpu, since)
  local reply = w:call("POST", "/_lab/load", { server = "app", cpu = cpu,
    since = time(since) })
  assert(reply.status == 200, "the load was refused")
end

local function look(w, want, last)
  local kind = require "check.metrics"
  return kind.check(w:check(kind, want, "app"), { address = "check.metrics/app",
    last = last or {} })
end

local function known(at) return { cpu = { { value = 1, unit = "%", at = at } } } end

return {
  { what = "seven days, by the hour, in percent of all cores", run = function(w, steps)
    local id = server(w, "cx23")
    busy(w, 50, w.time - 30 * 86400)
    busy(w, 170, w.time - 10 * HOUR - 60)
    local answer = look(w, { server = id })
    local rows = answer.measured
    steps.same("samples", 169, #rows)
    steps.same("the first", { "cpu", 25, "%", math.floor(w.time) - 7 * 86400 },
      { rows[1].name, rows[1].value, rows[1].unit, math.tointeger(rows[1].at) })
    steps.same("before it was busy", 25, rows[158].value)
    steps.same("when it was", 85, rows[159].value)
    steps.same("apart", HOUR, rows[2].at - rows[1].at)
    assert(answer.note:find "^169 samples since 20", answer.note)
  end },
  { what = "four cores are four", run = function(w, steps)
    local id = server(w, "cx33")
    busy(w, 170, w.time - 86400)
    steps.same("of them", 42.5, look(w, { server = id, back = "2h" }).measured[1].value)
  end },
  { what = "there is nothing from before it was made", run = function(w, steps)
    local id = server(w, "cx23")
    w.sleep(3 * HOUR)
    local rows = look(w, { server = id }).measured
    steps.same("since then", 4, #rows)
    steps.same("idle", 1, rows[1].value)
  end },
  { what = "since the newest that is known, and no request while there is none",
    run = function(w, steps)
      local id = server(w, "cx23")
      busy(w, 50, w.time - 20 * 86400)
      local now = math.floor(w.time)
      steps.same("two hours", { now - HOUR, now }, (function()
        local rows = look(w, { server = id }, known(now - 2 * HOUR)).measured
        return { math.tointeger(rows[1].at), math.tointeger(rows[2].at), rows[3] }
      end)())
      steps.same("after a long pause", 169,
        #look(w, { server = id }, known(now - 15 * 86400)).measured)
      local calls = #w.calls
      local answer = look(w, { server = id }, known(now - HOUR + 1))
      steps.same("none", { 0, "nothing new yet", calls },
        { #answer.measured, answer.note, #w.calls })
    end },
  { what = "what Hetzner does not know is a failure in words", run = function(w, steps)
    local ok, problem = pcall(look, w, { server = 4711 })
    steps.same("failed", { false, "not_found" }, { ok, problem.code })
    assert(problem.what:find "reading the metrics of server 4711 failed", problem.what)
  end },
  { what = "spans that Hetzner cannot tell are refused", run = function(w)
    for want, pattern in pairs {
      [{ back = "31d" }] = "back = \"31d\" is too far",
      [{ every = "5m" }] = "2016 samples are too many",
      [{ every = "often" }] = "\"often\" is no span of time",
    } do
      want.server = 1
      local ok, problem = pcall(look, w, want)
      assert(not ok and problem.what:find(pattern, 1, true), tostring(problem))
    end
  end },
}
