-- SPDX-License-Identifier: MIT
--
-- What came as JSON without its nulls: a field that is null is as good as none.
local json = require "json"

local function prune(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    if item ~= json.null then copy[key] = prune(item) end
  end
  return copy
end

return prune
