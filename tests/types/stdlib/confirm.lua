-- SPDX-License-Identifier: MIT
-- A risky change after which the login is refused: the host turns it back in its time.
local function decided(turned_back_after)
  local fakes = require "tests.types.harness.host_fakes"
  local now, asked = 1000, {}
  fakes.install { settings = { project_id = "p", revert_after = 10 },
    now = function() return now end }
  local clock, fault, random = require "clock", require "fault", require "random"
  clock.sleep = function(seconds) now = now + seconds end
  random.hex = function() return "nonce" end
  package.loaded.session = {
    close = function() end,
    open = function()
      asked[#asked + 1] = now - 1000
      if now < 1010 + turned_back_after then
        error(fault.new("it refuses the login", { kind = "unreachable" }), 0)
      end
      return { run = function() return { output = "\nnonce undone nonce done\n" } end }
    end,
  }
  local confirm = require "batch_confirm"
  local step = { address = "box:sshd", want = {}, type = {
    revert = function() return {} end, read = function() return {} end } }
  local ready = { { probe = "true" } }
  local armed = confirm.prepare({ step }, ready)
  local results = { { outcome = "done" } }
  confirm.decide({ name = "box" }, { step }, ready, armed,
    { nonce = "nonce", text = "\nnonce armed\n", results = results, arrived = true })
  return tostring(results[1].fault), table.concat(asked, " ")
end

local function case(what, after, told, times)
  return { what = what, run = function()
    local why, asked = decided(after)
    assert(why:find(told, 1, true), why)
    assert(asked == times, asked)
  end }
end

return {
  case("what was turned back at once is told", 0, "was turned back: no new connection",
    "0 11"),
  case("one that takes longer is asked again, and not often", 4, "was turned back",
    "0 11 16"),
  case("and once more", 20, "was turned back", "0 11 16 31"),
  case("then nobody knows", 90, "nobody knows whether box:sshd was kept", "0 11 16 31"),
}
