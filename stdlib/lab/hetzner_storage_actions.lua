-- SPDX-License-Identifier: MIT
--
-- What can be done with a storage box. Each is an action; while it runs the box is
-- locked.

local actions = require "lab.hetzner_actions"
local check = require "lab.hetzner_storage_check"
local guest = require "lab.hetzner_storage_guest"
local json = require "json"
local refuse = require "lab.stand_in_refuse"
local servers = require "lab.hetzner_servers"
local storage = require "lab.hetzner_storage"
local types = require "lab.hetzner_storage_types"

local acts = {}

-- POST …/actions/VERB: `judge(body, box, problems)` may refuse, `work(box, context)` is
-- done once the action has ended, `drive` at once.
local function act(verb, command, judge, work, drive)
  return { "POST", "/storage_boxes/{id}/actions/" .. verb, function(context, id)
    local box, problems = storage.find(context, id), refuse.problems()
    storage.check_unlocked(box)
    judge(context.body, box, problems)
    problems:finish()
    local body = context.body
    local action = actions.start(context, command, { { "storage_box", box } }, {
      done = function() work(box, body) end,
    })
    if drive then
      servers.drive(context, action, function() drive(context, box, body) end)
    end
    return 201, { action = actions.show(context, action) }
  end }
end

local function only(...)
  local names = { ... }
  return function(body, _, problems) check.fields(body, names, problems) end
end

local function merged(box, body)
  local access = {}
  for name, value in pairs(box.access) do access[name] = value end
  for name, value in pairs(body) do access[name] = value end
  return access
end

local function judge_protection(body, _, problems)
  check.fields(body, { "delete" }, problems)
  problems:check(type(body.delete) == "boolean", "delete", "must be true or false")
end

local function judge_type(body, box, problems)
  check.fields(body, { "storage_box_type" }, problems)
  local described = check.type(body.storage_box_type, box.location, problems)
  if described then
    problems:check(types.size(described) >= box.used, "storage_box_type",
      "offers less space than is used")
  end
end

local function judge_password(body, _, problems)
  check.fields(body, { "password" }, problems)
  check.password(body.password, problems)
end

local function plan_of(body)
  return {
    max_snapshots = body.max_snapshots, minute = body.minute, hour = body.hour,
    day_of_week = body.day_of_week or json.null,
    day_of_month = body.day_of_month or json.null,
  }
end

acts.routes = {
  act("change_protection", "change_protection", judge_protection,
    function(box, body) box.protected = body.delete end),
  act("change_type", "change_type", judge_type,
    function(box, body) box.type = types.find(body.storage_box_type) end),
  act("reset_password", "reset_password", judge_password,
    function(box, body) box.password = body.password end,
    function(context, box, body) guest.set_password(context, box, body.password) end),
  act("update_access_settings", "update_access_settings",
    function(body, _, problems) check.access(body, problems) end,
    function(box, body) box.access = merged(box, body) end,
    function(context, box, body) guest.enforce(context, box, merged(box, body)) end),
  act("enable_snapshot_plan", "enable_snapshot_plan",
    function(body, box, problems) check.plan(body, box.type, problems) end,
    function(box, body) box.plan = plan_of(body) end),
  act("disable_snapshot_plan", "disable_snapshot_plan", only(),
    function(box) box.plan = nil end),
}

return acts
