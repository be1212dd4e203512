-- SPDX-License-Identifier: MIT
--
-- The kinds of things that a Hetzner project may hold, whether or not there is a resource
-- type for each. Not a resource type.

local client = require "hetzner.client"
local fault = require "fault"

local kinds = {}

-- In the order in which one may refer to another.
kinds.all = {
  "ssh_key", "placement_group", "firewall", "network", "primary_ip", "server",
  "floating_ip", "volume", "load_balancer", "certificate", "zone", "storage_box",
}

-- "server" → "servers", "storage_box" → "storage_boxes".
function kinds.plural(kind)
  return (kind:gsub("x$", "xe")) .. "s"
end

-- All of a kind; an empty list where the API has no such kind.
function kinds.list(kind, query)
  local ok, objects = pcall(client.list, kinds.plural(kind), query)
  if ok then return objects end
  local unknown = fault.is(objects)
    and (objects.code == "not_found" or objects.code == "method_not_allowed")
  if unknown then return {} end
  return error(objects, 0)
end

return kinds
