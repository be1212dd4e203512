-- SPDX-License-Identifier: MIT
--
-- Actions take time: `start` makes a running one, `advance` carries out what is due at
-- the beginning of each request. Seconds as the vendor takes them, times the lab's speed
-- factor; a factor of 0 finishes each at once.

local clock = require "clock"
local json = require "json"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"

local actions = {}

local seconds = {
  create_server = 10, start_server = 5, stop_server = 3, shutdown_server = 8,
  reboot_server = 8, reset_server = 5, change_server_type = 60, rebuild_server = 20,
  create_image = 30, delete_server = 3,
}
local OTHERWISE = 1

function actions.view(action, now_ms)
  local progress = 100
  if action.status == "running" then
    local share = (now_ms - action.started_ms) / math.max(1,
      action.due_ms - action.started_ms)
    progress = math.max(0, math.min(99, math.floor(share * 100)))
  end
  return {
    id = action.id, command = action.command, status = action.status, progress = progress,
    started = clock.text(action.started_ms // 1000),
    finished = action.status == "running" and json.null
      or clock.text(action.finished_ms // 1000),
    resources = json.list(action.resources), error = action.failure or json.null,
  }
end

local function finish(lab, action)
  action.finished_ms = math.max(action.due_ms, action.started_ms)
  for _, object in ipairs(action.holds) do object.busy = object.busy - 1 end
  action.status = action.failure and "error" or "success"
  local effect = action.on_done
  if action.failure then effect = action.on_error end
  if effect then effect() end
  lab.running[action.id] = nil
end

-- on: { { "server", object }, … }: the things it is about; while it runs they are busy.
-- options: done, failed = functions; after = an action it follows; free = true: holds
-- nothing
function actions.start(context, command, on, options)
  options = options or {}
  local lab = context.lab
  local from = options.after and options.after.due_ms or lab.now_ms()
  local action = {
    id = lab.next_id(), command = command, status = "running",
    started_ms = lab.now_ms(), resources = {}, holds = {},
    due_ms = from + math.floor((seconds[command] or OTHERWISE) * 1000 * lab.speed),
    on_done = options.done, on_error = options.failed, failure = context.fail_action,
  }
  for i, pair in ipairs(on) do
    action.resources[i] = { type = pair[1], id = pair[2].id }
    if not options.free then
      action.holds[#action.holds + 1] = pair[2]
      pair[2].busy = (pair[2].busy or 0) + 1
    end
  end
  context.world.actions[action.id] = action
  lab.running[action.id] = action
  context.changed = true
  if lab.speed == 0 then finish(lab, action) end
  return action
end

function actions.fail(lab, action, code, message)
  action.failure = { code = code, message = message }
  if lab.running[action.id] then
    action.due_ms = lab.now_ms()
    finish(lab, action)
  else
    action.status = "error"
  end
end

function actions.advance(lab)
  local now, due = lab.now_ms(), {}
  for _, action in pairs(lab.running) do
    if action.due_ms <= now then due[#due + 1] = action end
  end
  table.sort(due, function(left, right)
    if left.due_ms ~= right.due_ms then return left.due_ms < right.due_ms end
    return left.id < right.id
  end)
  for _, action in ipairs(due) do
    if lab.running[action.id] then finish(lab, action) end
  end
end

function actions.shown(context, list)
  local shown = {}
  for i, action in ipairs(list) do
    shown[i] = actions.view(action, context.lab.now_ms())
  end
  return json.list(shown)
end

function actions.show(context, action)
  return actions.view(action, context.lab.now_ms())
end

local function list_by_id(context)
  local wanted = context.query.id
  if not wanted then
    refuse.with(410, "deprecated_api_endpoint", "listing all actions is gone",
      { announcement = "https://docs.hetzner.cloud/changelog#2025-01-30" })
  end
  local found = {}
  for _, id in ipairs(wanted) do
    local action = context.world.actions[math.tointeger(tonumber(id))]
    -- Those of storage boxes are the other API's.
    if action and action.resources[1].type ~= "storage_box" then
      found[#found + 1] = action
    end
  end
  return 200, { actions = actions.shown(context, found) }
end

local function one(context, id)
  local action = context.world.actions[math.tointeger(tonumber(id))]
  if not action then refuse.not_found("action") end
  return 200, { action = actions.show(context, action) }
end

-- The actions of a kind, or of one object of it.
function actions.list_of(context, kind, id)
  local found = {}
  for _, action in pairs(context.world.actions) do
    for _, resource in ipairs(action.resources) do
      if resource.type == kind and (id == nil or resource.id == id) then
        found[#found + 1] = action
        break
      end
    end
  end
  return lists.answer(context, found, {
    key = "actions", sort = { "id", "command", "status", "started", "finished" },
    filters = {
      id = function(a) return a.id end, status = function(a) return a.status end,
    },
    view = function(action) return actions.show(context, action) end,
  })
end

-- The actions of things at `path`.
function actions.routes_of(path, kind)
  return {
    { "GET", "/" .. path .. "/actions",
      function(context) return actions.list_of(context, kind) end },
    { "GET", "/" .. path .. "/actions/{id}", one },
    { "GET", "/" .. path .. "/{id}/actions", function(context, id)
      return actions.list_of(context, kind, objects.find(context, kind, id).id)
    end },
  }
end

actions.routes = {
  { "GET", "/actions", list_by_id },
  { "GET", "/actions/{id}", one },
}
for path, kind in pairs {
  servers = "server", firewalls = "firewall", primary_ips = "primary_ip", zones = "zone",
} do
  table.move(actions.routes_of(path, kind), 1, 3, #actions.routes + 1, actions.routes)
end

return actions
