-- SPDX-License-Identifier: MIT
return {
  { what = "asks ever more seldom until it is true", run = function(w, steps)
    local asked, began = 0, w.time
    local answer = require("wait").until_true {
      what = "x", within = 60, every = 1, most = 4,
      check = function()
        asked = asked + 1
        return asked == 5 and "yes"
      end,
    }
    steps.same("answer", "yes", answer)
    steps.same("time", 1 + 1.5 + 2.25 + 3.375, w.time - began)
  end },
  { what = "the last look is at the end, also where a machine slept in the one before",
    run = function(w, steps)
      local asked = 0
      local answer = require("wait").until_true {
        what = "x", within = 60, every = 1,
        check = function()
          asked = asked + 1
          if asked == 1 then w.time = w.time + 3600 end
          return asked == 2 and "yes"
        end,
      }
      steps.same("answer", "yes", answer)
    end },
  { what = "gives up in words", run = function()
    local ok, problem = pcall(require("wait").until_true, {
      what = "health of app", within = "5s", why = "503",
      check = function() return false end,
    })
    assert(not ok and problem.code == "timeout" and problem.what:find "within 5 seconds")
  end },
  { what = "durations", run = function(_, steps)
    local seconds = require("wait").seconds
    steps.same("all", { 30, 30, 300, 3600, 1.5 },
      { seconds(30), seconds "30s", seconds "5m", seconds "1h", seconds "1.5" })
    assert(not pcall(seconds, "soon"))
  end },
}
