-- SPDX-License-Identifier: MIT
--
-- What Debian's cron takes for a schedule. A line that it does not take it passes over,
-- and says so in the log only: the job would never run.
local fault = require "fault"

local cron = {}

local function numbered(words, first)
  local numbers = {}
  for word in words:gmatch "%S+" do
    numbers[word], first = first, first + 1
  end
  return numbers
end

local fields = {
  { "minute", 0, 59, {} }, { "hour", 0, 23, {} }, { "day of the month", 1, 31, {} },
  { "month", 1, 12, numbered("jan feb mar apr may jun jul aug sep oct nov dec", 1) },
  { "day of the week", 0, 7, numbered("sun mon tue wed thu fri sat", 0) },
}
local words = { reboot = true, yearly = true, annually = true, monthly = true,
  weekly = true, daily = true, midnight = true, hourly = true }

local function number_of(text, field)
  local number = field[4][text:lower()] or text:find "^%d+$" and tonumber(text)
  return number and number >= field[2] and number <= field[3] and number or nil
end

-- "*", "5", "1-5", and "*/2", "1-5/2"
local function is_part(text, field)
  local range, step = text:match "^([^/]+)/(%d+)$"
  if step and tonumber(step) == 0 then return false end
  range = range or text
  local first, last = range:match "^(%w+)%-(%w+)$"
  if range == "*" then return true end
  if not first then return step == nil and number_of(range, field) ~= nil end
  first, last = number_of(first, field), number_of(last, field)
  return first ~= nil and last ~= nil and first <= last
end

local function refuse(schedule, why)
  fault("\"" .. schedule .. "\" is no schedule", { why = why,
    next = "for example \"0 */6 * * *\" or \"@daily\"" })
end

function cron.check(schedule)
  local word = schedule:match "^@(%l+)$"
  if word and not words[word] then refuse(schedule, "cron does not know this word") end
  if word then return end
  local given = {}
  for text in schedule:gmatch "%S+" do given[#given + 1] = text end
  if #given ~= 5 or schedule:find "\n" then
    refuse(schedule, "it has " .. #given .. " fields, not 5")
  end
  for index, field in ipairs(fields) do
    for part in (given[index] .. ","):gmatch "([^,]*)," do
      if not is_part(part, field) then
        refuse(schedule, "\"" .. given[index] .. "\" is no " .. field[1] .. " ("
          .. field[2] .. " to " .. field[3] .. ")")
      end
    end
  end
end

return cron
