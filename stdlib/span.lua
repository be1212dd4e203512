-- SPDX-License-Identifier: MIT
--
-- Spans of time as people write them, "30s", "12h", "7d", and what they are for machines.
local fault = require "fault"

local span = {}

local units = { s = 1, m = 60, h = 3600, d = 86400, w = 604800, y = 31536000 }
local DAY <const> = 86400

-- "7d" → 604800. what: whose span it is, for the message.
function span.seconds(text, what)
  local number, unit = tostring(text):match("^([1-9]%d*)([smhdwy])$")
  if not number then
    fault(("%s: \"%s\" is no span of time"):format(what or "it", tostring(text)), {
      next = "for example \"30s\", \"15m\", \"12h\", \"7d\", \"4w\"" })
  end
  return math.tointeger(tonumber(number)) * units[unit]
end

-- 97200 → "27 hours"; in the largest unit that says something.
function span.text(seconds)
  for _, unit in ipairs { { "day", DAY }, { "hour", 3600 }, { "minute", 60 } } do
    local count = seconds // unit[2]
    if count >= 2 then return ("%d %ss"):format(count, unit[1]) end
  end
  return ("%d seconds"):format(seconds)
end

-- What of the day comes round evenly is a time of day, at two in the night if it can be:
-- a timer then makes up for what a host that was off has missed.
local function calendar(seconds)
  if seconds == DAY then return "*-*-* 02:00:00 UTC" end
  local hours = seconds // 3600
  if seconds % 3600 == 0 and 24 % hours == 0 then
    return ("*-*-* %02d/%d:00:00 UTC"):format(2 % hours, hours)
  end
  if seconds % 60 == 0 and 3600 % seconds == 0 then
    return ("*-*-* *:00/%d:00 UTC"):format(seconds // 60)
  end
  return nil
end

-- The lines of a systemd timer that comes that often.
function span.timer(text, what)
  local seconds = span.seconds(text, what)
  local at = seconds <= DAY and calendar(seconds)
  if at then return "OnCalendar=" .. at .. "\nPersistent=true\n" end
  return ("OnActiveSec=%ds\nOnUnitActiveSec=%ds\nAccuracySec=1s\n"):format(seconds,
    seconds)
end

return span
