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
  { what = "by the list of services, with its day", run = function(w, steps)
    local item = w:kind "cost.item"
    steps.same("one", { { "better-stack, price of 2026-09-29", "29.00", "USD" } },
      item.price { entry = "better-stack", quantity = 1 })
    steps.same("what is paid goes first", { { "x", "25.0000000000", "USD" } },
      item.price { entry = "better-stack", price = "$25", what = "x" })
    steps.same("not in it", { { "mail", nil, nil } },
      item.price { entry = "no-such", what = "mail" })
    local ok, problem = pcall(item.price, { what = "x" })
    assert(not ok and problem.next:find('entry = "domain"', 1, true))
  end },
  { what = "by a chosen book", settings = { prices_at = "roadmap" },
    run = function(w, steps)
      local item = w:kind "cost.item"
      steps.same("the book's", { { "better-stack", "10.00", "USD" } },
        item.price { entry = "better-stack", price = "$25", what = "better-stack" })
      steps.same("no entry of a book", { { "x", "25.0000000000", "USD" } },
        item.price { price = "$25", what = "x" })
    end },
  { what = "by the piece", settings = { prices_at = "hetzner" },
    run = function(w, steps)
      steps.same("50 GB", { { "50 × volume-gb", "2.8600000000", "EUR" } },
        w:kind("cost.item").price { entry = "volume-gb", quantity = 50 })
    end },
}
