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

local watched = {}    -- id → { count = waiters, state = the action as last seen }
local asker           -- the waiter that asks for all

local function watch(ids)
  for _, id in ipairs(ids) do
    watched[id] = watched[id] or { count = 0 }
    watched[id].count = watched[id].count + 1
  end
end

local function unwatch(ids)
  for _, id in ipairs(ids) do
    watched[id].count = watched[id].count - 1
    if watched[id].count == 0 then watched[id] = nil end
  end
end

local function ask(ids)
  local query = {}
  for i, id in ipairs(ids) do query[i] = { "id", id } end
  local seen = {}
  for _, state in ipairs(client.get("/actions", query, "waiting for actions").actions) do
    seen[state.id] = true
    if watched[state.id] then watched[state.id].state = state end
  end
  for _, id in ipairs(ids) do
    if not seen[id] then
      fault("action " .. id .. " is gone",
        { next = "run again: what exists is looked at anew" })
    end
  end
end

local function ask_for_all()
  local ids = {}
  for id, entry in pairs(watched) do
    if not entry.state or entry.state.status == "running" then ids[#ids + 1] = id end
  end
  table.sort(ids)
  for from = 1, #ids, BATCH do
    ask({ table.unpack(ids, from, math.min(from + BATCH - 1, #ids)) })
  end
end

local function all_ended(ids)
  for _, id in ipairs(ids) do
    local state = watched[id].state
    if not state or state.status == "running" then return false end
  end
  return true
end

local function raise_failure(ids, what)
  for _, id in ipairs(ids) do
    local state = watched[id].state
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
local function wait_for(ids, me, what, within)
  asker = me
  local joined = false
  wait.until_true {
    what = what, within = within or PATIENCE, every = 0.2, most = 5,
    next = "look at the action in the Hetzner console, then run again",
    check = function()
      asker = asker or me
      if joined and asker == me then ask_for_all() end
      joined = true
      return all_ended(ids)
    end,
  }
  raise_failure(ids, what)
end

-- Waits until all have ended; the first that failed is raised as `what` failed.
-- within: seconds, instead of the usual hour and a half.
function action.wait(list, what, within)
  local ids = {}
  for _, state in ipairs(list) do
    if state.status ~= "success" then ids[#ids + 1] = state.id end
  end
  if #ids == 0 then return end
  local me = {}
  watch(ids)
  local ok, problem = pcall(wait_for, ids, me, what, within)
  if asker == me then asker = nil end
  unwatch(ids)
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
