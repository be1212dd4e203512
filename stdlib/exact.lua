-- SPDX-License-Identifier: MIT
--
-- Fractions that are never rounded until somebody asks for it: sums of money that was
-- divided by 12, by 7/365, by 1.19. + - * / and < work on them, and on whole numbers
-- beside one.
--
-- Fractions of small numbers are kept in lowest terms. Wide ones are not: that would cost
-- more than it saves, since sums go over to a common denominator and stay there.

local fault = require "fault"
local integer = require "exact_integer"

local exact = {}

local add, multiply, divide = integer.add, integer.multiply, integer.divide

local function common_divisor(left, right)
  while right ~= 0 do
    local _, rest = divide(left, right)
    left, right = right, rest
  end
  return left
end

-- Both are whole, the denominator above zero.
local function fraction(numerator, denominator)
  if math.type(numerator) == "integer" and math.type(denominator) == "integer" then
    local divisor = common_divisor(math.abs(numerator), denominator)
    numerator, denominator = numerator // divisor, denominator // divisor
  end
  return setmetatable({ numerator = numerator, denominator = denominator }, exact)
end

-- "12.3450" → 2469/200
local function parse(text)
  local sign, whole, part = text:match("^(%-?)(%d+)%.?(%d*)$")
  if not whole or #text > 60 then
    fault(("%q is no amount"):format(text:sub(1, 64)), { next = 'write it as "12.50"' })
  end
  part = part:gsub("0+$", "")
  return fraction(integer.parse(sign .. whole .. part),
    integer.parse("1" .. ("0"):rep(#part)))
end

-- From a whole number, a decimal text, or a number as JSON has it: 12.5.
function exact.of(value)
  if getmetatable(value) == exact then return value end
  if math.type(value) == "integer" then return fraction(value, 1) end
  return parse(type(value) == "number" and ("%.10f"):format(value) or tostring(value))
end

-- Over the larger denominator where it is a multiple of the other.
local function sum(left, right)
  local a, b = left.denominator, right.denominator
  if integer.compare(a, b) == 0 then
    return fraction(add(left.numerator, right.numerator), a)
  end
  if integer.compare(a, b) < 0 then
    return sum(right, left)
  end
  local divisor = common_divisor(a, b)
  local of_left, of_right = (divide(b, divisor)), (divide(a, divisor))
  return fraction(add(multiply(left.numerator, of_left),
    multiply(right.numerator, of_right)), multiply(a, of_left))
end

function exact.__add(left, right) return sum(exact.of(left), exact.of(right)) end

function exact.__unm(value)
  return fraction(integer.negate(value.numerator), value.denominator)
end

function exact.__sub(left, right) return exact.of(left) + -exact.of(right) end

function exact.__mul(left, right)
  left, right = exact.of(left), exact.of(right)
  return fraction(multiply(left.numerator, right.numerator),
    multiply(left.denominator, right.denominator))
end

function exact.__div(left, right)
  left, right = exact.of(left), exact.of(right)
  if right.numerator == 0 then fault "an amount was divided by zero" end
  local over, under = right.denominator, right.numerator
  if integer.compare(under, 0) < 0 then
    over, under = integer.negate(over), integer.negate(under)
  end
  return fraction(multiply(left.numerator, over), multiply(left.denominator, under))
end

-- -1, 0 or 1
function exact.sign(value) return integer.compare(value.numerator, 0) end

function exact.__lt(left, right) return exact.sign(left - right) < 0 end
function exact.__le(left, right) return exact.sign(left - right) <= 0 end
function exact.__eq(left, right) return exact.sign(left - right) == 0 end

-- The whole number that is next to it, half to even.
local function nearest(value)
  local quotient, rest = divide(value.numerator, value.denominator)
  local away = integer.compare(value.numerator, 0) < 0 and -1 or 1
  local half = integer.compare(multiply(multiply(rest, away), 2), value.denominator)
  local _, odd = divide(quotient, 2)
  if half > 0 or half == 0 and odd ~= 0 then quotient = add(quotient, away) end
  return quotient
end

-- Rounded to so many decimals, half to even: exact.round(exact.of "0.125", 2) → "0.12"
function exact.round(value, decimals)
  local scale = fraction(integer.parse("1" .. ("0"):rep(decimals)), 1)
  local text = integer.text(nearest(exact.of(value) * scale))
  local sign, digits = text:match("^(%-?)(%d+)$")
  if decimals == 0 then return text end
  digits = ("0"):rep(decimals + 1 - #digits) .. digits
  return sign .. digits:sub(1, -decimals - 1) .. "." .. digits:sub(-decimals)
end

-- "2469/200", for tests and messages.
function exact.__tostring(value)
  return integer.text(value.numerator) .. "/" .. integer.text(value.denominator)
end

return exact
