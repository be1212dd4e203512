-- SPDX-License-Identifier: MIT
-- What a plan may ask of a command's guard, what only a run may, and what the step's own
-- script says when nothing was to be done: its text is run by a real shell.
local function load()
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type "command"
end

local function shell(text)
  local file = os.tmpname()
  local out = assert(io.open(file, "w"))
  out:write('needless() { echo "needless $step"; }\nstep=7\n', text, "\n")
  out:close()
  local pipe = io.popen("sh " .. file .. " 2>&1")
  local said = pipe:read("a")
  pipe:close()
  os.remove(file)
  return said
end

local function probed(kind, want, context)
  return shell(kind.probe({ { name = "x", want = want } }, context))
end

local function equal(expected, got, what)
  if expected ~= got then
    error(("%s: %q, not %q"):format(what, tostring(got), expected))
  end
end

local there, missing = "/bin/sh", "/nowhere/at/all"

return {
  { what = "an unsafe guard is run by no plan", run = function()
    local kind = load()
    local want = { run = "true", unless = "echo asked >&2; true", directory = "/" }
    equal("", probed(kind, want, {}), "a plan")
    equal("1:done\n", probed(kind, want, { in_run = true }), "a run")
    equal("its unless is run only by a run", kind.undecided(want), "why")
    want.safe = true
    equal("1:done\n", probed(kind, want, {}), "declared safe")
    assert(kind.undecided(want) == nil)
  end },
  { what = "of what is not declared any more nothing is known", run = function()
    local kind = load()
    local text = kind.probe({ { name = "x", recorded = {} } }, { in_run = true })
    equal("", shell(text), "the probe")
  end },
  { what = "creates decides by itself when it is there", run = function()
    local kind = load()
    local want = { run = "true", only_if = "true", creates = there, directory = "/" }
    equal("1:done\n", probed(kind, want, {}), "there")
    want.creates = missing
    equal("", probed(kind, want, {}), "not there")
    equal("", probed(kind, want, { in_run = true }), "asked in a run")
    equal("its only_if is run only by a run", kind.undecided(want), "why")
    assert(kind.undecided { run = "true", creates = there } == nil)
  end },
  { what = "the step says that nothing was to be done", run = function()
    local kind = load()
    local want = { run = "echo ran", unless = "true", directory = "/" }
    equal("needless 7\n", shell(kind.commands(nil, want)[1][2]), "not needed")
    want.unless = "false"
    equal("ran\n", shell(kind.commands(nil, want)[1][2]), "needed")
    want.run = "exit 3"
    equal("3\n", shell("( " .. kind.commands(nil, want)[1][2] .. "\n); echo $?"),
      "its status")
    want.directory = missing
    assert(shell("{ " .. kind.commands(nil, want)[1][2]
      .. "\n} && echo fine"):find("fine") == nil, "no such folder")
  end },
}
