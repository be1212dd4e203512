-- SPDX-License-Identifier: MIT
--
-- Whole numbers of any size. One below 10^18 is a plain Lua integer, with which all is
-- fast; a larger one is a list of limbs of seven digits, lowest first, with `negative`.
-- Every function takes and gives both.

local integer = {}

local BASE, DIGITS = 10000000, 7
local LIMIT = 10 ^ 18 // 1 | 0

local function is_small(value) return math.type(value) == "integer" end

-- Plain integers at most of the size that a sum of two small ones has.
local function limbs_of(value)
  if not is_small(value) then return value end
  local limbs, rest = { negative = value < 0 }, math.abs(value)
  while rest > 0 do
    limbs[#limbs + 1] = rest % BASE
    rest = rest // BASE
  end
  return limbs
end

local function narrow(limbs)
  while #limbs > 0 and limbs[#limbs] == 0 do limbs[#limbs] = nil end
  if #limbs > 3 or #limbs == 3 and limbs[3] >= LIMIT // (BASE * BASE) then
    return limbs
  end
  local value = 0
  for i = #limbs, 1, -1 do value = value * BASE + limbs[i] end
  return limbs.negative and -value or value
end

local function compare_limbs(left, right)
  if #left ~= #right then return #left < #right and -1 or 1 end
  for i = #left, 1, -1 do
    if left[i] ~= right[i] then return left[i] < right[i] and -1 or 1 end
  end
  return 0
end

local function add_limbs(left, right)
  local sum, carry = {}, 0
  for i = 1, math.max(#left, #right) do
    carry = carry + (left[i] or 0) + (right[i] or 0)
    sum[i] = carry % BASE
    carry = carry // BASE
  end
  if carry > 0 then sum[#sum + 1] = carry end
  return sum
end

-- Left is not the smaller one.
local function subtract_limbs(left, right)
  local rest, borrow = {}, 0
  for i = 1, #left do
    local limb = left[i] - (right[i] or 0) - borrow
    borrow = limb < 0 and 1 or 0
    rest[i] = limb + borrow * BASE
  end
  while #rest > 0 and rest[#rest] == 0 do rest[#rest] = nil end
  return rest
end

local function signed(limbs, negative)
  limbs.negative = negative
  return narrow(limbs)
end

local function add_wide(left, right)
  if left.negative == right.negative then
    return signed(add_limbs(left, right), left.negative)
  end
  if compare_limbs(left, right) < 0 then left, right = right, left end
  return signed(subtract_limbs(left, right), left.negative)
end

function integer.add(left, right)
  if is_small(left) and is_small(right) then
    local sum = left + right
    if sum < LIMIT and sum > -LIMIT then return sum end
  end
  return add_wide(limbs_of(left), limbs_of(right))
end

function integer.negate(value)
  if is_small(value) then return -value end
  return signed(add_limbs(value, {}), not value.negative)
end

local function multiply_limbs(left, right)
  local product = {}
  for i = 1, #left + #right do product[i] = 0 end
  for i = 1, #left do
    local carry = 0
    for j = 1, #right do
      carry = carry + product[i + j - 1] + left[i] * right[j]
      product[i + j - 1] = carry % BASE
      carry = carry // BASE
    end
    product[i + #right] = carry
  end
  return product
end

function integer.multiply(left, right)
  if left == 0 or right == 0 then return 0 end
  if is_small(left) and is_small(right)
    and math.abs(left) <= (LIMIT - 1) // math.abs(right) then
    return left * right
  end
  left, right = limbs_of(left), limbs_of(right)
  return signed(multiply_limbs(left, right), left.negative ~= right.negative)
end

-- What the limbs are about, in units of the limb at `place`.
local function about(limbs, place)
  local value = 0.0
  for i = #limbs, math.max(1, #limbs - 3), -1 do
    value = value + limbs[i] * (BASE + 0.0) ^ (i - place)
  end
  return value
end

-- The digit is guessed by the leading limbs, and is wrong by one at most.
local function next_digit(rest, divisor)
  local digit = math.floor(about(rest, #divisor) / about(divisor, #divisor))
  local taken = narrow(multiply_limbs(divisor, limbs_of(digit)))
  local left = integer.add(narrow(rest), integer.negate(taken))
  local whole = narrow(add_limbs(divisor, {}))
  while integer.compare(left, 0) < 0 do
    digit, left = digit - 1, integer.add(left, whole)
  end
  while integer.compare(left, whole) >= 0 do
    digit, left = digit + 1, integer.add(left, integer.negate(whole))
  end
  return digit, left
end

-- The quotient towards zero and what is left, with the sign of `value`.
function integer.divide(value, divisor)
  if is_small(value) and is_small(divisor) then
    local quotient = math.abs(value) // math.abs(divisor)
    if (value < 0) ~= (divisor < 0) then quotient = -quotient end
    return quotient, value - quotient * divisor
  end
  local from, by = limbs_of(value), limbs_of(divisor)
  local quotient, rest = {}, 0
  for i = #from, 1, -1 do
    rest = integer.add(integer.multiply(rest, BASE), from[i])
    local digit, left = next_digit(limbs_of(rest), by)
    quotient[i], rest = digit, left
  end
  return signed(quotient, from.negative ~= by.negative),
    from.negative and integer.negate(rest) or rest
end

-- -1, 0 or 1
function integer.compare(left, right)
  if is_small(left) and is_small(right) then
    return left < right and -1 or left > right and 1 or 0
  end
  local difference = integer.add(left, integer.negate(right))
  if is_small(difference) then
    return difference < 0 and -1 or difference > 0 and 1 or 0
  end
  return difference.negative and -1 or 1
end

-- Digits with an optional sign; what else there is, is the caller's to refuse.
function integer.parse(text)
  local sign, digits = text:match("^(%-?)(%d+)$")
  if #digits < 18 then return math.tointeger(tonumber(text)) end
  local limbs = {}
  for last = #digits, 1, -DIGITS do
    limbs[#limbs + 1] = tonumber(digits:sub(math.max(1, last - DIGITS + 1), last))
  end
  return signed(limbs, sign == "-")
end

function integer.text(value)
  if is_small(value) then return ("%d"):format(value) end
  local parts = { value.negative and "-" or "", ("%d"):format(value[#value]) }
  for i = #value - 1, 1, -1 do parts[#parts + 1] = ("%07d"):format(value[i]) end
  return table.concat(parts)
end

return integer
