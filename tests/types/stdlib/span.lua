-- SPDX-License-Identifier: MIT
-- Spans of time, and the timers that are made of them.
return {
  { what = "seconds", run = function(_, steps)
    local span = require "span"
    steps.same("7d", 604800, span.seconds "7d")
    steps.same("90m", 5400, span.seconds "90m")
    for _, wrong in ipairs { "7", "0d", "1.5h", "d", "7 days", "-1h" } do
      assert(not pcall(span.seconds, wrong), wrong)
    end
  end },
  { what = "words", run = function(_, steps)
    local span = require "span"
    steps.same("a day and three hours", "27 hours", span.text(97200))
    steps.same("ten days", "10 days", span.text(864000))
    steps.same("less than two minutes", "90 seconds", span.text(90))
  end },
  { what = "what divides the day comes at times of day", run = function(_, steps)
    local span = require "span"
    local function first(text) return (span.timer(text):match("^[^\n]*")) end
    steps.same("12h", "OnCalendar=*-*-* 02/12:00:00 UTC", first "12h")
    steps.same("1d", "OnCalendar=*-*-* 02:00:00 UTC", first "1d")
    steps.same("1h", "OnCalendar=*-*-* 00/1:00:00 UTC", first "1h")
    steps.same("15m", "OnCalendar=*-*-* *:00/15:00 UTC", first "15m")
    steps.same("7h", "OnActiveSec=25200s", first "7h")
    steps.same("2d", "OnActiveSec=172800s", first "2d")
  end },
}
