-- SPDX-License-Identifier: MIT
--
-- What a check only warns of: limits as people write them, and the words for a miss,
-- which always tell both figures.
local fault = require "fault"

local limit = {}

local per_unit = { ms = 1, s = 1000, m = 60000 }

local function refuse(where, text, next)
  fault(("%s: %s is no limit"):format(where, tostring(text)), { next = next })
end

-- "100ms", "1.5s", "1m" → milliseconds
function limit.milliseconds(text, where)
  local amount, unit = tostring(text):match("^(%d+%.?%d*)%s*(%l+)$")
  if not amount or not per_unit[unit] then
    refuse(where, text, 'write it as "100ms", "1.5s" or "1m"')
  end
  return tonumber(amount) * per_unit[unit]
end

-- "10%" → 10
function limit.percent(text, where)
  local amount = tostring(text):match("^(%d+%.?%d*)%s*%%$")
  if not amount then refuse(where, text, 'write it as "10%"') end
  return tonumber(amount)
end

-- nil where `now` is at most `percent` slower than `before`, or by less than chance makes
-- it (5 ms), else "p95 is 40 ms, 60 % slower than 25 ms the time before".
function limit.slower(what, now, before, percent)
  if now - before < 5 or now <= before * (1 + percent / 100) then return nil end
  return ("%s is %s ms, %.0f %% slower than %s ms the time before"):format(what,
    limit.figure(now), (now / before - 1) * 100, limit.figure(before))
end

-- 12.34 → "12.3", 140.0 → "140"
function limit.figure(value)
  if math.abs(value) >= 100 then return ("%.0f"):format(value) end
  return (("%.1f"):format(value):gsub("%.0$", ""))
end

-- nil within the limit, else "memory is 43 %, over 40 %".
function limit.miss(what, value, most, unit)
  if value <= most then return nil end
  local is = limit.figure(value)
  -- Two figures that look the same would be no reason.
  if is == limit.figure(most) then is = ("%.4f"):format(value) end
  return ("%s is %s %s, over %s %s"):format(what, is, unit, limit.figure(most), unit)
end

return limit
