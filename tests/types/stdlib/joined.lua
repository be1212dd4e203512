-- SPDX-License-Identifier: MIT
local function descend(levels) return levels == 0 and 0 or 1 + descend(levels - 1) end

-- A part of a text that does `meanwhile` each time that it is joined.
local function part(meanwhile)
  local parts = {}
  local function text(value)
    return getmetatable(value) == parts and value.text or value
  end
  function parts.__concat(left, right)
    meanwhile()
    return setmetatable({ text = text(left) .. text(right) }, parts)
  end
  return setmetatable({ text = "it" }, parts)
end

local function joins(meanwhile)
  return function()
    descend(500) -- the collector would make the stack smaller again
    local it = part(meanwhile)
    local whole = "a " .. it .. " b " .. "c " .. it .. " d"
    assert(whole.text == "a it b c it d", whole.text)
  end
end

return {
  { what = "a chain is whole when the collector runs while it is joined",
    run = joins(collectgarbage) },
  { what = "a chain is whole when it is joined by many calls",
    run = joins(function() descend(500) end) },
}
