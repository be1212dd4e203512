-- SPDX-License-Identifier: MIT
--
-- For types whose things answer a line each, which begins with the thing's index in the
-- list: what a probe and its reading are beside that line.
local shell = require "shell"

local each = {}

-- one(index, item, context): the shell text that prints the line of `item`, or nothing
-- where it is not there; nil asks nothing. first: shell functions that it uses.
function each.probe(one, first)
  return function(items, context)
    local lines = { first }
    for index, item in ipairs(items) do lines[#lines + 1] = one(index, item, context) end
    return shell.join(lines, "\n")
  end
end

local function take(results, items, found_of, index, ...)
  local item = items[tonumber(index)]
  if item then results[tonumber(index)] = found_of(item, ...) end
end

-- pattern: of a whole line, its first capture the index. found_of(item, …) makes of the
-- other captures what was found, or nil.
function each.read(pattern, found_of)
  return function(items, output)
    local results = {}
    for line in shell.lines(output) do
      take(results, items, found_of, line:match(pattern))
    end
    return results
  end
end

return each
