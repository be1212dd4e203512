-- SPDX-License-Identifier: MIT
local cases = {
  { "$12/year", "1.0000000000", "USD" }, { "12 USD/year", "1.0000000000", "USD" },
  { "4.99 €/month", "4.9900000000", "EUR" }, { "€4.99", "4.9900000000", "EUR" },
  { "EUR 10/year", "0.8333333333", "EUR" }, { "£9/quarter", "3.0000000000", "GBP" },
  { " 2 EUR / month ", "2.0000000000", "EUR" }, { "7 CHF", "7.0000000000", "CHF" },
}

return {
  { what = "prices as people write them", run = function(w, steps)
    local item = w:kind "cost.item"
    for _, case in ipairs(cases) do
      steps.same(case[1], { { "x", case[2], case[3] } },
        item.price { price = case[1], what = "x" })
    end
  end },
  { what = "no price", run = function(w)
    local ok, problem = pcall(w:kind("cost.item").price, { price = "cheap" })
    assert(not ok and problem.next:find("12/year", 1, true))
  end },
}
