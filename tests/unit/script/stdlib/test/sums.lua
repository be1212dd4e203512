-- SPDX-License-Identifier: MIT
-- What the module money answers: calls { name, amount, … } become results or "refused".
local money = require "money"

local sums = {}

function sums.answer(calls)
  local results = {}
  for index, call in ipairs(calls) do
    local ok, result = pcall(money[call[1]], call[2], call[3], call[4])
    results[index] = ok and tostring(result) or "refused"
  end
  return results
end

return sums
