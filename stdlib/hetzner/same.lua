-- SPDX-License-Identifier: MIT
--
-- Wanted and found say the same thing in different words (an id and a name, a set in
-- another order). Where they do, found answers in the words of what is wanted. All pure.

local unknown = require "unknown"

local same = {}

-- 12, "12", "deploy" or the attributes of a resource → 12 or "deploy".
function same.id(value)
  if type(value) == "table" then return value.id end
  return math.tointeger(tonumber(value)) or value
end

function same.ids(list)
  local ids = {}
  for i, value in ipairs(list or {}) do ids[i] = same.id(value) end
  return ids
end

local function is_open(list)
  for _, value in ipairs(list) do
    if unknown.is(value) then return true end
  end
  return false
end

local function as_set(list, normal)
  local set, count = {}, 0
  for _, value in ipairs(list) do
    local key = normal(value)
    if not set[key] then count = count + 1 end
    set[key] = true
  end
  return set, count
end

-- Do two lists hold the same, whatever the order?
function same.sets(left, right, normal)
  if unknown.is(left) or unknown.is(right) or is_open(left) or is_open(right) then
    return false
  end
  local a, count = as_set(left, normal)
  local b, other = as_set(right, normal)
  if count ~= other then return false end
  for key in pairs(a) do
    if not b[key] then return false end
  end
  return true
end

-- found, or wanted when both are the same set.
function same.echo_set(wanted, found, normal)
  if type(wanted) == "table" and same.sets(wanted, found, normal) then return wanted end
  return found
end

-- The same for single values.
function same.echo(wanted, found, normal)
  if wanted ~= nil and not unknown.is(wanted) and found ~= nil
    and normal(wanted) == normal(found) then
    return wanted
  end
  return found
end

-- What is in `left` and not in `right`.
function same.minus(left, right)
  local set, rest = as_set(right, tostring), {}
  for _, value in ipairs(left) do
    if not set[tostring(value)] then rest[#rest + 1] = value end
  end
  return rest
end

function same.has(list, value)
  for _, item in ipairs(list or {}) do
    if item == value then return true end
  end
  return false
end

return same
