-- SPDX-License-Identifier: MIT
--
-- Finding labelled things: one list per kind and page, then by recorded id what the list
-- does not have (labels can be taken off by hand), then a match by name.

local client = require "hetzner.client"
local labels = require "hetzner.labels"
local settings = require "settings"

local observe = {}

local function index(objects)
  local by_id, by_name = {}, {}
  for _, object in ipairs(objects) do
    by_id[object.id] = object
    by_name[object.labels["pipster-name"] or ""] = object
  end
  return by_id, by_name
end

-- kind: { type = "hetzner.server", list = "servers", key = "server",
-- found = function(object, item) → attributes, or nil when it does not count }.
-- options.objects: the list, when it was read already.
function observe.labelled(kind, items, options)
  local objects = options and options.objects
    or client.list(kind.list, { { "label_selector", labels.selector(kind.type) } })
  local by_id, by_name = index(objects)
  local results = {}
  for i, item in ipairs(items) do
    local id = labels.recorded(item).id
    local object = id and by_id[id] or by_name[item.name]
    if not object and id then
      object = client.find("/" .. kind.list .. "/" .. id, kind.key)
    end
    results[i] = object and kind.found(object, item) or nil
  end
  return results
end

local function selector(kind, step, by_step)
  local text = labels.selector(kind.type)
  if by_step then return text .. ",pipster-step==" .. step.label end
  return text .. ",pipster-name==" .. step.name
end

-- Our own thing that a create may have made already, for client.create.
function observe.own(kind, step)
  return function(by_step)
    local query = { { "label_selector", selector(kind, step, by_step) } }
    return client.list(kind.list, query)[1]
  end
end

-- Ours among objects listed without a selector.
function observe.of_project(objects, type_name)
  local ours = {}
  for _, object in ipairs(objects) do
    local given = object.labels or {}
    if given["pipster-project"] == settings.project_id
      and given["pipster-type"] == type_name then
      ours[#ours + 1] = object
    end
  end
  return ours
end

return observe
