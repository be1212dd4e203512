-- SPDX-License-Identifier: MIT
local function base(more)
  local attribute = require "attribute"
  local described = {
    name = "a.b", doc = "d", attributes = { x = attribute.string { doc = "d" } },
    observe = function() end, create = function() end, delete = function() end,
  }
  for key, value in pairs(more or {}) do described[key] = value end
  return described
end

local refused = {
  { { methods = { x = function() end } }, "x is an attribute and a method" },
  { { colour = "red" }, "unknown field" },
  { { observe = 1 }, "observe must be a function" },
  { { attributes = { x = "string" } }, "is not made by attribute" },
  { { attributes = { x = { kind = "string" } } }, "has no doc" },
  { { on_host = true }, "probe%(%) is missing" },
  { { is_check = true }, "check%(%) is missing" },
}

return {
  { what = "a whole type is handed back", run = function()
    local described = base()
    assert(require("type")(described) == described)
  end },
  { what = "what is wrong is named", run = function()
    for _, row in ipairs(refused) do
      local ok, problem = pcall(require "type", base(row[1]))
      assert(not ok and problem:find(row[2]), problem)
    end
  end },
  { what = "attributes refuse what is no option", run = function()
    local attribute = require "attribute"
    assert(not pcall(attribute.string, { requird = true }))
    assert(not pcall(attribute.string, { required = 1 }))
    assert(not pcall(attribute.string, { computed = true, required = true }))
    assert(attribute.choice({ fixed = true }).kind == "choice")
  end },
  { what = "every type loads, with link and example", run = function()
    for _, name in ipairs { "ssh_key", "firewall", "server", "primary_ip", "zone",
      "rrset" } do
      local described = require("hetzner." .. name)
      assert(described.link and described.example, name)
    end
  end },
}
