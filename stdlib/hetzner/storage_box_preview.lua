-- SPDX-License-Identifier: MIT
--
-- What a change of a storage box will do, told before, and what is wrong with its
-- declaration. Pure.

local calls = require "hetzner.calls"
local change = require "hetzner.storage_box_change"
local fault = require "fault"
local money = require "money"
local same = require "hetzner.same"
local secret = require "secret"
local types = require "hetzner.storage_types"
local unknown = require "unknown"

local preview = {}

local ACTIONS = "POST /storage_boxes/ID/actions/"
local LEAST, MOST = 12, 128 -- characters of a password

local CALLS = {
  create = "POST /storage_boxes", delete = "DELETE /storage_boxes/ID",
  rename = "PUT /storage_boxes/ID (name)",
  fields = {
    labels = "PUT /storage_boxes/ID", called = "PUT /storage_boxes/ID (name)",
    password = ACTIONS .. "reset_password", type = ACTIONS .. "change_type",
    delete_protection = ACTIONS .. "change_protection",
  },
}
for _, name in ipairs(change.ACCESS) do
  CALLS.fields[name] = ACTIONS .. "update_access_settings"
end

local function refuse_password(name, why)
  fault("hetzner.storage_box/" .. name .. " has no password that Hetzner takes", {
    why = why,
    next = 'leave it out, or password = "Aa1-" .. secret "box_password": 12 to 128 '
      .. "characters, with an upper case letter, a lower case one, a number and a "
      .. "special character",
  })
end

local function check_password(want, name, is_new)
  local password = want.password
  if password == nil then
    if is_new then refuse_password(name, "false is for one that is there") end
  elseif secret.is(password) then
    local length = secret.length(password)
    if length < LEAST or length > MOST then
      refuse_password(name, "it has " .. length .. " characters")
    end
  elseif not unknown.is(password) then
    refuse_password(name, "it is written down in clear: only a secret is kept out of "
      .. "plans, logs and state")
  end
end

local function check_place(want, name)
  if unknown.is(want.type) or unknown.is(want.location) then return end
  local why, advice = types.obstacle(want.type, want.location)
  if not why then return end
  fault("hetzner.storage_box/" .. name .. " cannot be ordered",
    { why = why, next = advice, code = "resource_unavailable" })
end

local function note(made, text)
  made.notes = made.notes or {}
  table.insert(made.notes, text)
end

-- What follows the POST.
local function add_create(want, made)
  local closes = change.learns(want) and want.reachable_externally ~= true
  if closes then
    note(made, "reachable from outside while it is new and empty, until its host key is "
      .. "learned; host_key = \"…\" spares that")
  end
  if next(change.plan_of(want.snapshot_plan)) then
    table.insert(made.actions, ACTIONS .. "enable_snapshot_plan")
  end
  if want.delete_protection then
    table.insert(made.actions, ACTIONS .. "change_protection")
  end
  if closes then table.insert(made.actions, ACTIONS .. "update_access_settings") end
  local fee = types.setup_fee(want.type, want.location)
  if fee and not money.is_zero(fee) then
    note(made, "setting it up costs " .. fee .. " once")
  end
end

local function add_update(planned, made)
  local have, want = planned.have, planned.want
  if same.has(planned.fields, "snapshot_plan") then
    local on = next(change.plan_of(want.snapshot_plan)) ~= nil
    table.insert(made.actions, ACTIONS .. (on and "en" or "dis") .. "able_snapshot_plan")
    if not on then note(made, "the snapshots that its plan made stay") end
  end
  if same.has(planned.fields, "type") and types.is_smaller(want.type, have.type) then
    note(made, ("%s offers %s: refused when more is stored"):format(want.type,
      types.space(want.type)))
  end
end

local function add_loss(planned, made)
  made.data = "all files in the storage box, its snapshots and subaccounts"
  if planned.action ~= "replace" then return end
  made.lost = { "all files of " .. tostring(planned.have.server), "its snapshots",
    "its name and user" }
  made.survives = { "nothing that is stored: copy it before" }
end

-- What is wrong with the way to it, changed or not.
local function warnings(planned)
  local have, want = planned.have, planned.want
  if not have or not want then return nil end
  if have.key_trouble then
    return { have.key_trouble .. "; nothing may be sent there until host_key = \"…\" says"
      .. " that the new one is right" }
  end
  local pinned = have.host_key or want.host_key
  if want.ssh_enabled and not pinned and planned.action ~= "replace" then
    return { "the host key of " .. planned.name .. " is not known: nothing can be sent "
      .. "there. Give it (host_key = \"…\"), or let it be reachable_externally for one "
      .. "run" }
  end
  return nil
end

function preview.of(planned)
  local want = planned.want
  local is_new = planned.action == "create" or planned.action == "replace"
  if want and planned.action ~= "delete" then
    check_password(want, planned.name, is_new)
    if is_new or same.has(planned.fields, "type") then check_place(want, planned.name) end
  end
  local made = { actions = calls.of(planned, CALLS), warnings = warnings(planned) }
  if is_new then add_create(want, made) end
  if planned.action == "update" then add_update(planned, made) end
  if planned.action == "delete" or planned.action == "replace" then
    add_loss(planned, made)
  end
  return made
end

return preview
