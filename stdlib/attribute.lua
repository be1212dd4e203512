-- SPDX-License-Identifier: MIT
--
-- Constructors for the attributes of a resource type:
--   attribute.string { required = true, fixed = true, doc = "…" }
-- The options are those of engine/schema.h; an unknown one is an error when the type
-- loads.

local kinds = {
  "any", "string", "integer", "number", "bool", "list", "set", "map", "choice",
}

local options = {
  required = "boolean",
  computed = "boolean",          -- the world gives it
  optional_computed = "boolean", -- may be declared, else the world gives it
  fixed = "boolean",             -- a change replaces the resource
  birth = "boolean",             -- used at creation only
  timed = "boolean",             -- not so any more by time alone: due, but no drift
  ["local"] = "boolean",         -- ours only, never compared
  secret = "boolean",
  content = "boolean",           -- a file's content: never kept in a saved plan
  rebuild = "boolean",           -- fixed or birth, but a rebuild in place sets it
  item = "string",               -- kind of the items of a list or set
  one_of = "table",
  doc = "string",
}

local attribute = {}

local function check_option(kind, name, value)
  if name == "default" then return end
  local expected = options[name]
  if not expected then
    error(("attribute.%s has no option %q"):format(kind, tostring(name)), 4)
  end
  if type(value) ~= expected then
    error(("attribute.%s: %s must be a %s"):format(kind, name, expected), 4)
  end
end

local function construct(kind, given)
  local built = { kind = kind }
  for name, value in pairs(given or {}) do
    check_option(kind, name, value)
    built[name] = value
  end
  if built.computed and (built.required or built.default ~= nil) then
    error(("attribute.%s: computed excludes required and default"):format(kind), 3)
  end
  return built
end

for _, kind in ipairs(kinds) do
  attribute[kind] = function(given) return construct(kind, given) end
end

return attribute
