-- SPDX-License-Identifier: MIT
--
-- A public key that new servers let in:
-- https://docs.hetzner.cloud/reference/cloud#ssh-keys

local attribute = require "attribute"
local calls = require "hetzner.calls"
local client = require "hetzner.client"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local type = require "type"

local CALLS = {
  create = "POST /ssh_keys", delete = "DELETE /ssh_keys/ID",
  rename = "PUT /ssh_keys/ID (name)",
  fields = { labels = "PUT /ssh_keys/ID", called = "PUT /ssh_keys/ID (name)" },
}

local kind = { type = "hetzner.ssh_key", list = "ssh_keys", key = "ssh_key" }

-- "ssh-ed25519 AAAA… comment" → without the comment and the line's end.
local function bare(public_key)
  local algorithm, body = tostring(public_key):match("^%s*(%S+)%s+(%S+)")
  return algorithm and algorithm .. " " .. body or public_key
end

function kind.found(object, item)
  local want = item.want or {}
  return {
    public_key = same.echo(want.public_key, object.public_key, bare),
    labels = labels.shown(object, item), id = object.id, fingerprint = object.fingerprint,
    created = object.created,
  }
end

return type {
  name = kind.type,
  doc = "A public SSH key of the project. Servers created with it let its owner in.",
  link = "https://docs.hetzner.cloud/reference/cloud#ssh-keys",
  renames = true,
  attributes = {
    public_key = attribute.string {
      required = true, fixed = true, doc = "the line of the .pub file",
    },
    labels = attribute.map { default = {}, doc = "labels of your own" },
    id = attribute.integer { computed = true, doc = "the id at Hetzner" },
    fingerprint = attribute.string { computed = true,
      doc = "MD5 of the key, as Hetzner shows it" },
    created = attribute.string { computed = true, doc = "when it was made" },
  },
  example = [[
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
hetzner.server "app" { type = "cx23", image = "debian-12", ssh_keys = { key } }
]],

  observe = function(items)
    return observe.labelled(kind, items)
  end,

  create = function(want, step)
    local answer = client.create("/ssh_keys", "ssh_key", {
      what = "creating SSH key " .. step.name, own = observe.own(kind, step),
      body = {
        name = step.name, public_key = want.public_key,
        labels = labels.born(kind.type, step, want.labels),
      },
    })
    return kind.found(answer.ssh_key, { want = want })
  end,

  update = function(have, want, step)
    local path = "/ssh_keys/" .. have.id
    labels.update(path, kind, step, { have = have, want = want })
    return kind.found(client.get(path).ssh_key, { want = want })
  end,

  delete = function(have, step)
    client.delete("/ssh_keys/" .. have.id, "deleting SSH key " .. step.name)
  end,

  preview = function(change)
    local made = { actions = calls.of(change, CALLS) }
    if change.action == "replace" then
      made.lost = { "the old key for new servers" }
      made.survives = { "logins on servers that were born with the old key" }
    end
    return made
  end,
}
