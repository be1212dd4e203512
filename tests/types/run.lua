-- SPDX-License-Identifier: MIT
--
-- Runs every case below tests/types: lua5.4 tests/types/run.lua [part of a path …] A case
-- is a file that returns a table: `steps` (see harness/steps.lua) with `type` and `name`,
-- or `run = function(world)`; or a list of such tables with `what` each. Cloud types talk
-- to the stand-in in memory; no time passes but what is waited for.

local root = arg[0]:match("^(.*)tests/types/run%.lua$") or ""
package.path = root .. "stdlib/?.lua;" .. root .. "?.lua"

-- Each case loads all modules anew; their files are read and compiled once.
local compiled = {}
table.insert(package.searchers, 2, function(name)
  local path = package.searchpath(name, package.path)
  if not path then return nil end
  compiled[path] = compiled[path] or assert(loadfile(path))
  return compiled[path], path
end)

local own = {}
for name in pairs(package.loaded) do own[name] = true end

local function files()
  local list = {}
  local pipe = io.popen("find " .. root .. "tests/types -name '*.lua' | sort")
  for path in pipe:lines() do
    local skipped = path:find("/harness/") or path:find("run%.lua$")
    local asked = #arg == 0
    for _, part in ipairs(arg) do asked = asked or path:find(part, 1, true) end
    if not skipped and asked then list[#list + 1] = path end
  end
  pipe:close()
  return list
end

local function body_of(case)
  local steps = require "tests.types.harness.steps"
  local world = require("tests.types.harness.world").new(case)
  return world, function()
    if case.run then case.run(world, steps) end
    for i, step in ipairs(case.steps or {}) do
      local ok, problem = pcall(steps.run, world, step, case)
      if not ok then
        error(("step %d: %s"):format(i, tostring(problem)), 0)
      end
    end
  end
end

local function run_case(case)
  for name in pairs(package.loaded) do
    if not own[name] then package.loaded[name] = nil end
  end
  local world, body = body_of(case)
  require("tests.types.harness.tasks").run(world, { body })
end

local passed, failed = 0, 0

local function try(title, case)
  local ok, problem = xpcall(run_case, function(e)
    return type(e) == "string" and debug.traceback(e, 2) or tostring(e)
  end, case)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    print("FAILED " .. title .. "\n  " .. tostring(problem):gsub("\n", "\n  "))
  end
end

local function try_all(path)
  local title = path:match("tests/types/(.*)%.lua$")
  local chunk, problem = loadfile(path)
  if not chunk then
    try(title, { run = function() error(problem, 0) end })
  else
    -- Cases are data: the modules of a case are there only while it runs.
    local cases = chunk()
    for i, case in ipairs(#cases > 0 and cases or { cases }) do
      try(#cases > 0 and title .. ": " .. (case.what or i) or title, case)
    end
  end
end

require "tests.types.harness.deep"(function()
  for _, path in ipairs(files()) do try_all(path) end
end, 60000)
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
