-- SPDX-License-Identifier: MIT
--
-- Reads what tests/revenue/random_sets wrote and tells whether revenue/mrr comes to the
-- same figures, all of them in euro.
-- Usage: tests/revenue/random_sets 1000 SEED | lua5.4 tests/revenue/compare.lua

package.path = "stdlib/?.lua;./?.lua"
package.loaded.fault = function(what) error(what, 0) end

local json = require "tests.types.harness.json"
local mrr = require "revenue.mrr"

local agreed, failed, sum = 0, 0, 0

local function compare(line)
  local set, expected = line:match("^(.*)\t(.*)$")
  local given, wanted = json.decode(set), json.decode(expected)
  given.prices, given.coupons, given.currency = {}, {}, "EUR"
  local reading = mrr.reading(given)
  local same = true
  for name, figure in pairs(wanted) do
    if reading[name] ~= figure then
      print(("%s: %s, expected %s\n%s"):format(name, reading[name], figure, set))
      same = false
    end
  end
  sum = sum + tonumber(wanted.gross)
  return same
end

for line in io.lines() do
  if compare(line) then agreed = agreed + 1 else failed = failed + 1 end
end
print(("%d passed, %d failed"):format(agreed, failed))
os.exit(failed == 0 and agreed > 0 and sum > 0)
