-- SPDX-License-Identifier: MIT
--
-- A time as XML has it, and as HTTP's headers do.
local clock = require "clock"

local time = {}

local days = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
local months = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
  "Nov", "Dec" }

function time.iso(seconds)
  return (clock.text(seconds):gsub("Z$", ".000Z"))
end

function time.http(seconds)
  local year, month, day, rest = clock.text(seconds):match("^(%d+)-(%d+)-(%d+)T([%d:]+)")
  return ("%s, %s %s %s %s GMT"):format(days[(seconds // 86400 + 4) % 7 + 1], day,
    months[tonumber(month)], year, rest)
end

return time
