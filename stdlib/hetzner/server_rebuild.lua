-- SPDX-License-Identifier: MIT
--
-- Building a server anew in place: its disk is lost, its id, addresses and backups stay.
-- The new host key is remembered durably before the call, as at birth.

local action = require "hetzner.action"
local first_boot = require "hetzner.first_boot"
local labels = require "hetzner.labels"
local same = require "hetzner.same"

local rebuild = {}

function rebuild.is_due(fields)
  return same.has(fields, "image") or same.has(fields, "user_data")
end

local function protect(path, on, what)
  action.run(path, "change_protection", { delete = on, rebuild = on }, what)
end

-- Answers what is recorded from now on where the API does not tell it.
function rebuild.run(have, want, step, what)
  local path = "/servers/" .. have.id
  local text, public = first_boot.make(want, step.name)
  step.remember { host_key = public, rebuilt = want.image }
  if have.delete_protection then protect(path, false, what) end
  action.run(path, "rebuild", { image = want.image, user_data = text }, what)
  if want.delete_protection then protect(path, true, what) end
  local recorded = {}
  for key, value in pairs(have) do recorded[key] = value end
  recorded.host_key, recorded.user_data = public, want.user_data
  return recorded
end

-- The key it was born with, or reborn: a run that was cut off may not have recorded it.
function rebuild.host_key(item, image)
  local note, recorded = labels.note(item), labels.recorded(item)
  if note.rebuilt and note.rebuilt == image and recorded.image ~= image then
    return note.host_key
  end
  return recorded.host_key or not note.rebuilt and note.host_key or nil
end

return rebuild
