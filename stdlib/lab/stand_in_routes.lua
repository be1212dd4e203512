-- SPDX-License-Identifier: MIT
--
-- Paths to functions. A literal segment is preferred to a parameter.

local refuse = require "lab.stand_in_refuse"

local routes = {}

local function segments(path)
  local list = {}
  for segment in path:gmatch("[^/]+") do list[#list + 1] = segment end
  return list
end

local function is_parameter(segment)
  return segment:find("^{") ~= nil
end

local function add(table_by_length, route)
  local parts, parameters = segments(route[2]), 0
  for _, part in ipairs(parts) do
    if is_parameter(part) then parameters = parameters + 1 end
  end
  table_by_length[#parts] = table_by_length[#parts] or {}
  table.insert(table_by_length[#parts], {
    method = route[1], parts = parts, run = route[3], parameters = parameters,
  })
end

-- Lists of { METHOD, path, function } by their number of segments; those with fewer
-- parameters first.
function routes.of(lists)
  local table_by_length = {}
  for _, list in ipairs(lists) do
    for _, route in ipairs(list) do add(table_by_length, route) end
  end
  for _, list in pairs(table_by_length) do
    table.sort(list, function(a, b) return a.parameters < b.parameters end)
  end
  return table_by_length
end

local function match(route, parts)
  local values = {}
  for i, part in ipairs(route.parts) do
    if is_parameter(part) then
      values[#values + 1] = parts[i]
    elseif part ~= parts[i] then
      return nil
    end
  end
  return values
end

-- The function and its parameters; refuses with 404 or 405. `known` only asks for the
-- path.
function routes.find(loaded, method, path, known)
  local parts, fewest = segments(path), nil
  for _, route in ipairs(loaded[#parts] or {}) do
    local values = (not fewest or route.parameters == fewest) and match(route, parts)
    if values and (route.method == method or known) then return route.run, values end
    if values then fewest = route.parameters end
  end
  if fewest then refuse.with(405, "method_not_allowed", "method not allowed") end
  return refuse.no_route()
end

return routes
