-- SPDX-License-Identifier: MIT
local percent = {
  { "5.4900000000", "20.0000000000", "1.0980000000" },
  { "853.4900000000", "20.0000000000", "170.6980000000" },
  { "0", "20", "0.0000000000" }, { "99999999.9999999999", "20", "20000000.0000000000" },
}

return {
  { what = "percentages are exact", run = function(_, steps)
    for _, row in ipairs(percent) do
      steps.same(row[1], row[3], require("money").percent(row[1], row[2]))
    end
  end },
  { what = "sums, negatives, what is no amount", run = function(_, steps)
    local money = require "money"
    steps.same("sum", "-0.5000000000", money.add("1.5", "-2"))
    steps.same("zero", true, money.is_zero "0.00")
    assert(not pcall(money.add, "1,5", "2") and not pcall(money.add, "1e5", "2"))
  end },
}
