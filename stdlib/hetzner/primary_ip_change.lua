-- SPDX-License-Identifier: MIT
--
-- Changing a primary IP in place. It moves only while the servers it leaves and joins are
-- off, so each of them goes through a power cycle.

local action = require "hetzner.action"
local calls = require "hetzner.calls"
local client = require "hetzner.client"
local fault = require "fault"
local labels = require "hetzner.labels"
local same = require "hetzner.same"
local wait = require "wait"

local change = {}

local function status(server)
  local found = client.find("/servers/" .. server, "server")
  return found and found.status
end

-- Runs `work` while the server is off; answers what it answers.
local function while_off(server, what, work)
  local path, before = "/servers/" .. server, status(server)
  if before and before ~= "off" then
    action.run(path, "shutdown", {}, what)
    local ok, problem = pcall(wait.until_true, {
      what = what, within = 60, every = 0.25,
      check = function() return status(server) == "off" end,
    })
    if not ok and not (fault.is(problem) and problem.code == "timeout") then
      error(problem, 0)
    end
    if not ok then action.run(path, "poweroff", {}, what) end
  end
  local done, refusal = pcall(work)
  -- Also after a refusal: what was up is up again.
  if before and before ~= "off" then action.run(path, "poweron", {}, what) end
  if not done then error(refusal, 0) end
end

function change.release(path, server, what)
  local ok, problem = pcall(while_off, server, what, function()
    action.run(path, "unassign", {}, what)
  end)
  if not ok and not (fault.is(problem) and problem.code == "not_found") then
    error(problem, 0)
  end
end

local function assign(path, server, what)
  while_off(server, what, function()
    action.run(path, "assign", { assignee_id = server, assignee_type = "server" }, what)
  end)
end

function change.protect(path, on, what)
  action.run(path, "change_protection", { delete = on }, what)
end

-- The fields that POST cannot set.
function change.after_create(object, want)
  local fields = {}
  if want.server and object.assignee_id ~= same.id(want.server) then
    fields[1] = "server"
  end
  if want.delete_protection ~= object.protection.delete then
    fields[#fields + 1] = "delete_protection"
  end
  return fields
end

local function change_server(path, have, want, what)
  local from, to = have.server and same.id(have.server),
    want.server and same.id(want.server)
  if from then change.release(path, from, what) end
  if to then assign(path, to, what) end
end

local function change_auto_delete(path, have, want, what)
  -- It cannot be set on a protected one.
  if have.delete_protection and want.auto_delete then
    change.protect(path, false, what)
  end
  client.put(path, { auto_delete = want.auto_delete }, what)
end

function change.run(kind, have, want, step, fields)
  local path, what = "/primary_ips/" .. have.id, "changing primary IP " .. step.name
  if labels.due(fields, have) then
    labels.update(path, kind, step, { have = have, want = want })
  end
  if same.has(fields, "server") then change_server(path, have, want, what) end
  if same.has(fields, "auto_delete") then change_auto_delete(path, have, want, what) end
  if same.has(fields, "delete_protection") then
    change.protect(path, want.delete_protection, what)
  end
  return kind.found(client.get(path).primary_ip, { want = want })
end

local CALLS = {
  create = "POST /primary_ips", delete = "DELETE /primary_ips/ID",
  rename = "PUT /primary_ips/ID (name)",
  fields = {
    labels = "PUT /primary_ips/ID", auto_delete = "PUT /primary_ips/ID",
    called = "PUT /primary_ips/ID (name)",
    delete_protection = "POST /primary_ips/ID/actions/change_protection",
  },
}

local function replace(planned, made)
  local have, want = planned.have, planned.want
  made.lost = { "the address " .. tostring(have.ip) }
  made.survives = { "the server that has it, with the new address" }
  if want.server ~= nil then
    made.alone_because = "a server has one address of each family"
  end
end

function change.preview(planned)
  local made = { actions = calls.of(planned, CALLS) }
  if planned.action == "update" and same.has(planned.fields, "server") then
    table.insert(made.actions, "POST /primary_ips/ID/actions/unassign")
    table.insert(made.actions, "POST /primary_ips/ID/actions/assign")
    made.downtime = "about 1 minute for each server it leaves or joins: off, change, boot"
  end
  if planned.action == "delete" or planned.action == "replace" then
    made.data = "the address is given back: whoever comes next may get it"
  end
  if planned.action == "replace" then replace(planned, made) end
  return made
end

return change
