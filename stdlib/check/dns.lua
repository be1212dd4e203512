-- SPDX-License-Identifier: MIT
--
-- A name has the records that it should have, as a resolver outside sees them.
local attribute = require "attribute"
local dns = require "dns_lookup"
local fault = require "fault"
local settings = require "settings"
local kind_of, type = type, require "type"
local verdict = require "verdict"

local function as_set(value)
  local set = {}
  for _, item in ipairs(kind_of(value) == "table" and value
    or { value }) do set[item] = true end
  return set
end

local function includes(found, wanted)
  local there = as_set(found)
  for item in pairs(as_set(wanted)) do
    if not there[item] then return false end
  end
  return true
end

return type {
  name = "check.dns",
  doc = "A name has the records that are wanted; others may be there too.",
  is_check = true,
  attributes = {
    domain = attribute.string { required = true, doc = "full name, no final dot" },
    type = attribute.string { default = "A", doc = "record type",
      one_of = { "A", "AAAA", "CNAME", "TXT", "MX", "NS", "CAA" } },
    expect = attribute.any { required = true, doc = "a value or a list of values" },
    server = attribute.string { doc = "resolver to ask, \"1.1.1.1\"; default: the"
      .. " system's" },
    within = attribute.any { default = "60s", doc = "how long it may take to become so" },
  },
  example = [[
check.dns "address" { domain = "identity.pipster.app", expect = app.ipv4 }]],

  check = function(want)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    local found = {}
    local passed = verdict.await {
      what = want.domain, within = want.within, every = 0.5, most = 5,
      check = function()
        found = dns.lookup(want.domain, want.type, { server = want.server
          or settings.resolver })
        return includes(found, want.expect)
      end,
    }
    if not passed then
      fault(("%s has no %s record as wanted"):format(want.domain, want.type), {
        why = #found == 0 and "there is none" or "found " .. table.concat(found, ", "),
        next = "dig " .. want.domain .. " " .. want.type,
      })
    end
    return { records = found }
  end,
}
