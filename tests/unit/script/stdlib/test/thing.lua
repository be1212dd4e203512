-- SPDX-License-Identifier: MIT
-- A cloud type for tests: things behind settings.endpoints.test.
local attribute = require "attribute"
local clock = require "clock"
local fault = require "fault"
local http = require "http"
local secret = require "secret"
local settings = require "settings"
local type_of, type = type, require "type"

local function url(path)
  return settings.endpoints.test .. path
end

return type {
  name = "test.thing",
  doc = "A thing.",
  attributes = {
    size = attribute.integer { required = true, doc = "how big" },
    tags = attribute.list { default = {}, doc = "words" },
    labels = attribute.map { default = {}, doc = "pairs" },
    note = attribute.string { doc = "any text" },
    on_size = attribute.bool { doc = "a flag" },
    password = attribute.string { secret = true, doc = "never shown" },
    kind = attribute.choice { default = "small", doc = "tried in order" },
    id = attribute.integer { computed = true, doc = "given by the world" },
    ipv4 = attribute.string { computed = true, doc = "given by the world" },
  },
  example = [[test.thing "a" { size = 1 }]],
  methods = {
    twin = function(self, options)
      return declare("test.thing", options.name, { size = 2, note = self.ipv4 })
    end,
  },
  shorthand = function(declared, name)
    if declared.tags and type_of(declared.tags) == "string" then
      declared.tags = { declared.tags, name }
    end
    return declared
  end,

  observe = function(items)
    local reply = http.request { url = url("/things"), raw = true }
    local results = {}
    for index, item in ipairs(items) do
      results[index] = reply.json.things[item.name]
    end
    return results
  end,
  create = function(want, step)
    step.begin()
    step.remember { began = step.label }
    clock.sleep(0.001)
    if want.note == "fail" then
      fault("the world said no", { why = "because", code = "no" })
    end
    if want.note == "lost" then
      fault("no answer came", { kind = "uncertain" })
    end
    if want.note == "slow" or want.note == "brief" then
      pcall(clock.sleep, want.note == "slow" and 2.5 or 0.01) -- as if nothing happened
      step.line("awake")
    end
    if want.note == "bug" then return want.missing.field end
    local reply = http.request {
      method = "POST", url = url("/things"), raw = true,
      json = { name = step.name, size = want.size, password = want.password },
    }
    step.line("status " .. reply.status)
    return {
      size = want.size, id = reply.json.id, ipv4 = "192.0.2.7", tags = {}, labels = {},
      password = want.password, note = secret.is(want.password) and "kept" or want.note,
    }
  end,
  update = function(have, want, _, fields)
    return { size = want.size, id = have.id, note = table.concat(fields, ",") }
  end,
  delete = function() end,
  preview = function(change)
    return { actions = { change.action .. " /things" }, downtime = "none",
      notes = { "note" } }
  end,
  handlers = function()
    return { { "restart thing", "true" } }
  end,
  price = function(want)
    return { { "thing of " .. want.size, "4.9900000000", "EUR" }, { "traffic" } }
  end,
}
