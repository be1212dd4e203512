-- SPDX-License-Identifier: MIT
--
-- type { … } checks the shape of a resource type when it loads and returns it unchanged.
-- Verbs and attributes share one namespace in a playbook, so a name may be only one of
-- both.

local texts = { "name", "doc", "link", "example", "lasting" }

local flags = {
  "on_host", "is_host", "is_check", "is_cost", "nameless", "protect", "risky", "renames",
  "lone", "follows",
}

local functions = {
  "shorthand", "observe", "create", "update", "delete", "probe", "read", "commands",
  "handlers", "preview", "price", "check", "places", "undecided", "writes",
  "uploads", "revert", "units",
}

-- What a type must have, by what it is.
local duties = {
  cloud = { "observe", "create", "delete" },
  on_host = { "probe", "read", "commands" },
  lone = { "probe", "read", "create", "update", "delete" },
  check = { "check" },
  cost = { "price" },
  host = {},
}

local known = { attributes = "table", methods = "table" }
for _, name in ipairs(texts) do known[name] = "string" end
for _, name in ipairs(flags) do known[name] = "boolean" end
for _, name in ipairs(functions) do known[name] = "function" end

local function complain(described, message, ...)
  error(("type %s: "):format(tostring(described.name)) .. message:format(...), 4)
end

local function check_fields(described)
  for _, name in ipairs { "name", "doc", "attributes" } do
    if described[name] == nil then complain(described, "%s is missing", name) end
  end
  for name, value in pairs(described) do
    if not known[name] then complain(described, "unknown field %q", tostring(name)) end
    if type(value) ~= known[name] then
      complain(described, "%s must be a %s", name, known[name])
    end
  end
end

local function check_names(described)
  for name, attribute in pairs(described.attributes) do
    if type(attribute) ~= "table" or not attribute.kind then
      complain(described, "attribute %s is not made by attribute.*", tostring(name))
    end
    if not attribute.doc then complain(described, "attribute %s has no doc", name) end
    if described.methods and described.methods[name] then
      complain(described, "%s is an attribute and a method", name)
    end
  end
end

local function family(described)
  if described.is_check then return "check" end
  if described.is_cost then return "cost" end
  if described.is_host then return "host" end
  if described.lone then return "lone" end
  return described.on_host and "on_host" or "cloud"
end

return function(described)
  check_fields(described)
  check_names(described)
  if described.risky and not described.revert then
    complain(described, "it is risky, and revert() is missing")
  end
  for _, name in ipairs(duties[family(described)]) do
    if not described[name] then complain(described, "%s() is missing", name) end
  end
  return described
end
