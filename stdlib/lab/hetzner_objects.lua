-- SPDX-License-Identifier: MIT
--
-- What all kinds share: looking up, unique names, locks and conflicts, protection,
-- labels.

local clock = require "clock"
local labels = require "lab.hetzner_labels"
local refuse = require "lab.stand_in_refuse"

local objects = {}

-- A real host goes off in its own time, and may be switched off from within.
function objects.sync(lab, server)
  if lab.driver_kind == "none" or server.busy > 0 then return server end
  local up = server.status == "running" or server.status == "stopping"
  if up and lab.driver.status(server.id) == "off" then server.status = "off" end
  return server
end

-- The things of a kind: "server" → the world's servers.
local function all(context, kind)
  return context.world[kind:gsub("x$", "xe") .. "s"]
end

function objects.find(context, kind, id)
  local object = all(context, kind)[math.tointeger(tonumber(id))]
  if not object then refuse.not_found((kind:gsub("_", " "))) end
  return kind == "server" and objects.sync(context.lab, object) or object
end

function objects.named(context, kind, name)
  for _, object in pairs(all(context, kind)) do
    if object.name == name then return object end
  end
  return nil
end

-- By id or by name: all-digit text is an id. nil when there is none.
function objects.look_up(context, kind, id_or_name)
  local id = math.tointeger(tonumber(id_or_name))
  if id then return all(context, kind)[id] end
  return objects.named(context, kind, id_or_name)
end

function objects.check_unique(context, kind, name, message, except)
  local other = objects.named(context, kind, name)
  if other and other ~= except then
    refuse.not_unique(message or "name is already used", "name")
  end
end

function objects.add(context, kind, object)
  object.id = context.lab.next_id()
  object.created = clock.text(context.lab.now_ms() // 1000)
  object.labels = object.labels or {}
  object.busy = 0
  all(context, kind)[object.id] = object
  context.changed = true
  return object
end

function objects.check_unlocked(object)
  if object.busy > 0 then
    refuse.with(423, "locked", "cannot perform operation because server is locked")
  end
end

function objects.check_no_conflict(object, kind)
  if object.busy > 0 then
    refuse.with(409, "conflict", kind .. " has changed during request")
  end
end

function objects.check_unprotected(object, what)
  if object.protected then
    refuse.with(423, "protected", what .. " deletion is protected")
  end
end

-- A PUT of name and labels; `check_name(name, problems)` may refuse the name.
function objects.change(context, kind, object, check_name, message)
  local body, problems = context.body, refuse.problems()
  if body.name ~= nil then
    problems:check(type(body.name) == "string", "name", "must be a text")
    if check_name then check_name(tostring(body.name), problems) end
  end
  labels.check(body.labels, problems)
  problems:finish()
  if body.name then
    objects.check_unique(context, kind, body.name, message, object)
    object.name = body.name
  end
  object.labels = body.labels or object.labels
  context.changed = true
end

return objects
