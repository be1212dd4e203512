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

local function look(w, want, last, session)
  local kind = require "check.metrics"
  return kind.check(w:check(kind, want, "app"), { address = "check.metrics/app",
    last = last or {}, session = session })
end

-- A host whose watches have the given files.
local function watched(files)
  return { run = function(_, script)
    local made = io.popen("mktemp -d"):read "l"
    for path, text in pairs(files) do
      os.execute("mkdir -p " .. made .. "/" .. path:match "^[^/]+")
      local file = assert(io.open(made .. "/" .. path, "wb"))
      file:write(text)
      file:close()
    end
    local path = made .. "/script"
    local file = assert(io.open(path, "wb"))
    file:write((script:gsub("/var/lib/pipster/watches", made)))
    file:close()
    local pipe = io.popen("sh " .. path .. " 2>&1; rm -r " .. made)
    local output = pipe:read "a"
    pipe:close()
    return { status = 0, output = output, errors = "" }
  end }
end

local function told(rows)
  local words = {}
  for i, row in ipairs(rows) do
    words[i] = ("%s %d %g%s"):format(row.name, row.at, row.value, row.unit)
  end
  return table.concat(words, ", ")
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
    steps.same("the note", "169 samples", answer.note)
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
      local answer = look(w, { server = id }, known(now - HOUR))
      steps.same("none", { 0, "nothing new yet", calls },
        { #answer.measured, answer.note, #w.calls })
    end },
  { what = "what Hetzner does not know is a failure in words", run = function(w, steps)
    local ok, problem = pcall(look, w, { server = 4711 })
    steps.same("failed", { false, "not_found" }, { ok, problem.code })
    assert(problem.what:find "reading the metrics of server 4711 failed", problem.what)
  end },
  { what = "by the host's own alerts, each figure since its newest", run = function(w,
    steps)
    w.settings.host_driver = "ssh"
    local now = math.floor(w.time)
    local function lines(...)
      local list = {}
      for i, row in ipairs { ... } do
        list[i] = ("%d %s\n"):format(now + row[1], row[2])
      end
      return table.concat(list)
    end
    local session = watched {
      ["cpu-busy/hours"] = lines({ -9 * 86400, "99" }, { -7200, "85.5" },
        { -10, "90.0" }),
      ["disk-root/hours"] = lines({ -10, "40.0" }), ["disk-data/hours"] =
        lines({ -10, "71.0" }), ["errors-api/hours"] = lines({ -10, "1.0" }),
    }
    local answer = look(w, {}, nil, session)
    steps.same("all of it", ("cpu %d 85.5%%, cpu %d 90%%, disk %d 71%%"):format(
      now - 7200, now - 10, now - 10), told(answer.measured))
    steps.same("the note", "3 samples, no alert.memory samples there", answer.note)
    answer = look(w, {}, known(now - 7200), session)
    steps.same("what is new", ("cpu %d 90%%, disk %d 71%%"):format(now - 10, now - 10),
      told(answer.measured))
  end },
  { what = "the CPU by Hetzner, the rest by the host", run = function(w, steps)
    w.settings.host_driver = "ssh"
    local id = server(w, "cx23")
    busy(w, 50, w.time - 86400)
    local now = math.floor(w.time)
    local session = watched { ["cpu-busy/hours"] = now - 10 .. " 99.0\n",
      ["memory-used/hours"] = now - 10 .. " 60.0\n" .. now .. " garbage\n",
      ["disk-root/phase"] = "calm" }
    local answer = look(w, { server = id, back = "1h" }, nil, session)
    steps.same("both", ("cpu %d 25%%, cpu %d 25%%, memory %d 60%%"):format(now - HOUR,
      now, now - 10), told(answer.measured))
    steps.same("the note", "3 samples", answer.note)
    answer = look(w, { server = id, back = "1h" }, nil, watched {})
    steps.same("without alerts", { 2, "2 samples, no alert.memory samples there,"
      .. " no alert.disk samples there" }, { #answer.measured, answer.note })
  end },
  { what = "a host that nothing samples is told what does", run = function(w)
    w.settings.host_driver = "ssh"
    local ok, problem = pcall(look, w, {}, nil, watched {})
    assert(not ok and problem.what:find "nothing samples the host", tostring(problem))
    ok, problem = pcall(look, w, {})
    assert(not ok and problem.what:find "is of no server", tostring(problem))
    w.settings.host_driver = "none"
    assert(look(w, {}).skipped)
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
