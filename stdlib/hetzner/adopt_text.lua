-- SPDX-License-Identifier: MIT
--
-- Lua text of declarations, for `pipster adopt`. All pure.

local kind_of = type
local text = {}

local CODE = {} -- the key under which a value of code keeps it
local reserved = {}
for word in ("and break do else elseif end false for function goto if in local nil not "
  .. "or repeat return then true until while"):gmatch("%a+") do
  reserved[word] = true
end

-- A value that is written as the code it stands for.
function text.code(code) return { [CODE] = code } end

local escapes = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\0"] = "\\0",
  ['"'] = '\\"', ["\\"] = "\\\\" }

function text.string(value)
  return '"' .. value:gsub('[%c"\\]', function(byte)
    return escapes[byte] or ("\\x%02x"):format(byte:byte())
  end) .. '"'
end

local function key(name)
  if name:find("^[%a_][%w_]*$") and not reserved[name] then return name end
  return "[" .. text.string(name) .. "]"
end

local function sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- One line, however long.
function text.value(value)
  if kind_of(value) == "string" then return text.string(value) end
  if kind_of(value) ~= "table" then return tostring(value) end
  if value[CODE] then return value[CODE] end
  local parts = {}
  for _, item in ipairs(value) do parts[#parts + 1] = text.value(item) end
  if #value == 0 then
    for _, name in ipairs(sorted(value)) do
      parts[#parts + 1] = key(name) .. " = " .. text.value(value[name])
    end
  end
  return #parts > 0 and "{ " .. table.concat(parts, ", ") .. " }" or "{}"
end

local function same(left, right)
  return text.value(left) == text.value(right)
end

-- "    name = value," lines of what is declared and is not the default.
function text.attributes(kind, found)
  local lines = {}
  for _, name in ipairs(sorted(kind.attributes)) do
    local attribute, value = kind.attributes[name], found[name]
    local plain = value ~= nil and not attribute.computed
    if plain and not (attribute.default ~= nil and same(value, attribute.default)) then
      lines[#lines + 1] = "  " .. name .. " = " .. text.value(value) .. ","
    end
  end
  return table.concat(lines, "\n")
end

-- A name as resources have it, that is not in `taken` yet (and is then).
function text.name(raw, taken)
  local name = raw:lower():gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  name = name:sub(1, 56):gsub("%-+$", "")
  if name == "" then name = "unnamed" end
  local tried, count = name, 1
  while taken[tried] do
    count = count + 1
    tried = name .. "-" .. count
  end
  taken[tried] = true
  return tried
end

-- A comment of any text.
function text.comment(line)
  return "-- " .. line:gsub("%c", " ")
end

return text
