-- SPDX-License-Identifier: MIT
--
-- The text of a Compose project's .env.
local fault = require "fault"
local kind_of = type

local env = {}

local function is_plain(value)
  local kind = kind_of(value)
  return kind == "string" or kind == "number" or kind == "boolean"
end

function env.check(name, value)
  if kind_of(name) ~= "string" or not name:find("^[%a_][%w_]*$") then
    fault("\"" .. tostring(name) .. "\" cannot be the name of a variable", {
      next = "use letters, digits and _" })
  end
  if kind_of(value) == "string" and value:find("[\n\r']") then
    fault("the value of " .. name .. " cannot stand in .env", {
      why = "line breaks and single quotes mean something else to each version of"
        .. " Compose",
      next = "put it in a file and mount that" })
  end
end

-- NAME=value lines, sorted; a secret stays one. Single quotes where Compose would read
-- something into the value.
function env.text(variables)
  local names, text = {}, ""
  for name in pairs(variables) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = variables[name]
    if is_plain(value) then
      value = tostring(value)
      if value:find("[^%w@%%+=:,./_-]") then value = "'" .. value .. "'" end
    end
    text = text .. name .. "=" .. value .. "\n"
  end
  return text
end

return env
