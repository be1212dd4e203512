-- SPDX-License-Identifier: MIT
-- What is put together is run by a real sh.
-- Modules are those of the case that runs.
local function modules() return require "tests.types.harness.modules" end

local function run(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local pipe = io.popen("sh " .. path .. " 2>&1")
  local output = pipe:read "a"
  pipe:close()
  os.remove(path)
  return output
end

local words = { "plain", "two words", "it's", "$(reboot)", "a\nb", "", "*", "-n", "ü" }

return {
  { what = "quote keeps every word whole", run = function(_, steps)
    local shell = require "shell"
    for _, word in ipairs(words) do
      steps.same(word, "[" .. word .. "]", run("printf '[%s]' " .. shell.quote(word)))
    end
  end },
  { what = "a secret is quoted without being looked into", run = function(_, steps)
    local shell = require "shell"
    local script = "printf '[%s]' " .. shell.quote(modules().secret "it's $x")
    assert(require("secret").is(script))
    steps.same("output", "[it's $x]", run(modules().reveal(script)))
  end },
  { what = "a file is written beside and renamed, with its mode", run = function(_, steps)
    local shell = require "shell"
    local path = os.tmpname()
    local script = shell.write_file {
      path = path, content = modules().secret "one\ntwo\n", mode = 640,
    }
    steps.same("says nothing", "", run(modules().reveal(script)))
    steps.same("content and mode", "one\ntwo\n640\n",
      run("cat " .. path .. "; stat -c %a " .. path .. "; ls " .. path
        .. ".pipster-new* 2>&-"))
    os.remove(path)
  end },
  { what = "a folder that is not there fails and leaves nothing", run = function(_, steps)
    local shell = require "shell"
    local script = shell.write_file { path = "/nonexistent/a", content = "x" }
    assert(run(script .. "echo status $?"):find "status [1-9]")
    steps.same("mode", "0644", shell.mode(644))
  end },
}
