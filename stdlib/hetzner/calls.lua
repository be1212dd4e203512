-- SPDX-License-Identifier: MIT
--
-- The calls that a change will make, in their order. Pure.

local same = require "hetzner.same"

local calls = {}

-- list: { create, delete, rename (where the type can be called otherwise), fields =
-- attribute → the call that changes it }.
function calls.of(change, list)
  if change.action == "create" then return { list.create } end
  if change.action == "delete" then return { list.delete } end
  if change.action == "replace" then
    if change.create_first then return { list.rename, list.create, list.delete } end
    return { list.delete, list.create }
  end
  local made = {}
  for _, field in ipairs(change.fields or {}) do
    local call = list.fields[field]
    if call and not same.has(made, call) then made[#made + 1] = call end
  end
  return made
end

return calls
