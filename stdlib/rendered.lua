-- SPDX-License-Identifier: MIT
--
-- For types that are one file made of their attributes: what was found is told in
-- attributes again, so that a plan speaks of them and not of lines of text. What no
-- attribute explains (an edit by hand, one that is not declared any more) shows as
-- as_written = false.
local attribute = require "attribute"
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

local function differs(want, found, keys)
  for _, key in ipairs(keys) do
    if want[key] ~= nil and want[key] ~= found[key] then return true end
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

return rendered
