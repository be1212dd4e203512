-- SPDX-License-Identifier: MIT
--
-- What the types of monitor.* share. The services have no labels: a thing is found by the
-- id that is recorded, else by what it is called and points at, so that one whose create
-- was never answered, or that somebody made by hand, is found and not doubled.
--
-- described: { type, key (of a service's functions), is = function(thing, want): is it
-- the one that is wanted, found = function(thing, want) → attributes beside service, id
-- and name, shape = function(want) → as a service takes it }.

local same = require "hetzner.same"
local services = require "monitor.services"
local unknown = require "unknown"
local wait = require "wait"
local watch = require "watch"

local kind = {}

local function recorded(item)
  local row = type(item.recorded) == "table" and item.recorded or {}
  return type(row.attributes) == "table" and row.attributes or row
end

local function things_of(described, name)
  if not services.is_known(name) then return {} end
  return services.of(name)[described.key].list()
end

local function claimed(items)
  local ids = {}
  for _, item in ipairs(items) do
    local id = recorded(item).id
    if id then ids[tostring(id)] = true end
  end
  return ids
end

local function by_id(things, id)
  for _, thing in ipairs(things) do
    if tostring(thing.id) == tostring(id) then return thing end
  end
  return nil
end

local function shape(described, want)
  return described.shape and described.shape(want) or want
end

-- The one that is called so and that no other row has.
local function by_key(described, want, taken)
  local wanted = shape(described, want)
  for _, thing in ipairs(things_of(described, want.service)) do
    if not taken[tostring(thing.id)] and described.is(thing, wanted) then
      return thing
    end
  end
  return nil
end

local function find(described, item, taken)
  local row = recorded(item)
  local thing = row.id and by_id(things_of(described, row.service), row.id)
  if thing then return thing, row.service end
  if not item.want then return nil end
  return by_key(described, item.want, taken), item.want.service
end

local function shown(described, item, thing, service)
  if not thing then return nil end
  local want, complete = item.want or recorded(item),
    services.of(service)[described.key].complete
  if complete and not thing.monitors then thing = complete(thing) end
  local found = described.found(thing, want)
  found.service, found.id, found.name = service, thing.id, thing.name
  found.taken_over = not recorded(item).id and not item.open or nil
  return found
end

local function look(described, items)
  local results, taken = {}, claimed(items)
  for i, item in ipairs(items) do
    results[i] = shown(described, item, find(described, item, taken))
  end
  return results
end

-- A create that was cut off may still make one of them.
local function await(described, items, results)
  local function since()
    local seen = {}
    for i, item in ipairs(items) do seen[item] = results[i] ~= nil end
    return watch.since(items, function(item) return seen[item] end)
  end
  local began = since()
  if not began then return results end
  watch.again("what an earlier run began of " .. described.type, began, function()
    for _, name in ipairs(services.names) do services.of(name).forget() end
    results = look(described, items)
    return not since()
  end)
  return results
end

local function taken_over(change)
  return ("%s has it already (id %s), not made by this project: it is taken over")
    :format(services.of(change.have.service).title, tostring(change.have.id))
end

local function preview(described, change)
  local is = change.want or change.have
  local made = { actions = {} }
  if services.is_known(is.service) then
    local verbs = { create = { "POST" }, update = { "PATCH" }, delete = { "DELETE" },
      replace = { "DELETE", "POST" } }
    for i, verb in ipairs(verbs[change.action] or {}) do
      made.actions[i] = verb .. " " .. services.of(is.service)[described.key].path
    end
  end
  if change.have and change.have.taken_over then
    made[change.action == "none" and "warnings" or "notes"] = { taken_over(change) }
  end
  return made
end

-- observe, create, update, delete and preview of a type.
function kind.functions(described)
  local function offered(service) return services.of(service)[described.key] end
  local function answer(thing, want)
    return shown(described, { want = want, recorded = { id = thing.id } }, thing,
      want.service)
  end
  local made = {}
  function made.observe(items)
    return await(described, items, look(described, items))
  end
  function made.create(want, step)
    local what = ("creating %s %s"):format(described.what, step.name)
    local function own() return by_key(described, want, {}) end
    return answer(offered(want.service).create(shape(described, want), what, own), want)
  end
  function made.update(have, want, step)
    local what = ("changing %s %s"):format(described.what, step.name)
    return answer(offered(want.service).update(have.id, shape(described, want), what),
      want)
  end
  function made.delete(have, step)
    offered(have.service).delete(have.id, ("deleting %s %s"):format(described.what,
      step.name), shape(described, have))
  end
  function made.preview(change) return preview(described, change) end
  return made
end

-- The name where none is given is that of the declaration.
function kind.named(given, name)
  given.name = given.name or name
  return given
end

local function seconds(duration)
  local ok, number = pcall(wait.seconds, duration)
  return ok and number or nil
end

-- found seconds in the words of what is wanted: "5m" for 300.
function kind.duration(wanted, found)
  if found == nil or wanted ~= nil and not unknown.is(wanted)
    and seconds(wanted) == found then
    return wanted
  end
  return found .. "s"
end

-- The same for a list of things that are wanted by handle, and found by id; nil: the
-- service has no such list.
function kind.ids(wanted, found)
  if not found then return wanted end
  return same.echo_set(wanted, found, function(value) return tostring(same.id(value)) end)
end

return kind
