-- SPDX-License-Identifier: MIT
-- What a watch judges, by the script that hosts get, with time that is turned back.
local function load(name)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type(name), fakes, require "tests.types.harness.host_wanted"
end

local function put(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function sh(text)
  local path = os.tmpname()
  put(path, text)
  local pipe = io.popen("LC_ALL=C sh " .. path .. " 2>&1")
  local output = pipe:read "a"
  pipe:close()
  os.remove(path)
  return output
end

-- A folder with the script, a sender that notes what it is asked, and the watch's file.
local function world(name, declared)
  local kind, fakes, wanted = load("alert." .. name)
  local want = wanted.declare(kind, declared, "it")
  local files = require "alert_watch_file"
  local described = { name = name, above = kind.attributes.above and "80%",
    windowed = name == "cpu" or name == "memory" or name == "errors" }
  local folder = sh("mktemp -d"):gsub("\n", "")
  put(folder .. "/watch", require("alert_watch_script").text)
  put(folder .. "/alert", "#!/bin/sh\n[ ! -e " .. folder .. "/deaf ] || exit 1\n"
    .. "echo \"$1: $2\" >> " .. folder .. "/told; cat >> " .. folder .. "/told\n")
  for _, command in ipairs(kind.commands(nil, want, { name = "it" })) do
    if command[1]:find("measure once", 1, true) then
      local encoded = fakes.plain(command[2]):match("printf %%s '([%w+/=]+)'")
      put(folder .. "/it", require("encode").base64_decode(encoded))
    end
  end
  sh("chmod +x " .. folder .. "/alert; : > " .. folder .. "/told")
  return { folder = folder, kind = kind, want = want, files = files.of(described, "it") }
end

local function look(made, before)
  return sh("cd " .. made.folder .. "\n" .. (before or "") .. "\nWATCH_STATE="
    .. made.folder .. "/state WATCH_ALERT=" .. made.folder .. "/alert sh watch ./it")
end

-- The subjects of what was sent since the last call.
local function told(made)
  return sh("cd " .. made.folder .. "; grep -o '^[a-z]*: [A-Z]* ' told | sed 's/ $//'"
    .. " | sort | xargs | sed 's/ \\([a-z]*:\\)/, \\1/g'; : > told"):gsub("\n", "") .. ""
end

local function expect(made, wanted, when)
  local found = told(made)
  assert(found == wanted, when .. ": told '" .. found .. "', not '" .. wanted .. "'")
end

-- Everything that is noted of time is so many seconds longer ago.
local function pass(made, seconds)
  sh("cd " .. made.folder .. "/state/it && for f in phase told.*; do [ ! -e $f ] || {"
    .. " awk -v by=" .. seconds .. " 'NR == 1 { for (i = 2; i <= NF; i++)"
    .. " if ($i > 1000000) $i -= by; $0 = sprintf(\"%-60s\", $0) } { print }' $f > new &&"
    .. " mv new $f; }; done")
end

local function figure(made, value)
  sh("cd " .. made.folder .. "; sed -i 's/^measure() {/measure() { figure=" .. value
    .. " says=\"it is " .. value .. "\"; return\\n/' it")
end

local all = {}

all[1] = { what = "told when it lasted, reminded, told when it was over for as long",
  run = function()
    local made = world("disk", { notify = { "ops", "oncall" }, over = "5m",
      again = "1h" })
    local steps = {
      { 79, 0, "" }, { 81, 0, "" }, { 79, 200, "" }, { 81, 200, "" }, { 81, 200, "" },
      { 81, 200, "oncall: ALERT, ops: ALERT" }, { 90, 200, "" }, { 90, 3500, "oncall:"
        .. " STILL, ops: STILL" },
      { 78, 400, "" }, { 70, 200, "" }, { 78, 200, "" }, { 70, 200, "" }, { 70, 400,
        "oncall: RESOLVED, ops: RESOLVED" }, { 70, 9000, "" },
    }
    for index, step in ipairs(steps) do
      pass(made, step[2])
      figure(made, step[1])
      local said = look(made)
      assert(said == "", said)
      expect(made, step[3], "step " .. index)
    end
    sh("rm -rf " .. made.folder)
  end }

all[2] = { what = "a contact that does not take it is told later, and only once",
  run = function()
    local made = world("disk", { notify = { "ops" }, over = "0s" })
    figure(made, 99)
    look(made, "touch deaf")
    expect(made, "", "deaf")
    look(made, "rm deaf")
    expect(made, "ops: ALERT", "not deaf any more")
    look(made)
    expect(made, "", "told already")
    look(made, "rm state/it/told.ops")
    assert(sh("stat -c %s " .. made.folder .. "/state/it/[pt]* | xargs") == "462 61\n")
    local text = sh("cat " .. made.folder .. "/told")
    for _, pattern in ipairs { "it is 99 %(limit 80%%%)", "\nhost: ",
      "\nsince: 20%d%d%-", "watched by: alert.disk/it" } do
      assert(text:find(pattern), text)
    end
    sh("rm -rf " .. made.folder)
  end }

local line = "{\"level\":\"info\",\"ts\":%d.%d,\"request\":{\"uri\":"
  .. "\"/\\\"status\\\":500\",\"headers\":{\"Status\":[\"500\"]}},\"status\":%d,"
  .. "\"size\":0}\n"

all[3] = { what = "the share of 5xx counts the window alone", run = function()
  local path = os.tmpname()
  local made = world("errors", { notify = { "ops" }, log = path, requests = 10 })
  local function log(ages)
    local lines = {}
    for _, part in ipairs(ages) do
      for index = 1, part[2] do
        lines[#lines + 1] = line:format(os.time() - part[1], index, part[3])
      end
    end
    put(path, table.concat(lines))
  end
  log { { 400, 50, 500 }, { 100, 19, 200 }, { 50, 1, 502 } }
  look(made)
  expect(made, "", "5 % are not more than 5 %")
  log { { 400, 50, 200 }, { 100, 18, 404 }, { 50, 2, 502 } }
  look(made)
  expect(made, "ops: ALERT", "2 of 20")
  log { { 100, 5, 200 } }
  look(made)
  expect(made, "", "too few say nothing")
  log { { 100, 30, 200 } }
  look(made)
  expect(made, "ops: RESOLVED", "none of 30")
  os.remove(path)
  look(made)
  expect(made, "", "no log")
  log { { 400, 5, 200 }, { 250, 30, 500 } }
  sh("mv " .. path .. " " .. path .. "-2026-01-01.log; gzip " .. path
    .. "-2026-01-01.log; cd " .. made.folder .. "; sed -i 's|^  log=.* f|  log=" .. path
    .. ".log f|' it")
  path = path .. ".log"
  log { { 100, 30, 200 } }
  look(made)
  expect(made, "ops: ALERT", "what was rolled away within the window counts")
  log { { 400, 1, 200 }, { 100, 30, 200 } }
  look(made)
  expect(made, "ops: RESOLVED", "what was rolled away before does not")
  os.remove(path)
  os.remove((path:gsub("%.log$", "-2026-01-01.log.gz")))
  sh("rm -rf " .. made.folder)
end }

all[4] = { what = "a database's URL goes to psql by its environment", run = function()
  local _, fakes = load "alert.database"
  local made = world("database", { notify = { "ops" }, url = fakes.box("secret",
    "postgresql://me%40x:a%2Fb%25c@db.pipster.app:6543/sh%20op?a=b&sslmode=require") })
  put(made.folder .. "/psql", "#!/bin/sh\necho \"$PGHOST $PGPORT $PGUSER $PGPASSWORD"
    .. " $PGDATABASE $PGSSLMODE $*\" >&2\n")
  local said = sh("cd " .. made.folder .. "; chmod +x psql; PATH=$PWD:$PATH; now=1"
    .. " title=alert.database/it; . ./it; measure; echo \"$figure $says\"")
  assert(said == "1 the database of alert.database/it cannot be asked: db.pipster.app"
    .. " 6543 me@x a/b%c sh op require -XtAc select 1\n", said)
  local text = sh("cat " .. made.folder .. "/it")
  assert(not text:find("a%2Fb", 1, true), "the secret stands in the file in clear")
  sh("rm -rf " .. made.folder)
end }

local means = {}
function means.run()
  local made = world("disk", { notify = { "ops" } })
  local state = made.folder .. "/state/it/"
  local function kept(file)
    local text = sh("cat " .. state .. file):gsub(" *\n", "\n")
    return text
  end
  for _, value in ipairs { 40, 50 } do
    figure(made, value)
    assert(look(made) == "")
  end
  local hour, count, sum = kept("hour"):match "^(%d+) (%d+) ([%d.]+)\n$"
  -- An hour may end between two looks.
  if count == "2" then assert(tonumber(sum) == 90 and kept "hours" == "", sum) end
  put(state .. "hours", "")
  put(state .. "hour", ("%d 4 250.000\n"):format(hour - 7200))
  look(made)
  assert(kept "hours" == ("%d 62.5\n"):format(hour - 3600), kept "hours")
  assert(kept("hour"):find " 1 50.000\n$", kept "hour")
  put(state .. "hour", "garbage\n")
  assert(look(made) == "" and kept("hour"):find " 1 50.000\n$", kept "hour")
  put(state .. "hours", ("1 2.0\n"):rep(1399) .. "3 4.0\n")
  look(made)
  local _, lines = kept("hours"):gsub("\n", "")
  assert(lines == 720 and kept("hours"):find("3 4.0\n", 1, true), "not cut down")
  sh("rm -rf " .. made.folder)
end
means.what = "the mean of each whole hour is kept, by when it was over"
all[5] = means

local refused = {
  { "disk", { above = "120%" }, "no share" }, { "disk", { above = "much" }, "no share" },
  { "disk", { above = 80, below = 90 }, "more than above" },
  { "disk", { every = "soon" }, "no duration" }, { "cpu", { over = "90s" }, "judged" },
  { "errors", {}, "names no log" }, { "downtime", {}, "one of url" },
  { "downtime", { url = "x", unit = "y" }, "one of url" },
  { "database", { url = "x", container = "y" }, "one of" },
  { "memory", {}, "name of a watch", "a b" },
}
for _, case in ipairs(refused) do
  all[#all + 1] = { what = case[1] .. " refuses: " .. case[3], run = function()
    local kind = load("alert." .. case[1])
    local declared = { notify = { "ops" } }
    for key, value in pairs(case[2]) do declared[key] = value end
    local ok, problem = pcall(kind.shorthand, declared, case[4] or "x")
    assert(not ok and tostring(problem):find(case[3], 1, true), tostring(problem))
  end }
end

all[#all + 1] = { what = "a contact may be a handle, and is known by its name",
  run = function()
    local kind, fakes, wanted = load "alert.disk"
    local reference = fakes.box "reference"
    local want = wanted.declare(kind, { above = 85,
      notify = { is_handle = true, contact = reference } }, "x")
    assert(want.notify[1] == reference and want.above == "85%")
  end }
return all
