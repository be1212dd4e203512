-- SPDX-License-Identifier: MIT
--
-- The little XML that S3 speaks: elements with text or elements in them, no attributes
-- but the name space.
local refuse = require "lab.s3_refuse"

local xml = {}

local names = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["\r"] = "&#13;" }
local space = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

local function escaped(text) return (tostring(text):gsub('[&<>"\r]', names)) end

-- One element: { "Name", text } or { "Name", element, … }.
local function add(out, element)
  out[#out + 1] = "<" .. element[1] .. ">"
  for index = 2, #element do
    local part = element[index]
    if type(part) == "table" then add(out, part) else out[#out + 1] = escaped(part) end
  end
  out[#out + 1] = "</" .. element[1] .. ">"
end

function xml.text(element)
  local out = {}
  add(out, element)
  local root = element[1] == "Error" and "" or space
  out[1] = '<?xml version="1.0" encoding="UTF-8"?>\n<' .. element[1] .. root .. ">"
  return table.concat(out)
end

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }

local function plain(text)
  return (text:gsub("&(#?)(x?)(%w+);", function(number, base, word)
    if number == "" then return entities[base .. word] end
    local code = tonumber(word, base == "x" and 16 or 10)
    return code and code <= 0x10ffff and utf8.char(code) or refuse.with "MalformedXML"
  end))
end

local read_element

-- What stands between a start and its end; `at` is behind the start.
local function read_inside(text, at, name, depth)
  local element, from = { name }, at
  if depth > 8 then refuse.with "MalformedXML" end
  while true do
    local open = text:find("<", at, true) or refuse.with "MalformedXML"
    local closing = text:match("^</([%w:]+)%s*>()", open)
    if closing then
      if closing ~= name then refuse.with "MalformedXML" end
      if #element == 1 then element[2] = plain(text:sub(from, open - 1)) end
      return element, select(2, text:match("^</([%w:]+)%s*>()", open))
    end
    if text:sub(at, open - 1):find("%S") then refuse.with "MalformedXML" end
    element[#element + 1], at = read_element(text, open, depth + 1)
  end
end

function read_element(text, at, depth)
  local name, empty, behind = text:match("^<([%w:]+)[^<>/]*(/?)>()", at)
  if not name then
    name, empty, behind = text:match('^<([%w:]+)%s+xmlns="[^"<>]*"%s*(/?)>()', at)
  end
  if not name then refuse.with "MalformedXML" end
  if empty == "/" then return { name, "" }, behind end
  return read_inside(text, behind, name, depth)
end

-- The root element, which must be called so.
function xml.read(text, name)
  local at = text:match("^%s*<%?xml[^<>]*%?>%s*()") or text:match("^%s*()")
  local root, behind = read_element(text, at, 1)
  if root[1] ~= name or text:find("%S", behind) then refuse.with "MalformedXML" end
  return root
end

-- Its elements of that name, and the text of the first.
function xml.all(element, name)
  local found = {}
  for index = 2, #element do
    local part = element[index]
    if type(part) == "table" and part[1] == name then found[#found + 1] = part end
  end
  return found
end

function xml.first(element, name)
  local found = xml.all(element, name)[1]
  return found and type(found[2]) == "string" and found[2] or nil
end

return xml
