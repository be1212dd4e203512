-- SPDX-License-Identifier: MIT
--
-- Storage boxes, as the vendor's second API serves them: known by their labels, reached
-- at a name of their own. Where hosts are real, so is what answers at that name.

local actions = require "lab.hetzner_actions"
local check = require "lab.hetzner_storage_check"
local guest = require "lab.hetzner_storage_guest"
local json = require "json"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local random = require "random"
local refuse = require "lab.stand_in_refuse"
local servers = require "lab.hetzner_servers"
local stock = require "lab.hetzner_stock"
local types = require "lab.hetzner_storage_types"

local storage = {}

local function is_made(box) return box.status ~= "initializing" end

function storage.view(box)
  local made = is_made(box)
  return {
    id = box.id, name = box.name, storage_box_type = types.view(box.type),
    location = stock.location(box.location), access_settings = box.access,
    status = made and (box.busy > 0 and "locked" or "active") or "initializing",
    username = made and box.username or json.null,
    server = made and box.server or json.null,
    system = made and box.location:upper() .. "-BX" .. box.id or json.null,
    stats = { size = box.used, size_data = box.used, size_snapshots = 0 },
    snapshot_plan = box.plan or json.null, protection = { delete = box.protected },
    labels = box.labels, created = box.created,
  }
end

function storage.find(context, id)
  return objects.find(context, "storage_box", id)
end

function storage.check_unlocked(box)
  if box.busy > 0 then
    refuse.with(423, "locked", "cannot perform operation because storage box is locked")
  end
end

local function access_of(given)
  local access = {}
  for _, name in ipairs(check.settings) do access[name] = (given or {})[name] == true end
  return access
end

-- A key of the right form; only where no host has a real one.
local function host_key(lab)
  if lab.driver_kind ~= "none" then return nil end
  return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA" .. random.hex(21)
end

local function forget(context, box)
  context.world.storage_boxes[box.id] = nil
  guest.publish(context)
end

local function create(context)
  local body, problems = context.body, refuse.problems()
  local described, location = check.create(body, problems)
  problems:finish()
  objects.check_unique(context, "storage_box", body.name)
  local box = objects.add(context, "storage_box", {
    name = body.name, labels = body.labels, type = described, location = location.name,
    access = access_of(body.access_settings), status = "initializing", used = 0,
    protected = false, password = body.password, keys = body.ssh_keys or {},
  })
  box.username = "u" .. 400000 + box.id
  box.server = box.username .. guest.DOMAIN
  box.host_key = host_key(context.lab)
  local action = actions.start(context, "create", { { "storage_box", box } }, {
    done = function() box.status = "active" end,
    failed = function() forget(context, box) end,
  })
  servers.drive(context, action, function() guest.start(context, box) end)
  return 201, { storage_box = storage.view(box), action = actions.show(context, action) }
end

local function change(context, id)
  local box, problems = storage.find(context, id), refuse.problems()
  check.fields(context.body, { "name", "labels" }, problems)
  problems:finish()
  objects.change(context, "storage_box", box, check.name)
  return 200, { storage_box = storage.view(box) }
end

local function delete(context, id)
  local box = storage.find(context, id)
  storage.check_unlocked(box)
  objects.check_unprotected(box, "storage box")
  local action = actions.start(context, "delete", { { "storage_box", box } }, {
    done = function() forget(context, box) end,
  })
  servers.drive(context, action, function() guest.remove(context, box) end)
  return 201, { action = actions.show(context, action) }
end

storage.routes = actions.routes_of("storage_boxes", "storage_box")
for _, route in ipairs {
  { "GET", "/storage_boxes", function(context)
    return lists.answer(context, lists.values(context.world.storage_boxes), {
      key = "storage_boxes", sort = { "id", "name", "created" }, view = storage.view,
      filters = { name = function(box) return box.name end },
    })
  end },
  { "POST", "/storage_boxes", create },
  { "GET", "/storage_boxes/{id}", function(context, id)
    return 200, { storage_box = storage.view(storage.find(context, id)) }
  end },
  { "PUT", "/storage_boxes/{id}", change },
  { "DELETE", "/storage_boxes/{id}", delete },
} do table.insert(storage.routes, route) end

return storage
