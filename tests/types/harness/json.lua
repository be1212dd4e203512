-- SPDX-License-Identifier: MIT
--
-- JSON for the harness, with the marks that the runtime's module has: null and list.

local json = { null = setmetatable({}, { __tostring = function() return "null" end }) }

local list_mark = {}

function json.list(items) return setmetatable(items, list_mark) end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t" }

local function text(value)
  return '"' .. value:gsub('[%c"\\]', function(char)
    return escapes[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

local encode

local function is_list(value)
  return getmetatable(value) == list_mark or #value > 0
end

local function compound(value)
  local parts = {}
  if is_list(value) then
    for i, item in ipairs(value) do parts[i] = encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do
    parts[#parts + 1] = text(tostring(key)) .. ":" .. encode(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

function encode(value)
  if value == json.null then return "null" end
  local kind = type(value)
  if kind == "table" and json.reveal and json.reveal(value) then
    return text(json.reveal(value))
  end
  if kind == "table" then return compound(value) end
  if kind == "string" then return text(value) end
  if kind == "number" or kind == "boolean" then return tostring(value) end
  error("no JSON for a " .. kind)
end
json.encode = encode

local value_at

local function skip(source, at) return source:find("%S", at) or #source + 1 end

local named = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f" }

local function string_at(source, at)
  local out, from = {}, at + 1
  while true do
    local stop = source:find('["\\]', from) or error("unfinished text")
    out[#out + 1] = source:sub(from, stop - 1)
    if source:sub(stop, stop) == '"' then return table.concat(out), stop + 1 end
    local char = source:sub(stop + 1, stop + 1)
    if char == "u" then
      out[#out + 1] = utf8.char(tonumber(source:sub(stop + 2, stop + 5), 16))
      from = stop + 6
    else
      out[#out + 1] = named[char] or char
      from = stop + 2
    end
  end
end

local function members(source, at, close, read)
  at = skip(source, at + 1)
  if source:sub(at, at) == close then return at + 1 end
  while true do
    at = skip(source, read(at))
    local char = source:sub(at, at)
    if char == close then return at + 1 end
    if char ~= "," then error("JSON: , or " .. close .. " expected") end
    at = skip(source, at + 1)
  end
end

local function object_at(source, at)
  local object = {}
  local stop = members(source, at, "}", function(from)
    local key, colon = string_at(source, from)
    colon = skip(source, colon)
    if source:sub(colon, colon) ~= ":" then error("JSON: : expected") end
    local value, after = value_at(source, skip(source, colon + 1))
    object[key] = value
    return after
  end)
  return object, stop
end

local function list_at(source, at)
  local list = json.list {}
  local stop = members(source, at, "]", function(from)
    local value, after = value_at(source, from)
    list[#list + 1] = value
    return after
  end)
  return list, stop
end

local words = { ["true"] = true, ["false"] = false, null = json.null }

function value_at(source, at)
  local char = source:sub(at, at)
  if char == "{" then return object_at(source, at) end
  if char == "[" then return list_at(source, at) end
  if char == '"' then return string_at(source, at) end
  local word = source:match("^%l+", at)
  if word and words[word] ~= nil then return words[word], at + #word end
  local number = source:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if not number then error("JSON: a value expected at " .. at) end
  return math.tointeger(tonumber(number)) or tonumber(number), at + #number
end

function json.decode(source)
  local value, at = value_at(source, skip(source, 1))
  if skip(source, at) <= #source then error("JSON: more than one value") end
  return value
end

return json
