-- SPDX-License-Identifier: MIT
--
-- The only place that loops on time: asks `check` again and again, ever more seldom,
-- until it answers something true, and raises when the time is up.

local clock = require "clock"
local fault = require "fault"

local wait = {}

local unit = { s = 1, m = 60, h = 3600, d = 86400, w = 604800 }

-- 30, "30s", "5m", "1h", "7d", "2w" → seconds.
function wait.seconds(duration)
  if type(duration) == "number" then return duration end
  local amount, name = tostring(duration):match("^(%d+%.?%d*)%s*([smhdw]?)$")
  if not amount then
    fault(("%s is no duration"):format(tostring(duration)), {
      next = 'write seconds as a number, or "30s", "5m", "1h", "7d"',
    })
  end
  return tonumber(amount) * (unit[name] or 1)
end

local function give_up(options, within)
  fault(("%s: not within %g seconds"):format(options.what, within), {
    why = options.why, code = "timeout", next = options.next,
  })
end

-- options: what (for the message), within, every (first pause), most (longest pause),
-- check = function() → anything true ends the wait and is returned, why, next.
function wait.until_true(options)
  local within, pause = wait.seconds(options.within), wait.seconds(options.every or 1)
  local most = options.most or math.max(pause, 10)
  local began, slept = clock.now(), 0
  while true do
    -- Of before the look: whoever was stopped in it looks once more, at the end.
    local gone = math.max(clock.now() - began, slept)
    local answer = options.check()
    if answer then return answer end
    if gone >= within then give_up(options, within) end
    clock.sleep(pause)
    slept = slept + pause
    pause = math.min(pause * 1.5, most)
  end
end

return wait
