-- SPDX-License-Identifier: MIT
--
-- Every type that lives on a host, on a real one: made, made again (as after a cut),
-- changed in every field, drifted, removed; through batch.lua, as in a run.
--   lua5.4 tests/lab/types.lua CASEFILE …
-- PIPSTER_TEST_SHELL is a command that runs the script on its stdin on the host as root.
package.path = "./?.lua;stdlib/?.lua;" .. package.path
local deep = require "tests.types.harness.deep"
local fakes = require "tests.types.harness.host_fakes"
local wanted = require "tests.types.harness.host_wanted"
local disks = assert(loadfile "tests/lab/harness/disks.lua")(fakes, wanted)
local etc = assert(loadfile "tests/lab/harness/etc.lua")(fakes, wanted, disks)

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function slurp(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  os.remove(path)
  return text
end

local frame = "unset ENV; LC_ALL=C; export LC_ALL; umask 022; cd /\n"
  .. "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH\n{"
  .. " (eval "

-- One script on the host, framed as runtime/net/ssh_frame.c does it.
local function run(script)
  local input, output, errors = os.tmpname(), os.tmpname(), os.tmpname()
  local file = assert(io.open(input, "wb"))
  file:write(frame, quoted(script), ") </dev/null; exit; }\n")
  file:close()
  local _, _, status = os.execute(os.getenv("PIPSTER_TEST_SHELL") .. " < " .. input
    .. " > "
    .. output .. " 2> " .. errors)
  os.remove(input)
  return { status = status, output = slurp(output), errors = slurp(errors) }
end

local function environment()
  local acme = os.getenv("PIPSTER_ACME_ROOT")
  local file = acme and io.open(acme)
  return {
    project_id = "feedc0de", host_driver = "ssh", run = 1, endpoints = {},
    ssh = { identities = {} }, git_base = os.getenv("PIPSTER_GIT_BASE"),
    acme = file and { directory = os.getenv("PIPSTER_ACME_DIRECTORY"),
      root = file:read("a") },
  }
end

local host = { name = "bed", address = "bed" }
local world = { run = run, settings = environment() }
-- A pipe on the host is fed as net/ssh_upload.c does it, and read by the receiver.
function world.upload(options)
  local feed = os.getenv("PIPSTER_TEST_SHELL"):gsub(" sh$", "") .. " "
    .. quoted("cat > " .. options.pipe)
  os.execute(("tail -c +%d %s | %s > /dev/null 2>&1 &"):format(options.offset + 1,
    quoted(options.path), feed))
  return run(options.receive)
end

-- A file of the project, on this machine.
function world.path(name)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(world.files[name])
  file:close()
  return path
end

function world.digest(path)
  local pipe = io.popen("sha256sum < " .. quoted(path) .. "; wc -c < " .. quoted(path))
  local sum, size = pipe:read("a"):match("^(%x+)[^\n]*\n%s*(%d+)")
  pipe:close()
  return sum, math.tointeger(tonumber(size))
end

local batch, kind -- of the case at hand
local bed = { run = run }

local function item_of(case, want)
  return { type = kind, address = "bed:" .. case.type .. "/" .. (case.name or ""),
    name = case.name, want = want, recorded = not want and case.recorded or nil }
end

local function observe(case, want)
  return batch.observe(host, { item_of(case, want) })[1]
end

local function step_of(case, action, have, want)
  local step = item_of(case, want)
  step.action, step.have, step.label = action, have, "r1s1"
  step.lines = {}
  step.begin = function() end
  step.ended = function() end
  step.line = function(line) step.lines[#step.lines + 1] = line end
  return step
end

local function apply(case, action, have, want)
  local step, handlers = step_of(case, action, have, want), {}
  for index, handler in ipairs(kind.handlers and kind.handlers(have, want) or {}) do
    handlers[index] = { name = handler[1], script = handler[2], causes = { 1 } }
  end
  local results, ran = batch.apply(host, { step }, handlers)
  for index in ipairs(handlers) do
    if results[1].outcome == "done" then
      assert(ran[index].done, "handler: " .. tostring(ran[index].fault))
    end
  end
  return results[1], step
end

local function expect_same(want, found, when)
  assert(found, when .. ": it is not there")
  local names = wanted.differences(kind, want, found)
  if #names == 0 then return end
  local told = {}
  for _, name in ipairs(names) do
    local value = found[name]
    if type(value) == "table" and not getmetatable(value) then value = table.concat(value,
      " ") end
    told[#told + 1] = name .. "=" .. tostring(value)
  end
  error(when .. ": differs in " .. table.concat(told, ", "), 0)
end

local function carry_out(case, want, have, when)
  local result = apply(case, have and "update" or "create", have, want)
  assert(result.outcome == "done", when .. ": " .. tostring(result.fault))
  expect_same(want, result.found, when)
  expect_same(want, observe(case, want), when .. ", seen again")
end

local function drift(case, want, part, when)
  local result = run(part.drift)
  assert(result.status == 0, when .. ": the drift itself failed: " .. result.errors)
  local found = observe(case, want)
  if part.gone then
    assert(found == nil, when .. ": it is still seen")
    return nil
  end
  assert(found, when .. ": it is not seen any more")
  local names = table.concat(wanted.differences(kind, want, found), " ")
  assert(names == part.fields, when .. ": differs in '" .. names .. "', not '"
    .. part.fields .. "'")
  return found
end

local function must_fail(case, want, have, part, when)
  local result = apply(case, have and "update" or "create", have, want)
  assert(result.outcome == "failed", when .. ": it was " .. result.outcome)
  local why = tostring(result.fault)
  assert(why:find(part.fails), when .. ": failed otherwise: " .. why)
end

local function look(part, when)
  if not part.look then return end
  local result = run(part.look)
  assert(result.status == 0, when .. ": " .. part.look .. ": " .. result.output
    .. result.errors)
end

local function walk(case)
  local want
  for index, part in ipairs(case.steps) do
    local when = "step " .. index
    if part.drift then
      carry_out(case, want, drift(case, want, part, when), when)
    else
      local next_want = wanted.declare(kind, part.want, case.name)
      local have = observe(case, next_want)
      assert(index > 1 or case.there or not have, when .. ": it is there already")
      if part.fails then
        must_fail(case, next_want, have, part, when)
        next_want = want
      else
        assert(not have or case.there or #wanted.differences(kind, next_want, have) > 0,
          when .. ": no difference is seen")
        carry_out(case, next_want, have, when)
        if index == 1 then carry_out(case, next_want, nil, when .. ", made again") end
      end
      want = next_want
    end
    look(part, when)
  end
  return want
end

local function remove(case, want)
  case.recorded = want
  local have = observe(case, nil)
  assert(have, "removal: it is not seen")
  local result = apply(case, "delete", want, nil)
  assert(result.outcome == "done", "removal: " .. tostring(result.fault))
  local found = observe(case, nil)
  assert(case.stays or found == nil, "removal: it is still there")
  look({ look = case.after }, "after the removal")
end

local function try(case)
  world.files = case.files
  fakes.install(world)
  batch = require "batch"
  if case.run then return case.run(bed) end
  kind = fakes.type(case.type)
  if case.before then
    local result = run(case.before)
    assert(result.status == 0, "before: " .. result.output .. result.errors)
  end
  local want = walk(case)
  if not case.kept then remove(case, want) end
end

-- For cases of several steps: things = { {type, name, want, have, keep_going}, … }.
function bed.apply(things, handlers)
  local steps, begun = {}, {}
  for index, thing in ipairs(things) do
    kind = fakes.type(thing[1])
    local want = thing.want and wanted.declare(kind, thing.want, thing[2])
    local action = thing.have and not want and "delete" or thing.have and "update"
      or "create"
    steps[index] = step_of({ type = thing[1], name = thing[2] }, action, thing.have, want)
    steps[index].keep_going = thing.keep_going
    steps[index].begin = function() begun[#begun + 1] = index end
  end
  local results, ran = batch.apply(host, steps, handlers or {})
  local words = {}
  for index, result in ipairs(results) do words[index] = result.outcome end
  return table.concat(words, " "), results, ran, table.concat(begun, " ")
end

-- What is seen of something that is not declared any more; of what is wanted.
function bed.observe(type_name, name, recorded)
  kind = fakes.type(type_name)
  return observe({ type = type_name, name = name, recorded = recorded }, nil)
end
function bed.observe_wanted(type_name, name, want)
  kind = fakes.type(type_name)
  return observe({ type = type_name, name = name }, want)
end

-- That a thing stays once `edit`, shell text that brings "mine" into the file at `path`,
-- was run behind its back. Answers what it says was edited.
function bed.edited_stays(thing, edit, path)
  local type_name, name = thing[1], thing[2]
  local want = wanted.declare(fakes.type(type_name), thing.want, name)
  local outcome, results = bed.apply { thing }
  assert(outcome == "done", tostring(results[1].fault))
  assert(not bed.observe(type_name, name, want).edited, "it counts as edited from the start")
  assert(run(edit).status == 0, "it could not be edited")
  local found = bed.observe(type_name, name, want)
  assert(found and found.edited, "it is not seen that it was edited")
  outcome, results = bed.apply { { type_name, name, have = found } }
  assert(outcome == "done", tostring(results[1].fault))
  assert(found.edited ~= path or not results[1].changed, "it counts as a change")
  assert(run("grep -q mine " .. path).status == 0, path .. " is gone")
  return found.edited
end

-- A change of `thing` that does `text` in place of its own commands, and then fails: the
-- host turns it back at once. Answers what went wrong.
function bed.turned_back(thing, text)
  local changed = fakes.type(thing[1])
  local commands = changed.commands
  changed.commands = function() return { { "break it", text .. "\nexit 3" } } end
  local words, results = bed.apply { thing }
  changed.commands = commands
  assert(words == "failed", words)
  return tostring(results[1].fault)
end

local passed, failed = 0, 0

local function try_all(path)
  for _, case in ipairs(assert(loadfile(path))(fakes, disks, etc)) do
    local began = os.time()
    local done, why = xpcall(try, function(problem)
      return type(problem) == "string" and problem:find("^%./?[^:]*%.lua:%d+: attempt")
        and debug.traceback(problem) or problem
    end, case)
    passed, failed = passed + (done and 1 or 0), failed + (done and 0 or 1)
    print(("%s %s %s (%d s)"):format(done and "ok  " or "FAIL", case.type, case.what
      or case.name or "",
      os.time() - began))
    if not done then print("     " .. tostring(why):gsub("\n", "\n     ") .. "") end
  end
end
deep(function()
  for _, path in ipairs(arg) do try_all(path) end
end, 60000)
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
