-- SPDX-License-Identifier: MIT
--
-- Stands in for script/bind_money.c: exact arithmetic over decimal texts.

local fault = require "fault"

local money = {}

local DECIMALS = 10
local UNIT = 10 ^ DECIMALS // 1 | 0

-- "5.49" → 54900000000
local function units(text)
  local sign, whole, part = tostring(text):match("^(%-?)(%d+)%.?(%d*)$")
  if not whole or #whole > 8 then
    fault(("%q is no amount"):format(tostring(text)), { next = 'write it as "12.50"' })
  end
  part = (part .. ("0"):rep(DECIMALS)):sub(1, DECIMALS)
  local count = math.tointeger(whole) * UNIT + math.tointeger(part)
  return sign == "-" and -count or count
end

local function text(count)
  local sign = count < 0 and "-" or ""
  count = math.abs(count)
  return ("%s%d.%010d"):format(sign, count // UNIT, count % UNIT)
end

function money.add(left, right)
  return text(units(left) + units(right))
end

function money.scale(amount, numerator, denominator)
  local count = units(amount)
  local whole, rest = count // denominator, count % denominator
  return text(whole * numerator + (rest * numerator + denominator // 2) // denominator)
end

function money.percent(amount, percentage)
  local hundredths = units(percentage) // (UNIT // 100)
  return money.scale(amount, hundredths, 10000)
end

function money.is_zero(amount)
  return units(amount) == 0
end

return money
