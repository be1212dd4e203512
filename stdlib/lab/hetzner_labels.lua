-- SPDX-License-Identifier: MIT
--
-- Labels as the API takes them: the form of keys and values, and the selector grammar
-- (k==v, k=v, k!=v, k, !k, k in (a,b), k notin (a,b); a comma means AND).

local refuse = require "lab.stand_in_refuse"

local labels = {}

local function is_name(text)
  return #text >= 1 and #text <= 63 and text:find("^[%w._-]+$") ~= nil
    and text:find("^%w") ~= nil and text:find("%w$") ~= nil
end

local function is_domain(text)
  if #text > 253 then return false end
  for part in (text .. "."):gmatch("([^.]*)%.") do
    if not part:find("^[a-z0-9][a-z0-9-]*$") or part:find("%-$") then return false end
  end
  return true
end

local function is_key(key)
  local prefix, name = key:match("^([^/]*)/([^/]*)$")
  if not prefix then return is_name(key) end
  return prefix ~= "hetzner.cloud" and is_domain(prefix) and is_name(name)
end

local function is_value(value)
  return type(value) == "string" and (value == "" or is_name(value))
end

-- Adds what is wrong with a body's labels to `problems`.
function labels.check(given, problems)
  if given == nil then return end
  if type(given) ~= "table" then return problems:add("labels", "must be a map") end
  for key, value in pairs(given) do
    if type(key) ~= "string" or not is_key(key) then
      problems:add("labels", "key '" .. tostring(key) .. "' is not valid")
    elseif not is_value(value) then
      problems:add("labels", "value of '" .. key .. "' is not valid")
    end
  end
end

local function set_of(list)
  local set = {}
  for value in (list .. ","):gmatch("%s*([^,]-)%s*,") do set[value] = true end
  return set
end

local grammar = {
  { "^([^%s!=,()]+)%s+in%s*%(([^()]*)%)$",
    function(key, list)
      local set = set_of(list)
      return function(l) return l[key] ~= nil and set[l[key]] == true end
    end },
  { "^([^%s!=,()]+)%s+notin%s*%(([^()]*)%)$",
    function(key, list)
      local set = set_of(list)
      return function(l) return l[key] == nil or not set[l[key]] end
    end },
  { "^([^%s!=,()]+)%s*!=%s*([^%s!=,()]*)$",
    function(key, value) return function(l) return l[key] ~= value end end },
  { "^([^%s!=,()]+)%s*==?%s*([^%s!=,()]*)$",
    function(key, value) return function(l) return l[key] == value end end },
  { "^!%s*([^%s!=,()]+)$",
    function(key) return function(l) return l[key] == nil end end },
  { "^([^%s!=,()]+)$",
    function(key) return function(l) return l[key] ~= nil end end },
}

local function clause(text)
  for _, rule in ipairs(grammar) do
    local key, value = text:match(rule[1])
    if key then return rule[2](key, value) end
  end
  return refuse.invalid("label_selector", "'" .. text .. "' is no selector")
end

-- Commas inside parentheses do not part clauses.
local function split(selector)
  local parts, depth, from = {}, 0, 1
  for at = 1, #selector do
    local char = selector:sub(at, at)
    if char == "(" then depth = depth + 1 end
    if char == ")" then depth = depth - 1 end
    if char == "," and depth == 0 then
      parts[#parts + 1] = selector:sub(from, at - 1)
      from = at + 1
    end
  end
  parts[#parts + 1] = selector:sub(from)
  return parts
end

-- A function that tells whether labels match.
function labels.selector(text)
  local clauses = {}
  for i, part in ipairs(split(text)) do
    clauses[i] = clause(part:match("^%s*(.-)%s*$"))
  end
  return function(given)
    for _, matches in ipairs(clauses) do
      if not matches(given) then return false end
    end
    return true
  end
end

return labels
