-- SPDX-License-Identifier: MIT
--
-- Storage for backups: https://docs.hetzner.cloud/reference/hetzner#storage-boxes
-- SFTP on port 22; on port 23 also borg, rsync and a shell of few commands.

local attribute = require "attribute"
local catalogue = require "hetzner.catalogue"
local change = require "hetzner.storage_box_change"
local fault = require "fault"
local host_key = require "hetzner.storage_box_key"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local preview = require "hetzner.storage_box_preview"
local secret = require "secret"
local type = require "type"
local types = require "hetzner.storage_types"
local unknown = require "unknown"

local kind = {
  type = "hetzner.storage_box", list = "storage_boxes", key = "storage_box", acts = true,
}

-- The API does not tell which keys it was made with.
local function keys_at_birth(item)
  local recorded, wanted = labels.recorded(item).ssh_keys, (item.want or {}).ssh_keys
  if recorded ~= nil then return recorded end
  if unknown.is(wanted) then return nil end
  return wanted
end

function kind.found(object, item)
  local found = {
    type = object.storage_box_type.name, location = object.location.name,
    snapshot_plan = change.plan_of(object.snapshot_plan),
    labels = labels.shown(object, item), delete_protection = object.protection.delete,
    ssh_keys = keys_at_birth(item), host_key = host_key.pinned(item), id = object.id,
    server = object.server, username = object.username, port = host_key.PORT,
    size = object.storage_box_type.size, created = object.created,
  }
  for _, name in ipairs(change.ACCESS) do found[name] = object.access_settings[name] end
  return found
end

local function snapshot_plan(declared)
  local plan = {}
  for key, value in pairs(declared) do plan[key] = value end
  if next(plan) == nil then return plan end
  if plan.max_snapshots == nil then
    fault("a snapshot_plan says how many snapshots are kept",
      { next = "snapshot_plan = { max_snapshots = 7, hour = 3 }" })
  end
  plan.hour, plan.minute = plan.hour or 0, plan.minute or 0
  return plan
end

-- Hetzner wants a letter of each case, a number, a sign. false leaves it as it is.
local function password_of(declared, name)
  if declared.password == false then return nil end
  if declared.password ~= nil or not name then return declared.password end
  return "Aa1-" .. secret.declare("storage_box_" .. name, { length = 32 })
end

local function price(want)
  local location = want.location or "?"
  return { { ("storage box %s in %s"):format(want.type or "?", location),
    types.price(want.type, location), catalogue.currency() } }
end

return type {
  name = kind.type,
  doc = "Storage for backups. It answers at `server`, port 23, as `username`; who puts "
    .. "something there pins `host_key`, which is learned once where it is not given.",
  link = "https://docs.hetzner.cloud/reference/hetzner#storage-boxes",
  protect = true,
  renames = true,
  attributes = {
    type = attribute.string { required = true, doc = "bx11, bx21, …; changed in place" },
    location = attribute.string { required = true, fixed = true, doc = "fsn1 or hel1" },
    password = attribute.string { secret = true,
      doc = "a secret; when left out secret(\"storage_box_NAME\"), with letters before it"
        .. " as Hetzner wants them; false leaves that of a box that is there" },
    ssh_keys = attribute.list { default = {}, birth = true,
      doc = "public keys that may log in: lines, or SSH keys of the project" },
    ssh_enabled = attribute.bool { default = true, doc = "SFTP, borg and rsync" },
    reachable_externally = attribute.bool { default = false,
      doc = "from outside of Hetzner's network too" },
    samba_enabled = attribute.bool { default = false, doc = "SMB" },
    webdav_enabled = attribute.bool { default = false, doc = "WebDAV" },
    zfs_enabled = attribute.bool { default = false,
      doc = "snapshots are seen in the folder .zfs" },
    snapshot_plan = attribute.map { default = {},
      doc = "max_snapshots; hour, minute (UTC), day_of_week (1: Monday), day_of_month" },
    host_key = attribute.string { optional_computed = true,
      doc = "\"ssh-ed25519 AAAA…\": its public host key, learned where it is not given" },
    delete_protection = attribute.bool {
      default = true, doc = "refuse deletion at Hetzner too",
    },
    labels = attribute.map { default = {}, doc = "labels of your own" },
    id = attribute.integer { computed = true, doc = "the id at Hetzner" },
    server = attribute.string { computed = true, doc = "the name where it answers" },
    username = attribute.string { computed = true, doc = "who logs in" },
    port = attribute.integer { computed = true, doc = "23: SFTP, borg and rsync" },
    size = attribute.integer { computed = true, doc = "space in bytes" },
    key_trouble = attribute.string { computed = true,
      doc = "with which other key it answers" },
    created = attribute.string { computed = true, doc = "when it was made" },
  },
  example = [[
local box = hetzner.storage_box "backup" {
  type = "bx11", location = "fsn1", ssh_keys = { input("ssh_public_key") },
  snapshot_plan = { max_snapshots = 7, hour = 3 },
}
output { backup = text("ssh://%s@%s:%s/./shop", box.username, box.server, box.port) }
]],

  -- An amendment comes through here alone, without a name.
  shorthand = function(declared, name)
    declared.password = password_of(declared, name)
    local plan = declared.snapshot_plan
    if plan ~= nil and not unknown.is(plan) then
      declared.snapshot_plan = snapshot_plan(plan)
    end
    return declared
  end,

  observe = function(items)
    catalogue.load()
    types.load()
    local results = observe.labelled(kind, items)
    for i, item in ipairs(items) do
      if results[i] then host_key.look(results[i], item) end
    end
    return results
  end,

  create = function(want, step) return change.create(kind, want, step) end,

  update = function(have, want, step, fields)
    return change.update(kind, have, want, step, fields)
  end,

  delete = change.delete,
  preview = preview.of,
  price = price,
}
