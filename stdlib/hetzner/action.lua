-- SPDX-License-Identifier: MIT
--
-- Waiting for actions (https://docs.hetzner.cloud/reference/cloud#actions). However many
-- steps wait, one of them asks for all, 25 ids a request: the one that joined last, since
-- its action is the youngest; when its own are done, another takes over.

local client = require "hetzner.client"
local fault = require "fault"
local wait = require "wait"

local action = {}

local BATCH = 25
local PATIENCE = 5400 -- the vendor's own clients wait as long for a create

local CLOUD, BOXES = "/actions", "/storage_boxes/actions"

-- path and id → { count = waiters, path, id, state = the action as last seen }
local watched = {}
local asker -- the waiter that asks for all

-- Where an action is asked for: those of storage boxes are another API's.
local function path_of(state)
  for _, resource in ipairs(state.resources or {}) do
    if resource.type == "storage_box" then return BOXES end
  end
  return CLOUD
end

local function key_of(path, id) return path .. "/" .. id end

local function watch(state)
  local path = path_of(state)
  local key = key_of(path, state.id)
  watched[key] = watched[key] or { count = 0, path = path, id = state.id }
  watched[key].count = watched[key].count + 1
  return key
end

local function unwatch(keys)
  for _, key in ipairs(keys) do
    watched[key].count = watched[key].count - 1
    if watched[key].count == 0 then watched[key] = nil end
  end
end

local function ask(path, ids)
  local query = {}
  for i, id in ipairs(ids) do query[i] = { "id", id } end
  local seen = {}
  for _, state in ipairs(client.get(path, query, "waiting for actions").actions) do
    local entry = watched[key_of(path, state.id)]
    seen[state.id] = true
    if entry then entry.state = state end
  end
  for _, id in ipairs(ids) do
    if not seen[id] then
      fault("action " .. id .. " is gone",
        { next = "run again: what exists is looked at anew" })
    end
  end
end

local function ask_at(path)
  local ids = {}
  for _, entry in pairs(watched) do
    local open = not entry.state or entry.state.status == "running"
    if entry.path == path and open then ids[#ids + 1] = entry.id end
  end
  table.sort(ids)
  for from = 1, #ids, BATCH do
    ask(path, { table.unpack(ids, from, math.min(from + BATCH - 1, #ids)) })
  end
end

local function ask_for_all()
  ask_at(CLOUD)
  ask_at(BOXES)
end

local function all_ended(keys)
  for _, key in ipairs(keys) do
    local state = watched[key].state
    if not state or state.status == "running" then return false end
  end
  return true
end

local function raise_failure(keys, what)
  for _, key in ipairs(keys) do
    local state = watched[key].state
    if state and state.status == "error" then
      local problem = state.error or {}
      fault(what .. " failed", {
        why = ("%s ended in an error: %s (%s)"):format(state.command,
          problem.message or "no message", problem.code or "no code"),
        code = problem.code, next = "run again; if it fails again, try another location",
      })
    end
  end
end

-- The first look is left out: others may join meanwhile and be asked for along with us.
local function wait_for(keys, me, what, within)
  asker = me
  local joined = false
  wait.until_true {
    what = what, within = within or PATIENCE, every = 0.2, most = 5,
    next = "look at the action in the Hetzner console, then run again",
    check = function()
      asker = asker or me
      if joined and asker == me then ask_for_all() end
      joined = true
      return all_ended(keys)
    end,
  }
  raise_failure(keys, what)
end

-- Waits until all have ended; the first that failed is raised as `what` failed.
-- within: seconds, instead of the usual hour and a half.
function action.wait(list, what, within)
  local keys = {}
  for _, state in ipairs(list) do
    if state.status ~= "success" then keys[#keys + 1] = watch(state) end
  end
  if #keys == 0 then return end
  local me = {}
  local ok, problem = pcall(wait_for, keys, me, what, within)
  if asker == me then asker = nil end
  unwatch(keys)
  if not ok then error(problem, 0) end
end

-- POST …/actions/VERB and its end. Answers the JSON.
function action.run(path, verb, body, what)
  local answer = client.post(path .. "/actions/" .. verb, body, what)
  local list = answer.actions or { answer.action }
  action.wait(list, what)
  return answer
end

return action
