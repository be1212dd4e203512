-- SPDX-License-Identifier: MIT
--
-- What a strict API says to a body: fields it does not know, of another kind, or missing.
--
-- spec: name → { kind, required, one_of, min, max, null }; kind is one of string integer
-- number boolean list map.

local json = require "json"

local fields = {}

local function kind_of(value)
  if math.type(value) == "integer" then return "integer" end
  if type(value) ~= "table" then return type(value) end
  return (#value > 0 or getmetatable(value) ~= nil) and "list" or "map"
end

local fits = {
  number = { integer = true, number = true },
  integer = { integer = true },
  list = { list = true, map = true },
}

local function is_of(kind, value)
  local found = kind_of(value)
  if found == kind then return true end
  if not fits[kind] or not fits[kind][found] then return false end
  return kind ~= "list" or found == "list" or next(value) == nil
end

local function is_among(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function problem_of(rule, value)
  if value == json.null then return not rule.null and "must not be null" or nil end
  if not is_of(rule.kind, value) then return "must be a " .. rule.kind end
  if rule.one_of and not is_among(rule.one_of, value) then
    return "must be one of " .. table.concat(rule.one_of, ", ")
  end
  if rule.min and value < rule.min then
    return ("must not be less than %d"):format(rule.min)
  end
  if rule.max and (type(value) == "string" and #value or value) > rule.max then
    return ("must not be more than %d"):format(rule.max)
  end
  return nil
end

-- A sorted list of { field, message }; partial: nothing is missing (a PATCH).
function fields.problems(body, spec, partial)
  local found = {}
  for name, value in pairs(body) do
    local why = not spec[name] and "should not exist" or problem_of(spec[name], value)
    if why then found[#found + 1] = { field = name, message = why } end
  end
  for name, rule in pairs(spec) do
    if rule.required and body[name] == nil and not partial then
      found[#found + 1] = { field = name, message = "is missing" }
    end
  end
  table.sort(found, function(a, b) return a.field < b.field end)
  return found
end

-- A copy of the fields that a spec knows, without nulls.
function fields.taken(body, spec)
  local taken = {}
  for name in pairs(spec) do
    if body[name] ~= json.null then taken[name] = body[name] end
  end
  return taken
end

return fields
