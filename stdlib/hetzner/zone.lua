-- SPDX-License-Identifier: MIT
--
-- A DNS zone at Hetzner: https://docs.hetzner.cloud/reference/cloud#dns

local action = require "hetzner.action"
local attribute = require "attribute"
local calls = require "hetzner.calls"
local client = require "hetzner.client"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local type = require "type"

local CALLS = {
  create = "POST /zones", delete = "DELETE /zones/ID", rename = "PUT /zones/ID (labels)",
  fields = {
    ttl = "POST /zones/ID/actions/change_ttl",
    labels = "PUT /zones/ID", called = "PUT /zones/ID",
    delete_protection = "POST /zones/ID/actions/change_protection",
  },
}

local kind = {
  type = "hetzner.zone", list = "zones", key = "zone", acts = true, nameless = true,
}

function kind.found(object, item)
  local servers = object.authoritative_nameservers or {}
  return {
    name = object.name, ttl = object.ttl, labels = labels.shown(object, item),
    delete_protection = object.protection.delete, id = object.id,
    nameservers = servers.assigned or {}, delegation_status = servers.delegation_status,
    created = object.created,
  }
end

local function protect(path, on, what)
  action.run(path, "change_protection", { delete = on }, what)
end

local function update(have, want, step, fields)
  local path, what = "/zones/" .. have.id, "changing zone " .. step.name
  if same.has(fields, "ttl") then
    action.run(path, "change_ttl", { ttl = want.ttl }, what)
  end
  if labels.due(fields, have) then
    labels.update(path, kind, step, { have = have, want = want })
  end
  if same.has(fields, "delete_protection") then
    protect(path, want.delete_protection, what)
  end
  return kind.found(client.get(path).zone, { want = want })
end

-- A zone of that name that somebody made by hand is not taken over silently.
local function create(want, step)
  local what = "creating zone " .. want.name
  local answer = client.create("/zones", "zone", {
    what = what, own = observe.own(kind, step),
    body = {
      name = want.name, mode = "primary", ttl = want.ttl,
      labels = labels.born(kind.type, step, want.labels),
    },
  })
  if answer.action then action.wait({ answer.action }, what) end
  if want.delete_protection and not answer.zone.protection.delete then
    protect("/zones/" .. answer.zone.id, true, what)
  end
  return kind.found(client.get("/zones/" .. answer.zone.id).zone, { want = want })
end

return type {
  name = kind.type,
  doc = "A DNS zone. At the registrar of the domain, name `nameservers` as its servers.",
  link = "https://docs.hetzner.cloud/reference/cloud#dns",
  protect = true,
  renames = true,
  attributes = {
    name = attribute.string { required = true, fixed = true, doc = "the domain" },
    ttl = attribute.integer { default = 3600,
      doc = "seconds, for sets without their own" },
    delete_protection = attribute.bool {
      default = true, doc = "refuse deletion at Hetzner too",
    },
    labels = attribute.map { default = {}, doc = "labels of your own" },
    id = attribute.integer { computed = true, doc = "the id at Hetzner" },
    nameservers = attribute.list { computed = true,
      doc = "what the registrar must name" },
    delegation_status = attribute.string {
      computed = true, doc = "valid once the registrar names them",
    },
    created = attribute.string { computed = true, doc = "when it was made" },
  },
  example = [[
local zone = hetzner.zone "pipster" { name = "pipster.app" }
output { nameservers = zone.nameservers }
]],

  -- The list is shared with the types that look for a record's zone.
  observe = function(items)
    local all = client.list_shared "zones"
    return observe.labelled(kind, items, {
      objects = observe.of_project(all, kind.type), all = all,
    })
  end,

  create = create,
  update = update,

  delete = function(have, step)
    local path, what = "/zones/" .. have.id, "deleting zone " .. step.name
    if have.delete_protection then protect(path, false, what) end
    local answer = client.delete(path, what)
    if answer and answer.action then action.wait({ answer.action }, what) end
  end,

  preview = function(change)
    local made = { actions = calls.of(change, CALLS) }
    if change.action == "delete" or change.action == "replace" then
      made.data = "all records of the zone"
    end
    if change.action == "replace" then
      made.lost = { "all records of " .. change.have.name, "its delegation" }
      made.survives = { "what is declared of them, made again in the new zone" }
      made.notes = { "at the registrar, the new zone needs its nameservers named" }
    end
    return made
  end,
}
