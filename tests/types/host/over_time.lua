-- SPDX-License-Identifier: MIT
-- A step of a host that takes longer than it may is ended with all that it started, and
-- told; the others are as they would be.
local function shell(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local pipe = io.popen("timeout -s KILL 30 sh " .. path .. " 2>&1")
  local output = pipe:read "a"
  pipe:close()
  os.remove(path)
  return output
end

-- One that nobody has waited for yet counts as gone.
local function runs(process)
  local file = io.open("/proc/" .. process .. "/stat")
  local line = file and file:read "l"
  if file then file:close() end
  return line and not line:find("%) Z ")
end

-- What the steps print, and how they end: commands and seconds each.
local function run(steps)
  require("tests.types.harness.host_fakes").install {
    settings = { project_id = "p", ssh = {}, endpoints = {}, host_driver = "own" },
  }
  local timeout = require "batch_timeout"
  local text = { "mark() { printf '\\n%s\\n' \"$*\"; }\n", timeout.functions }
  for index, step in ipairs(steps) do
    for _, part in ipairs(timeout.wrap(step[1] .. "\n", { timeout = step[2] }, index)) do
      text[#text + 1] = tostring(part)
    end
    text[#text + 1] = ("echo \"step %d: $status_%d\"\n"):format(index, index)
  end
  return shell(table.concat(text))
end

local function expect(output, words)
  for _, word in ipairs(words) do
    assert(output:find(word, 1, true), word .. " is not in: " .. output)
  end
end

return {
  { what = "in time", run = function()
    local output =
      run { { "echo one; exit 3", 60 }, { "echo two" }, { "echo three", 60 } }
    expect(output, { "one\nstep 1: 3\n", "two\nstep 2: 0\n", "three\nstep 3: 0\n" })
    assert(not output:find("over", 1, true), output)
  end },
  { what = "over time, with children that will not go", run = function()
    local marker = os.tmpname()
    local output = run {
      { "echo begun; sh -c 'trap : TERM; sleep 987; sleep 987' & "
        .. "echo $! > " .. marker .. "; sleep 987", 1 },
      { "echo after", 60 },
    }
    expect(output, { "begun\n", "over 1\n", "step 2: 0\n" })
    assert(output:find("step 1: 1[34]%d") or output:find("step 1: 137"), output)
    local file = assert(io.open(marker))
    local child = file:read "l"
    file:close()
    os.remove(marker)
    assert(not runs(child), "a child is left: " .. child)
  end },
  { what = "what a batch may take", run = function()
    require("tests.types.harness.host_fakes").install {
      settings = { project_id = "p", ssh = {}, endpoints = {}, host_driver = "own" },
    }
    assert(require("batch_timeout").of_batch { {}, { timeout = 7200 } } == 10800)
  end },
}
