-- SPDX-License-Identifier: MIT
--
-- Things on a host are known by what is said of them (a path, a login). One that is to
-- have another path is still the one at the old path, as long as that is there: it is
-- asked for under what is recorded too, or it would be left behind.
local unknown = require "unknown"

local identity = {}

local function is_another(kind, recorded, want)
  for name, attribute in pairs(kind.attributes) do
    local before, after = recorded[name], want[name]
    local both = before ~= nil and after ~= nil and not unknown.is(after)
    if attribute.fixed and both and before ~= after then return true end
  end
  return false
end

-- Items as batch.observe has them. Answers them with those added that are asked for under
-- another name, and a function that gives the results of the first ones.
function identity.with_earlier(items)
  local all, earlier = table.move(items, 1, #items, 1, {}), {}
  for index, item in ipairs(items) do
    local both = item.want and item.recorded
    if both and is_another(item.type, item.recorded, item.want) then
      all[#all + 1] = {
        type = item.type, address = item.address, name = item.name, open = item.open,
        recorded = item.recorded,
      }
      earlier[index] = #all
    end
  end
  return all, function(results)
    local chosen = {}
    for index in ipairs(items) do
      chosen[index] = earlier[index] and results[earlier[index]] or results[index]
    end
    return chosen
  end
end

return identity
