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

-- The user's labels of a found thing: the declared and recorded keys. Before anything is
-- recorded (an import), all that are not ours.
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

-- Reads the labels as they are now and PUTs them with ours changed.
function labels.update(path, key, have, want)
  local now = client.get(path)[key]
  local body = { labels = changed(now.labels, have.labels or {}, want.labels) }
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
