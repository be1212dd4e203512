-- SPDX-License-Identifier: MIT
--
-- For types that are one file made of their attributes: what was found is told in
-- attributes again, so that a plan speaks of them and not of lines of text. What no
-- attribute explains (an edit by hand, one that is not declared any more) shows as
-- as_written = false.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local shell = require "shell"
local unknown = require "unknown"

local rendered = {}

rendered.as_written = attribute.bool { default = true,
  doc = "the file is as it was written here, nobody edited it" }

local function is_known(want, keys)
  for _, key in ipairs(keys) do
    if unknown.is(want[key]) then return false end
  end
  return true
end

local function same(left, right)
  if type(left) ~= "table" or type(right) ~= "table" then return left == right end
  for index in ipairs(left) do
    if left[index] ~= right[index] then return false end
  end
  return #left == #right
end

local function differs(want, found, keys)
  for _, key in ipairs(keys) do
    if want[key] ~= nil and not same(want[key], found[key]) then return true end
  end
  return false
end

-- text: of the file. keys: names of the attributes it is made of; render(attributes)
-- gives the text, parse(text) attributes as far as they can be told.
function rendered.found(text, want, keys, render, parse)
  if not want then return {} end
  local known, found = is_known(want, keys), {}
  if known and render(want) == text then
    for _, key in ipairs(keys) do found[key] = want[key] end
    found.as_written = true
    return found
  end
  found = parse(text)
  found.as_written = known and differs(want, found, keys)
    or not known and render(found) == text
  return found
end

-- probe and read of a type that is the file path_of(name) and nothing else.
function rendered.probe(path_of)
  return each.probe(function(index, item)
    local path = path_of(item.name)
    return "[ ! -e " .. shell.quote(path) .. " ] || echo " .. index .. ":$("
      .. shell.base64_of(path) .. ")"
  end)
end

function rendered.read(keys, render, parse)
  return each.read("^(%d+):([%w+/=]*)$", function(item, content)
    return rendered.found(encode.base64_decode(content), item.want, keys, render, parse)
  end)
end

return rendered
