-- SPDX-License-Identifier: MIT
--
-- Finding labelled things: one list per kind and page, then by recorded id what the list
-- does not have (labels can be taken off by hand), then a match by name.

local action = require "hetzner.action"
local client = require "hetzner.client"
local fault = require "fault"
local labels = require "hetzner.labels"
local settings = require "settings"
local watch = require "watch"

local observe = {}

local UNDER_WAY = 300 -- seconds that an action of a run that was cut off is waited for

local function index(objects)
  local by_id, by_name = {}, {}
  for _, object in ipairs(objects) do
    by_id[object.id] = object
    by_name[object.labels["pipster-name"] or ""] = object
  end
  return by_id, by_name
end

-- Ids that state knows: what belongs to one row is never found by the name of another
-- (a renamed thing keeps its old label until its next change).
local function claimed(items)
  local ids = {}
  for _, item in ipairs(items) do
    local id = labels.recorded(item).id
    if id then ids[id] = true end
  end
  return ids
end

-- What the labelled list lacks, by id: one request each, or one list for several.
local function unlabelled(kind, items, by_id, all)
  local missing, found = {}, {}
  for _, item in ipairs(items) do
    local id = labels.recorded(item).id
    if id and not by_id[id] then missing[#missing + 1] = id end
  end
  if #missing > 1 or all then
    all = all or #missing > 1 and client.list(kind.list)
    for _, object in ipairs(all) do found[object.id] = object end
  elseif missing[1] then
    found[missing[1]] = client.find("/" .. kind.list .. "/" .. missing[1], kind.key)
  end
  return found
end

local function shown(kind, object, item)
  local found = object and kind.found(object, item)
  if not found then return nil end
  local marked = labels.marked(object)
  found.adopted = not marked and labels.recorded(item).adopted or nil
  found.ours = marked or nil
  found.called = labels.called(object, item)
  return found
end

-- Waits for what an earlier, cut-off run may have begun with the thing at `path`. How it
-- ended is seen in the thing itself.
local function settle(path)
  local running = client.list("actions", { { "status", "running" } },
    { path = path .. "/actions" })
  if #running == 0 then return false end
  local ok, problem = pcall(action.wait, running, "waiting for what an earlier run began",
    UNDER_WAY)
  local tells = not ok and fault.is(problem) and problem.kind == "error"
  if not ok and not tells then error(problem, 0) end
  return true
end

-- The object of an item, looked at anew once it has come to rest.
local function at_rest(kind, object, item)
  if not item.open or not kind.acts then return object end
  local path = "/" .. kind.list .. "/" .. object.id
  return settle(path) and client.find(path, kind.key) or object
end

local function labelled_list(kind)
  return client.list(kind.list, { { "label_selector", labels.selector(kind.type) } })
end

-- The objects, read anew while a create that was cut off may still make one of them.
local function awaited(kind, items, objects)
  local function since()
    local by_id, by_name = index(objects)
    return watch.since(items, function(item)
      return by_name[item.name] or by_id[labels.recorded(item).id or 0]
    end)
  end
  local began = since()
  if not began then return objects end
  watch.again("what an earlier run began of " .. kind.type, began, function()
    objects = labelled_list(kind)
    return not since()
  end)
  return objects
end

-- kind: { type = "hetzner.server", list = "servers", key = "server", acts = whether its
-- things have actions,
-- found = function(object, item) → attributes, or nil when it does not count }.
-- options.objects: the labelled ones, when they were read already; options.all: all.
function observe.labelled(kind, items, options)
  options = options or {}
  local objects = awaited(kind, items, options.objects or labelled_list(kind))
  local by_id, by_name = index(objects)
  local ids, others = claimed(items), unlabelled(kind, items, by_id, options.all)
  local results = {}
  for i, item in ipairs(items) do
    local id, named = labels.recorded(item).id, by_name[item.name]
    local object = id and (by_id[id] or others[id])
    if not object and named and not ids[named.id] then object = named end
    object = object and at_rest(kind, object, item)
    results[i] = shown(kind, object, item)
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
