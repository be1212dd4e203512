-- SPDX-License-Identifier: MIT
-- What is asked of many things at once comes back to the thing that it is about.
local function echo(index, item, context)
  return item.name ~= "silent" and ("echo %d:%s%s"):format(index, item.name, context)
    or nil
end

return {
  { what = "each that says something asks, behind what all of them use",
    run = function(_, steps)
      local each = require "each"
      local items = { { name = "a" }, { name = "silent" }, { name = "b" } }
      steps.same("with functions", "f() { :; }\necho 1:a!\necho 3:b!",
        each.probe(echo, "f() { :; }")(items, "!"))
      steps.same("without", "echo 1:a!\necho 3:b!", each.probe(echo)(items, "!"))
      steps.same("nothing", "", each.probe(echo)({}, "!"))
    end },
  { what = "an answer goes to its item; others, and what is nobody's, to none",
    run = function(_, steps)
      local each = require "each"
      local read = each.read("^(%d+):(%l+):(%d*)$", function(item, word, number)
        return word ~= "gone" and { item.name, word, number } or nil
      end)
      local found = read({ { name = "a" }, { name = "b" }, { name = "c" } },
        "noise\r\n3:there:7\r\n9:there:\n2:gone:1\n1:there:\n")
      steps.same("first", { "a", "there", "" }, found[1])
      steps.same("gone", nil, found[2])
      steps.same("third", { "c", "there", "7" }, found[3])
      steps.same("nobody's", nil, found[9])
    end },
  { what = "a secret in one question makes the whole one secret", run = function()
    local secret = require("tests.types.harness.modules").secret
    local probe = require("each").probe(function(_, item) return item.name end)
    assert(require("secret").is(probe { { name = "plain" }, { name = secret "x" } }))
  end },
}
