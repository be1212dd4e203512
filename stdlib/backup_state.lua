-- SPDX-License-Identifier: MIT
--
-- What a backup says of itself: the file that its scripts keep on the host, lines of
-- key=value; how old things are by it, and what of them is to be told.
local clock = require "clock"
local span = require "span"

local state = {}

state.folder = "/var/lib/pipster/backup"

local numbers = { "last_try_at", "last_good_at", "last_good_bytes", "kept", "first_at",
  "offsite_at", "offsite_try_at", "drill_at", "drill_ok_at", "drill_seconds",
  "drill_bytes", "drill_rows" }

-- After how long one of them is overdue.
local DAY <const> = 86400
state.periods = { daily = 2 * DAY, weekly = 8 * DAY, monthly = 32 * DAY,
  quarterly = 93 * DAY }

function state.path(name) return state.folder .. "/" .. name end

function state.parse(text)
  local found = {}
  for key, value in text:gmatch("([%l_%d]+)=([^\n]*)\n?") do
    if value ~= "" then found[key] = value end
  end
  for _, key in ipairs(numbers) do
    local number = tonumber(found[key])
    found[key] = number and (math.tointeger(number) or number) or found[key]
  end
  return found
end

local function age(moment) return span.text(math.max(0, clock.now() - moment)) end

local function drill_warning(name, found, every)
  local command = "pipster drill restore " .. name
  if found.drill == "refused" then
    return ("the last restore drill refused %s: %s (last good: %s); %s runs one"):format(
      found.drill_file or "the newest backup", found.drill_error or "?",
      found.drill_last_good or "unknown", command)
  end
  if found.drill == "unable" then
    return ("the last restore drill could not be done: %s; the last one that passed is"
      .. " %s; %s runs one"):format(found.drill_error or "?", found.drill_ok_at
      and age(found.drill_ok_at) .. " old" or "none", command)
  end
  local last = found.drill_ok_at or found.first_at
  if not every or not last or clock.now() - last <= state.periods[every] then
    return nil
  end
  if not found.drill_ok_at then
    return ("it was never drilled, and is to be %s: %s runs one"):format(every, command)
  end
  return ("the last restore drill is %s old, and it is to be %s: %s runs one"):format(
    age(last), every, command)
end

-- What a plan and a check have to tell of it.
function state.warnings(name, found, every)
  local list = { drill_warning(name, found, every) }
  if found.last_try == "failed" then
    list[#list + 1] = ("its last run failed: %s; the last good one is %s"):format(
      found.last_error or "?", found.last_good_at and age(found.last_good_at) .. " old"
      or "none")
  end
  if found.offsite == "failed" then
    list[#list + 1] = ("it has no copy elsewhere: %s; the last one is %s"):format(
      found.offsite_error or "?", found.offsite_at and age(found.offsite_at) .. " old"
      or "none")
  end
  return list
end

state.age = age

return state
