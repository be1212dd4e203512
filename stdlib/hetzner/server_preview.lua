-- SPDX-License-Identifier: MIT
--
-- What a change of a server will do, told before: the type chosen, the calls, the
-- downtime, the data at risk. Pure.

local catalogue = require "hetzner.catalogue"
local choice = require "hetzner.server_choice"
local lost = require "hetzner.server_lost"
local same = require "hetzner.same"
local unknown = require "unknown"

local preview = {}

local DOWNTIME = {
  type = "1 to 2 minutes: shut down, change type, boot",
  public_net = "about 1 minute: shut down, change addresses, boot",
  power = "until it is started again",
}
-- At most; how long the power stays off nobody knows.
local SECONDS = { type = 120, public_net = 60 }

local CALLS = {
  firewalls = "POST /firewalls/ID/actions/apply_to_resources",
  labels = "PUT /servers/ID", called = "PUT /servers/ID (name)",
  public_net = "POST /primary_ips/ID/actions/assign",
  type = "POST /servers/ID/actions/change_type",
  delete_protection = "POST /servers/ID/actions/change_protection",
}

local function with(want, type_name, location)
  local refined = {}
  for key, value in pairs(want) do refined[key] = value end
  refined.type = type_name or refined.type
  refined.location = location or refined.location
  return refined
end

local function create(change)
  local want = change.want
  local made = { actions = { "POST /servers" }, want = want }
  if not (unknown.is(want.type) or unknown.is(want.location)) then
    local type_name, location, reasons =
      choice.orderable(want, change.name)
    made.want = with(want, type_name, location)
    made.notes = choice.notes(type_name, location or "?", reasons)
  end
  if want.backups == true then
    made.actions[2] = "POST /servers/ID/actions/enable_backup"
  end
  return made
end

-- Why the new type cannot be had without a new server, or nil.
local function misfit(have, described)
  if not described then return nil end
  if have.architecture and described.architecture ~= have.architecture then
    return ("%s is %s, the server is %s"):format(described.name, described.architecture,
      have.architecture)
  end
  if have.disk and described.disk < have.disk then
    return ("the disk of %s (%d GB) is smaller than the server's (%d GB)"):format(
      described.name, described.disk, have.disk)
  end
  return nil
end

local function change_type(change, made)
  local have, want = change.have, change.want
  if unknown.is(want.type) then return end
  local type_name, _, reasons =
    choice.orderable({ type = want.type, location = have.location }, change.name)
  made.want = with(want, type_name, nil)
  made.notes = choice.notes(type_name, have.location, reasons)
  local described = catalogue.server_type(type_name)
  made.replace_because = misfit(have, described)
  if want.keep_disk == false and described and described.disk > (have.disk or 0) then
    table.insert(made.notes, ("the disk grows to %d GB: there is no way back to a type "
      .. "with a smaller one"):format(described.disk))
  end
end

local function update(change)
  local made = { actions = {}, notes = {} }
  for _, field in ipairs(change.fields or {}) do
    made.actions[#made.actions + 1] = CALLS[field]
  end
  if same.has(change.fields, "backups") then
    local on = change.want.backups
    table.insert(made.actions, "POST /servers/ID/actions/"
      .. (on and "enable" or "disable") .. "_backup")
    if not on then made.data = "all backups of the server are deleted" end
  end
  if same.has(change.fields, "type") then change_type(change, made) end
  if same.has(change.fields, "power") then
    local on = change.want.power == "on"
    table.insert(made.actions,
      "POST /servers/ID/actions/" .. (on and "poweron" or "shutdown"))
    if not on then made.downtime = DOWNTIME.power end
  end
  made.downtime = same.has(change.fields, "type") and DOWNTIME.type
    or same.has(change.fields, "public_net") and DOWNTIME.public_net or made.downtime
  made.downtime_seconds = same.has(change.fields, "type") and SECONDS.type
    or same.has(change.fields, "public_net") and SECONDS.public_net or nil
  return made
end

local function delete(have)
  return {
    actions = { "DELETE /servers/ID" },
    downtime = "the server is gone",
    data = ("the server's disk%s%s"):format(
      have and have.disk and " (" .. have.disk .. " GB)" or "",
      have and have.backups and " and all its backups" or ""),
  }
end

-- The new one is there before the old one goes.
local function create_first(change, made)
  table.insert(made.actions, 1, "PUT /servers/ID (name)")
  table.insert(made.actions, "DELETE /servers/ID")
  made.notes = made.notes or {}
  table.insert(made.notes,
    "no downtime of its own: the old one serves until what uses it is changed")
  made.alone_because = lost.alone(change.want)
end

local function replace(change)
  local gone, made = delete(change.have), create(change)
  made.data = gone.data
  made.lost, made.survives = lost.replaced(change.have)
  if change.create_first then
    create_first(change, made)
  else
    table.insert(made.actions, 1, gone.actions[1])
    made.downtime = "until the new server is up"
  end
  return made
end

local function rebuild(change, made)
  table.insert(made.actions, "POST /servers/ID/actions/rebuild")
  made.downtime = "1 to 2 minutes for the server, then until its host is set up again"
  made.data = ("the server's disk%s"):format(
    change.have.disk and " (" .. change.have.disk .. " GB)" or "")
  made.lost, made.survives = lost.rebuilt(change.have)
  made.unsettled = { "host_key" }
end

function preview.of(change)
  if change.action == "create" then return create(change) end
  if change.action == "update" then
    local made = update(change)
    if change.rebuilds then rebuild(change, made) end
    return made
  end
  if change.action == "delete" then return delete(change.have) end
  if change.action ~= "replace" then return {} end
  return replace(change)
end

return preview
