-- SPDX-License-Identifier: MIT
-- Docker's log settings: the file of others keeps all that is not ours, what is no JSON
-- is refused by its line, and a plan tells what is restarted and made anew.
local function load()
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type "docker.logging", require "host_json"
end

-- The text as awk leaves it, and how it ended.
local function edited(text, edits)
  local _, json = load()
  local program, input = os.tmpname(), os.tmpname()
  for path, content in pairs { [program] = json.program, [input] = text } do
    local file = assert(io.open(path, "wb"))
    file:write(content)
    file:close()
  end
  local pipe = io.popen("edits='" .. edits .. "' awk -f " .. program .. " < " .. input)
  local output = pipe:read("a")
  local _, _, status = pipe:close()
  os.remove(program)
  os.remove(input)
  return output, status or 0
end

local all = {}
local function add(what, run) all[#all + 1] = { what = what, run = run } end

local set = 'set log-driver "local"\nset log-opts/max-size "9m"'
local edits = {
  { "", set,
    '{\n  "log-driver": "local",\n  "log-opts": {\n    "max-size": "9m"\n  }\n}' },
  { '{"a": [1, {"log-driver": 2}], "b": {}}', 'set log-driver "local"',
    '{"a": [1, {"log-driver": 2}], "b": {},\n  "log-driver": "local"}' },
  { '{"log-opts": {"max-size": "1m","tag": "a\\"}"}, "log-driver":"x"}', set,
    '{"log-opts": {"max-size": "9m","tag": "a\\"}"}, "log-driver":"local"}' },
  { '{"log-opts": null}', 'set log-opts/x "1"', '{"log-opts": {\n    "x": "1"\n  }}' },
  { '{"a": 1, "b": 2,  "c": 3}', "drop a", '{"b": 2,  "c": 3}' },
  { '{"a": 1, "b": 2,  "c": 3}', "drop b\ndrop none", '{"a": 1, "c": 3}' },
  { '{"a": 1, "b": 2,  "c": 3}', "drop c", '{"a": 1, "b": 2}' },
  { '{"a": {"b": 1}, "c": 2}', "drop a/b\ntidy a\ntidy c", '{"c": 2}' },
  { '{\n "b": [[], {}],\n "a": -1.5e+3\n}', "set live-restore true",
    '{\n "b": [[], {}],\n "a": -1.5e+3,\n  "live-restore": true\n}' },
}
for index, case in ipairs(edits) do
  add("edit " .. index, function(_, steps)
    local text, status = edited(case[1], case[2])
    steps.same("status", 0, status)
    steps.same("text", case[3] .. "\n", text)
  end)
end

local refused = {
  { '{\n "a": 1\n "b": 2\n}', "line 3: a , or } is missing" },
  { '{\n "a": 1,\n}', 'line 3: a name in " is missing' },
  { '{"a":\n1', "line 3: a , or } is missing" }, { "[1]", "line 1: it is no object" },
  { '{"a":01}', "line 1: a value is missing" },
  { '{"a":}', "line 1: a value is missing" },
  { '{"a":1}\n\nx', "line 3: something behind its end" },
  { '{"a":"x\n"}', "line 1: a text that does not end" }, { '{"a" 1}', "line 1: a : is" },
  { '{"a":[1 2]}', "line 1: a , or ] is missing" },
}
for index, case in ipairs(refused) do
  add("no JSON " .. index, function(_, steps)
    local text, status = edited(case[1], set)
    steps.same("status", 3, status)
    assert(text:find(case[2], 1, true) == 1, text)
  end)
end

add("what is told is what is plain", function(_, steps)
  local text = edited('{"a": [1], "log-opts": {"max-size": "1m"}, "b": true}', "")
  steps.same("text", 'log-opts/max-size "1m"\nb true\n', text)
end)

local declared = {
  { { max_size = "10M" }, "no size of a log" }, { { max_size = "much" }, "no size" },
  { { max_file = 0 }, "at least one file" },
  { { driver = "journald", max_file = 2 }, "takes no max_size" },
}
for _, case in ipairs(declared) do
  add("refused: " .. case[2], function()
    local ok, problem = pcall(load().shorthand, case[1])
    assert(not ok and tostring(problem):find(case[2], 1, true), tostring(problem))
  end)
end

local function found(want, output)
  local kind = load()
  return kind.read({ { want = want } }, output)[1], kind
end
local function listed(names) return table.concat(names, " ") end

local want = { driver = "json-file", max_size = "10m", max_file = 3,
  existing = "recreate", projects = {}, within = "9s" }
local running = 'docker\nkept\nset log-driver "json-file"\nset log-opts/max-size "10m"\n'
  .. 'set log-opts/max-file "3"\nforce\nlive false\n'
  .. "loose b|web|shop|docker-compose.yml|/srv/shop\nloose a|||||\n"

add("an answer is read", function(_, steps)
  local it = found(want, running)
  steps.same("size", "10m", it.max_size)
  steps.same("files", 3, it.max_file)
  steps.same("in force", true, it.in_force)
  steps.same("unlimited", "b", listed(it.unlimited))
  steps.same("others", "a", listed(it.others))
  steps.same("left", "", listed(found({ driver = "local", existing = "leave" },
    running).unlimited))
  steps.same("no docker", nil, (found(want, "")))
  steps.same("not ours", nil, (found(nil, "docker\nlive false\n")))
end)

add("a plan tells the downtime, and who stays as it is", function()
  local it, kind = found(want, running)
  local told = kind.preview { action = "update", have = it, want = want,
    fields = { "max_size", "unlimited" } }
  assert(told.downtime:find "every container" and told.downtime:find "each: b")
  assert(told.warnings[1]:find "stay as they are: a")
  it.containers_survive = true
  told = kind.preview { action = "update", have = it, want = want,
    fields = { "max_size" } }
  assert(not told.downtime:find "every container" and told.notes[1]:find "go on")
  it.unlimited = {}
  told = kind.preview { action = "none", have = it, want = want, fields = {} }
  assert(told.downtime == nil and #told.warnings == 1 and #told.notes == 0)
end)

add("a plan refuses a file that is no JSON, a removal does not", function()
  local it, kind = found(want, "docker\nproblem line 3: a , or } is missing\n")
  local ok, why = pcall(kind.preview, { action = "update", have = it, want = want })
  assert(not ok and tostring(why):find "line 3", tostring(why))
  assert(kind.preview { action = "delete", have = it })
end)

return all
