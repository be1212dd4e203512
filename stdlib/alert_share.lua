-- SPDX-License-Identifier: MIT
--
-- Limits that are shares, "80%": above it something is wrong, and it is over only when
-- it is not more than below.
local fault = require "fault"
local kind_of = type

local share = {}

local HYSTERESIS = 5 -- points between the two, unless both are said

local function percent(text, key)
  local number = tonumber(tostring(text):match("^(%d+%.?%d*)%%?$"))
  if not number or number > 100 then
    fault(key .. " = \"" .. tostring(text) .. "\" is no share",
      { next = "for example \"80%\"" })
  end
  return number
end

-- Both as numbers.
function share.limits(want)
  local above = percent(want.above, "above")
  local below = want.below and percent(want.below, "below")
    or math.max(0, above - HYSTERESIS)
  if below > above then
    fault("below = \"" .. want.below .. "\" is more than above = \"" .. want.above
      .. "\"")
  end
  return above, below
end

-- 80 and "80" are "80%".
function share.check(declared)
  for _, key in ipairs { "above", "below" } do
    local given = declared[key]
    if given ~= nil and kind_of(given) ~= "userdata" then
      percent(given, key)
      declared[key] = tostring(given):gsub("%%?$", "%%", 1)
    end
  end
  if kind_of(declared.above) == "string" and kind_of(declared.below) == "string" then
    share.limits(declared)
  end
end

return share
