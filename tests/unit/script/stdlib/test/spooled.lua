-- SPDX-License-Identifier: MIT
-- What the module spool does with files, as a list of texts.
local digest = require "digest"

local spooled = {}

local function refused(call, ...)
  local ok, problem = pcall(call, ...)
  return ok and "taken" or tostring(problem):match "[^:]*$"
end

-- The module is there only after bind_spool_add, and every file here is loaded once.
function spooled.answer()
  local spool = require "spool"
  spool.write("a", "one")
  spool.append("a", " two")
  spool.write("b", ("x\0"):rep(40000))
  spool.join("c", { "a", "b", "a" })
  local _, size = digest.file(spool.path("c"))
  local told = { spool.read("a", 0, 99), spool.read("a", 4, 2), tostring(size),
    spool.read("c", 80007, 99) }
  spool.take(spool.path("c"), "d")
  spool.remove("a")
  spool.remove("a")
  told[#told + 1] = refused(spool.read, "a", 0, 1)
  told[#told + 1] = refused(spool.read, "c", 0, 1)
  told[#told + 1] = spool.read("d", 0, 3)
  told[#told + 1] = refused(spool.take, "/nonexistent", "a")
  for _, name in ipairs { "../a", "", ".", "x/y" } do
    local why = refused(spool.write, name, "x")
    told[#told + 1] = why:match "the name of a file" or "taken"
  end
  return told
end

return spooled
