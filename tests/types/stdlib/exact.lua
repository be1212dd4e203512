-- SPDX-License-Identifier: MIT
-- Fractions and whole numbers of any size.

local function round(value, decimals) return require("exact").round(value, decimals) end

local big, huge = "123456789012345678901234567890", ("9"):rep(58)

-- { decimals, rounded, from }
local rounded = {
  { 2, "0.12", "0.125" }, { 2, "0.14", "0.135" }, { 2, "0.13", "0.1250000001" },
  { 2, "-0.12", "-0.125" }, { 2, "-0.14", "-0.135" }, { 0, "2", "2.5" },
  { 0, "4", "3.5" }, { 0, "0", "0.5" }, { 3, "0.001", "0.00059" }, { 2, "0.00", "0" },
  { 2, "1000000000000000000.00", "999999999999999999.995" },
  { 2, "33.33", 33.33 }, { 4, "8.8750", 8.875 }, { 2, big .. ".25", big .. ".25" },
  { 0, huge, huge },
}

-- The quotient towards zero, and what is left.
local divided = {
  { "7", "2", "3", "1" }, { "-7", "2", "-3", "-1" }, { "7", "-2", "-3", "1" },
  { big, "7", "17636684144620811271604938270", "0" },
  { big, "10000000", "12345678901234567890123", "4567890" },
  { "-" .. big, "1000000000000000003", "-123456789012", "-345678530864200854" },
  { "1000000000000000000000", "999999999999999999999", "1", "1" },
  { "99999999999999", big, "0", "99999999999999" },
}

return {
  { what = "rounded half to even, once", run = function(_, steps)
    local exact = require "exact"
    for _, case in ipairs(rounded) do
      steps.same(tostring(case[3]), case[2], exact.round(exact.of(case[3]), case[1]))
    end
  end },
  { what = "thirds, sevenths and nineteenths come back whole", run = function(_, steps)
    local exact = require "exact"
    local sum = exact.of(0)
    for i = 1, 60 do sum = sum + exact.of(1) / i end
    for i = 60, 1, -1 do sum = sum - exact.of(1) / i end
    steps.same("all", 0, exact.sign(sum))
    steps.same("a tax", "100.00", round(exact.of "119.00" / exact.of "1.19", 2))
    steps.same("wide", "1.000", round(exact.of(huge) * 7 / huge / 7, 3))
  end },
  { what = "compared", run = function()
    local exact = require "exact"
    assert(exact.of "0.1" < exact.of "0.11" and exact.of "-1" < exact.of(0))
    assert(exact.of(big) > exact.of(1) and exact.of "2.50" == exact.of "2.5")
    local third, same = exact.of(1) / 3, exact.of(2) / 6
    assert(third <= same and third >= same and third == same)
  end },
  { what = "whole numbers are divided", run = function(_, steps)
    local integer = require "exact_integer"
    for _, case in ipairs(divided) do
      local quotient, rest = integer.divide(integer.parse(case[1]),
        integer.parse(case[2]))
      steps.same(case[1] .. "/" .. case[2], case[3], integer.text(quotient))
      steps.same("rest", case[4], integer.text(rest))
    end
  end },
  { what = "what is no amount", run = function()
    local exact = require "exact"
    local texts = { "", "a", "1e5", "1,5", ".5", "--1", "1.2.3", ("1"):rep(61) }
    for _, text in ipairs(texts) do
      local ok, problem = pcall(exact.of, text)
      assert(not ok and problem.what:find "is no amount", text)
    end
    local ok, problem = pcall(function() return exact.of(1) / 0 end)
    assert(not ok and problem.what:find "divided by zero")
  end },
}
