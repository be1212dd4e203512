-- SPDX-License-Identifier: MIT
-- How long, and how often, a create whose answer was lost is looked for again.

-- Looks until the time is up, from `ago` seconds before now on.
local function looks(w, ago)
  local asked, began = 0, w.time
  local found = require("watch").again("it", w.time - ago, function()
    asked = asked + 1
  end)
  assert(found == nil)
  return asked, w.time - began
end

return {
  { what = "it comes: no further look", run = function(w, steps)
    local asked, began = 0, w.time
    local answer = require("watch").find("it", function()
      asked = asked + 1
      return asked == 4 and "there"
    end)
    steps.same("answer", "there", answer)
    steps.same("time", 1 + 1.5 + 2.25, w.time - began)
  end },
  { what = "it does not come: a minute, a few looks", run = function(w)
    local asked, waited = looks(w, 0)
    assert(waited >= 60 and waited < 66, waited)
    assert(asked >= 10 and asked < 20, asked)
  end },
  { what = "what began earlier is waited for as much less", run = function(w)
    local _, waited = looks(w, 50)
    assert(waited >= 10 and waited < 15, waited)
    local asked, none = looks(w, 61)
    assert(asked == 0 and none == 0)
    -- A clock that was set back holds nobody up for longer.
    local _, most = looks(w, -3600)
    assert(most < 66, most)
  end },
  { what = "only creates that were cut off and are not seen", run = function(_, steps)
    local since = require("watch").since
    local items = {
      { name = "a", open = { action = "create", began = 5 } },
      { name = "b", open = { action = "create", began = 9 } },
      { name = "c", open = { action = "update", began = 20 } },
      { name = "d" },
    }
    steps.same("youngest", 9, since(items, function() return false end))
    steps.same("other", 5, since(items, function(item) return item.name == "b" end))
    assert(not since(items, function() return true end))
  end },
}
