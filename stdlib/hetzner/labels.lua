-- SPDX-License-Identifier: MIT
--
-- The labels by which we know our own things, and those of the user beside them. Labels
-- of others are kept and not told.

local client = require "hetzner.client"
local settings = require "settings"

local labels = {}

local PREFIX = "pipster-"

-- What is not known yet counts as nothing.
local function table_of(value)
  return type(value) == "table" and value or {}
end

local function is_ours(key)
  return key:sub(1, #PREFIX) == PREFIX
end

-- Selects all of a type that this project made.
function labels.selector(type_name)
  return "pipster-project==" .. settings.project_id .. ",pipster-type==" .. type_name
end

-- What a new thing carries: ours and the declared ones.
function labels.born(type_name, step, declared)
  local all = {}
  for key, value in pairs(declared or {}) do all[key] = tostring(value) end
  all["pipster-project"] = settings.project_id
  all["pipster-type"] = type_name
  all["pipster-name"] = step.name
  all["pipster-step"] = step.label
  return all
end

-- What our own thing is called out there, when that is not the name of its address: it
-- was moved, or is on its way out.
function labels.called(object, item)
  local given = object.labels or {}
  local name = given["pipster-name"]
  local ours = given["pipster-project"] == settings.project_id
  return ours and name ~= item.name and name or nil
end

-- Which mark a thing lacks that is recorded as ours: nil when it is as it must be. One
-- that was taken over (adopted) may be without until something else of it changes.
local function stray_mark(object, item)
  local recorded, given = labels.recorded(item), object.labels or {}
  if not recorded.id or not item.name or recorded.adopted then return nil end
  if given["pipster-project"] ~= settings.project_id then
    return "pipster-project", given["pipster-project"] or "(not yet)"
  end
  if not given["pipster-name"] then return "pipster-name", "(not yet)" end
  return nil
end

-- Does it carry what a lost state is found again by?
function labels.marked(object)
  return (object.labels or {})["pipster-project"] == settings.project_id
end

-- The user's labels of a found thing: the declared and recorded keys. Before anything is
-- recorded (an import), all that are not ours. A mark that is missing (it was imported)
-- is shown too, so that a plan puts it right.
function labels.shown(object, item)
  local mine, some = {}, false
  local recorded = labels.recorded(item).labels
  for _, source in ipairs { table_of(item.want and item.want.labels),
    table_of(recorded) } do
    for key in pairs(source) do mine[key], some = true, true end
  end
  local known, shown = some or recorded ~= nil or item.want ~= nil, {}
  for key, value in pairs(object.labels or {}) do
    if not is_ours(key) and (mine[key] or not known) then shown[key] = value end
  end
  local stray, value = stray_mark(object, item)
  if stray then shown[stray] = value end
  return shown
end

-- The whole map to PUT: what is there, without those that were declared and no longer
-- are.
local function changed(current, before, after)
  local all = {}
  for key, value in pairs(current or {}) do
    if is_ours(key) or before[key] == nil then all[key] = value end
  end
  for key, value in pairs(after or {}) do all[key] = tostring(value) end
  return all
end

-- Whether an update has labels to put: its own, its name, or those that an adopted thing
-- lacks.
function labels.due(fields, have)
  for _, field in ipairs(fields or {}) do
    if field == "labels" or field == "called" then return true end
  end
  return have.adopted == true
end

-- Reads the labels as they are now and PUTs them with ours changed, the marks included;
-- and the name, where it is one that we gave. kind: { type, key, nameless }.
function labels.update(path, kind, step, change)
  local now = client.get(path)[kind.key].labels or {}
  local body = { labels = changed(now, change.have.labels or {}, change.want.labels) }
  for key, value in pairs(labels.born(kind.type, step)) do body.labels[key] = value end
  body.labels["pipster-step"] = now["pipster-step"] or step.label
  local called = labels.called({ labels = now }, step)
  if called and not kind.nameless then body.name = step.name end
  client.put(path, body, "changing labels of " .. path)
end

-- What state remembers of an item's attributes; an empty table when nothing.
function labels.recorded(item)
  local recorded = item.recorded
  if type(recorded) ~= "table" then return {} end
  return type(recorded.attributes) == "table" and recorded.attributes or recorded
end

-- What an unfinished step of an earlier run remembered.
function labels.note(item)
  local open = item.open
  return type(open) == "table" and type(open.note) == "table" and open.note or {}
end

return labels
