-- SPDX-License-Identifier: MIT
local read = {
  { "640", nil, "640" }, { "640.00", nil, "640.00" }, { "1,234.50", nil, "1234.50" },
  { "1,234,567", nil, "1234567" }, { "$640", nil, "640", "USD" },
  { "640 $", nil, "640", "USD" }, { "€ 12.5", nil, "12.5", "EUR" },
  { "640.00 USD", nil, "640.00", "USD" }, { "CHF 7", nil, "7", "CHF" },
  { "1.234,50", ",", "1234.50" }, { "640,5 €", ",", "640.5", "EUR" }, { "0", nil, "0" },
}
local refused = {
  { "" }, { "cheap" }, { "-5" }, { "640,50" }, { "1,23,456" }, { "1.234,50" },
  { "1.2.3" }, { "5." }, { ".5" }, { "640 bucks" }, { "1e3" }, { "640.50", "," },
}
local numbers = {
  { "640.10", "640.10" }, { 640, "640" }, { 640.5, "640.5" }, { 0.1, "0.1" }, { 0, "0" },
  { -1 }, { 1e15 }, { "12a" }, { true }, { 1 / 3 },
}
local minor = {
  { "64000", "USD", "640.00" }, { "5", "EUR", "0.05" }, { "0", "USD", "0.00" },
  { "64000", "JPY", "64000" }, { "64000", "KWD", "64.000" },
  { "64000.5", "USD", "640.005" },
}

return {
  { what = "as people write them", run = function(_, steps)
    local amount = require "revenue.amount"
    for _, case in ipairs(read) do
      local digits, currency = amount.read(case[1], case[2])
      steps.same(case[1], { case[3], case[4] }, { digits, currency })
    end
  end },
  { what = "what is none", run = function()
    local amount = require "revenue.amount"
    for _, case in ipairs(refused) do
      local digits = amount.read(case[1], case[2])
      assert(digits == nil, ("%q was read as %s"):format(case[1], digits))
    end
  end },
  { what = "numbers of JSON are exact, or refused", run = function()
    local amount = require "revenue.amount"
    for _, case in ipairs(numbers) do
      assert(amount.number(case[1]) == case[2], tostring(case[1]))
    end
  end },
  { what = "the smallest units of a currency", run = function()
    local amount = require "revenue.amount"
    for _, case in ipairs(minor) do
      local found = amount.of_minor(case[1], case[2])
      assert(found == case[3], ("%s %s: %s"):format(case[1], case[2], found))
    end
  end },
}
