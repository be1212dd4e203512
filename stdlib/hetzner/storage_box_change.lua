-- SPDX-License-Identifier: MIT
--
-- Making a storage box and changing it in place. One whose host key is not known is
-- reachable from outside while that is learned, which a new one is while it is empty.
-- The way to it is closed last: what fails before can be learned by the next run.

local action = require "hetzner.action"
local client = require "hetzner.client"
local fault = require "fault"
local host_key = require "hetzner.storage_box_key"
local json = require "json"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local wait = require "wait"

local change = {}

change.ACCESS = {
  "ssh_enabled", "reachable_externally", "samba_enabled", "webdav_enabled", "zfs_enabled",
}

local function path_of(id) return "/storage_boxes/" .. id end

local function read(id) return client.get(path_of(id)).storage_box end

-- After the last call nothing is to be done again, but what was learned is not recorded
-- yet: the step stays open, and its note with it.
local function read_back(id, what)
  local ok, answer = pcall(read, id)
  if ok then return answer end
  if not fault.is(answer) then error(answer, 0) end
  return fault(what .. " is done, but it could not be read back",
    { why = answer.why or answer.what, next = answer.next, kind = "uncertain" })
end

-- Must be known before anybody may connect, and nobody has said it.
function change.learns(want)
  return want.host_key == nil and want.ssh_enabled == true
end

local function access_of(want)
  local access = {}
  for _, name in ipairs(change.ACCESS) do access[name] = want[name] end
  return access
end

local function public_keys(list)
  local lines = {}
  for i, value in ipairs(list or {}) do
    lines[i] = type(value) == "table" and value.public_key or value
  end
  return json.list(lines)
end

-- Only what differs is sent: the call changes what it names.
local function set_access(object, want, what)
  local differing, some = {}, false
  for name, value in pairs(access_of(want)) do
    if object.access_settings[name] ~= value then differing[name], some = value, true end
  end
  if some then
    action.run(path_of(object.id), "update_access_settings", differing, what)
  end
end

-- {} for none; what is not said is not there.
function change.plan_of(plan)
  if type(plan) ~= "table" then return {} end
  return {
    max_snapshots = plan.max_snapshots, minute = plan.minute, hour = plan.hour,
    day_of_week = plan.day_of_week, day_of_month = plan.day_of_month,
  }
end

local function set_plan(id, plan, what)
  if next(plan) then
    action.run(path_of(id), "enable_snapshot_plan", change.plan_of(plan), what)
  else
    action.run(path_of(id), "disable_snapshot_plan", {}, what)
  end
end

local function same_plan(left, right)
  for _, name in ipairs { "max_snapshots", "minute", "hour", "day_of_week",
    "day_of_month" } do
    if left[name] ~= right[name] then return false end
  end
  return true
end

function change.protect(id, on, what)
  action.run(path_of(id), "change_protection", { delete = on }, what)
end

-- One that was found, since the answer was lost, may still be in the making.
local function until_made(id, what)
  wait.until_true {
    what = what, within = 600, every = 0.25, most = 5,
    next = "look at the storage box in the Hetzner console, then run again",
    check = function() return read(id).status == "active" end,
  }
end

-- The key that is pinned from now on, remembered before anything else is done with it.
local function learn(object, want, step)
  if not change.learns(want) then return want.host_key end
  local access = object.access_settings
  if not (access.ssh_enabled and access.reachable_externally) then return nil end
  local found = host_key.learn(object.server, step)
  if found then step.remember { host_key = found } end
  return found
end

function change.create(kind, want, step)
  local what, access = "creating storage box " .. step.name, access_of(want)
  access.reachable_externally = access.reachable_externally or change.learns(want)
  local answer = client.create("/storage_boxes", "storage_box", {
    what = what, own = observe.own(kind, step),
    body = {
      name = step.name, storage_box_type = want.type, location = want.location,
      password = want.password, ssh_keys = public_keys(want.ssh_keys),
      labels = labels.born(kind.type, step, want.labels), access_settings = access,
    },
  })
  local id = answer.storage_box.id
  if answer.action then action.wait({ answer.action }, what) else until_made(id, what) end
  local object = read(id)
  local plan = change.plan_of(want.snapshot_plan)
  if not same_plan(plan, change.plan_of(object.snapshot_plan)) then
    set_plan(id, plan, what)
  end
  if want.delete_protection ~= object.protection.delete then
    change.protect(id, want.delete_protection, what)
  end
  local key = learn(object, want, step)
  set_access(object, want, what)
  return kind.found(read_back(id, what), { want = want, recorded = { host_key = key } })
end

local function has_access(fields)
  for _, name in ipairs(change.ACCESS) do
    if same.has(fields, name) then return true end
  end
  return false
end

-- The host key is learned before the way to it is closed, or after it was opened.
local function change_access(have, want, step, what)
  local before = read(have.id)
  local key = have.host_key or learn(before, want, step)
  set_access(before, want, what)
  return key or learn(read(have.id), want, step)
end

function change.update(kind, have, want, step, fields)
  local path, what = path_of(have.id), "changing storage box " .. step.name
  local key = have.host_key
  if labels.due(fields, have) then
    labels.update(path, kind, step, { have = have, want = want })
  end
  if same.has(fields, "password") then
    action.run(path, "reset_password", { password = want.password }, what)
  end
  if same.has(fields, "type") then
    action.run(path, "change_type", { storage_box_type = want.type }, what)
  end
  if same.has(fields, "snapshot_plan") then
    set_plan(have.id, change.plan_of(want.snapshot_plan), what)
  end
  if same.has(fields, "delete_protection") then
    change.protect(have.id, want.delete_protection, what)
  end
  if has_access(fields) then key = change_access(have, want, step, what) end
  local recorded = {}
  for name, value in pairs(have) do recorded[name] = value end
  recorded.host_key = key
  return kind.found(read_back(have.id, what), { want = want, recorded = recorded })
end

function change.delete(have, step)
  local path, what = path_of(have.id), "deleting storage box " .. step.name
  if have.delete_protection then change.protect(have.id, false, what) end
  local answer = client.delete(path, what)
  if answer and answer.action then action.wait({ answer.action }, what) end
end

return change
