-- SPDX-License-Identifier: MIT
-- Something that only costs, and counts how often it was asked what.
local attribute = require "attribute"
local type = require "type"

local asked = 0

return type {
  name = "test.priced",
  doc = "A price.",
  is_cost = true,
  attributes = {
    size = attribute.integer { doc = "how big" },
    open = attribute.bool { doc = "its price is not known" },
  },
  price = function(want)
    asked = asked + 1
    return { { "question " .. asked, not want.open and "1.50" or nil, "EUR" } }
  end,
}
