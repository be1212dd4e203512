-- SPDX-License-Identifier: MIT
--
-- What a firewall is applied to: servers, and label selectors.

local labels = require "lab.hetzner_labels"
local refuse = require "lab.stand_in_refuse"

local targets = {}

function targets.read(context, list, field)
  local found = {}
  for i, item in ipairs(list or {}) do
    if item.type == "label_selector" then
      local selector = item.label_selector and item.label_selector.selector or ""
      labels.selector(selector)
      found[i] = { type = "label_selector", selector = selector }
    elseif item.type == "server" then
      local id = item.server and item.server.id
      if not context.world.servers[id] then
        refuse.with(404, "firewall_resource_not_found", "server not found")
      end
      found[i] = { type = "server", id = id }
    else
      refuse.invalid(field .. "[" .. (i - 1) .. "].type",
        "must be server or label_selector")
    end
  end
  return found
end

function targets.find(firewall, target)
  for i, other in ipairs(firewall.applied) do
    if other.type == target.type and other.id == target.id
      and other.selector == target.selector then
      return i
    end
  end
  return nil
end

function targets.check_once(list)
  local seen = {}
  for _, target in ipairs(list) do
    local key = target.type .. tostring(target.id or target.selector)
    if seen[key] then
      refuse.with(422, "server_already_added", "server is given more than once")
    end
    seen[key] = true
  end
end

return targets
