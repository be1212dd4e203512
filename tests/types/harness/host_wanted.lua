-- SPDX-License-Identifier: MIT
--
-- What the engine does around a type, as far as its tests need it: the shorthand,
-- defaults, and the comparison of wanted and found by the schema.
local wanted = {}

local function copy(value)
  if type(value) ~= "table" or getmetatable(value) then return value end
  local made = {}
  for key, item in pairs(value) do made[key] = copy(item) end
  return made
end

-- The attributes as a type's functions see them.
function wanted.declare(kind, declared, name)
  local made = copy(declared)
  if kind.shorthand then made = kind.shorthand(made, name) end
  for key in pairs(made) do
    assert(kind.attributes[key], kind.name .. " has no attribute " .. tostring(key))
  end
  for key, attribute in pairs(kind.attributes) do
    assert(not (attribute.required and made[key] == nil), kind.name .. " needs " .. key)
    if made[key] == nil
      and attribute.default ~= nil then made[key] = copy(attribute.default) end
  end
  return made
end

local function is_empty(value)
  return value == nil or type(value) == "table" and not getmetatable(value)
    and next(value) == nil
end

local function same(left, right)
  if is_empty(left) and is_empty(right) then return true end
  if type(left) ~= "table" or type(right) ~= "table"
    or getmetatable(left) then return left == right end
  for key, value in pairs(left) do
    if not same(value, right[key]) then return false end
  end
  for key in pairs(right) do
    if left[key] == nil then return false end
  end
  return true
end

local function sorted(list)
  local items = {}
  for index, item in ipairs(list or {}) do items[index] = item end
  table.sort(items)
  return items
end

-- Names of the attributes that differ, sorted.
function wanted.differences(kind, want, found)
  local names = {}
  for name, attribute in pairs(kind.attributes) do
    local compared = not attribute["local"] and not attribute.computed
      and want[name] ~= nil
    local left, right = want[name], found[name]
    if compared and attribute.kind == "set" then left, right = sorted(left),
      sorted(right) end
    if compared and not same(left, right) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return wanted
