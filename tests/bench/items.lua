-- As many things as asked for, in our own state only: what planning itself costs.
local cost = require "cost"
local before
for index = 1, input("count", { default = 1000 }) do
  before = cost.item("t" .. index) {
    price = index .. " EUR/month", after = input("chain", { default = false }) and before or nil,
  }
end
