-- SPDX-License-Identifier: MIT
--
-- "2026-11-21T00:00:00Z" or "2026-11-21" → milliseconds since 1970, or nil.

-- Years begin in March here, so that leap days come last.
local function days_until(year, month, day)
  if month < 3 then year = year - 1 end
  local shifted = (month + 9) % 12
  return 365 * year + year // 4 - year // 100 + year // 400
    + (153 * shifted + 2) // 5 + day - 719469
end

local function integers(...)
  local list = {}
  for i, text in ipairs { ... } do list[i] = math.tointeger(tonumber(text)) end
  return table.unpack(list)
end

return function(text)
  local date, time = tostring(text):sub(1, 10), tostring(text):sub(11)
  local year, month, day = integers(date:match("^(%d%d%d%d)-(%d%d)-(%d%d)$"))
  local hour, minute, second = 0, 0, 0
  if time ~= "" then
    hour, minute, second = integers(time:match("^T(%d%d):(%d%d):(%d%d)Z$"))
  end
  if not day or not second then return nil end
  return (days_until(year, month, day) * 86400 + hour * 3600 + minute * 60 + second)
    * 1000
end
