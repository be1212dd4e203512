-- SPDX-License-Identifier: MIT
--
-- Which services watch for uptime: each is the module NAME.service, which offers for
-- http, heartbeat, contact and status_page the functions list(), create(want, what, own),
-- update(id, want, what), delete(id, what, have), and complete(thing) where a list does
-- not tell all; and uptime(id, days), forget().

local fault = require "fault"
local unknown = require "unknown"

local services = { names = { "uptimerobot", "betterstack" } }

local known = {}
for _, name in ipairs(services.names) do known[name] = true end

function services.of(name)
  if not known[name] then
    fault(("there is no service %s for uptime"):format(tostring(name)), {
      next = "service = \"" .. table.concat(services.names, "\" or \"") .. "\"",
    })
  end
  return require(name .. ".service")
end

function services.is_known(name)
  return name ~= nil and not unknown.is(name) and known[name] == true
end

return services
