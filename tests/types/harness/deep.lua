-- SPDX-License-Identifier: MIT
--
-- Lua 5.4.4 keeps a pointer into the stack while a metamethod of a chain (a .. b .. c)
-- runs, and writes through it afterwards: an operand is lost, or the interpreter dies.
-- deep(run, slots) runs it on a stack that is not moved meanwhile: what lies below it
-- counts as used, so that the collector makes the stack no smaller, and there is room for
-- as much again. The runtime does it too (runtime/script/reference.h).

-- Not by a tail call, which would drop what lies below.
local function above(run, ...) -- luacheck: no unused args
  local results = table.pack(run())
  return table.unpack(results, 1, results.n)
end

return function(run, slots)
  return above(run, table.unpack({}, 1, slots))
end
