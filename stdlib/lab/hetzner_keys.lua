-- SPDX-License-Identifier: MIT
--
-- SSH keys: name and key unique, fingerprint the MD5 of the key's bytes.

local encode = require "encode"
local labels = require "lab.hetzner_labels"
local lists = require "lab.hetzner_lists"
local md5 = require "lab.md5"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"

local keys = {}

local kinds = {
  ["ssh-ed25519"] = true, ["ssh-rsa"] = true, ["ecdsa-sha2-nistp256"] = true,
  ["ecdsa-sha2-nistp384"] = true, ["ecdsa-sha2-nistp521"] = true,
}

-- The MD5 of the key's bytes, or nil when the text is no public key.
local function fingerprint(public_key)
  local kind, body = public_key:match("^(%S+)%s+([%w+/]+=*)")
  if not kinds[kind] then return nil end
  local bytes = encode.base64_decode(body)
  if not bytes or #bytes < 20 then return nil end
  return (md5(bytes):gsub("(%x%x)", "%1:"):sub(1, -2))
end

keys.fingerprint = fingerprint

local function view(key)
  return {
    id = key.id, name = key.name, fingerprint = key.fingerprint,
    public_key = key.public_key, labels = key.labels, created = key.created,
  }
end

local function check_name(name, problems)
  problems:check(#name > 0, "name", "is required")
end

local function create(context)
  local body, problems = context.body, refuse.problems()
  check_name(tostring(body.name or ""), problems)
  local print = fingerprint(tostring(body.public_key or ""))
  problems:check(print, "public_key", "is no valid SSH public key")
  labels.check(body.labels, problems)
  problems:finish()
  objects.check_unique(context, "ssh_key", body.name,
    "SSH key with the same name already exists")
  for _, key in pairs(context.world.ssh_keys) do
    if key.fingerprint == print then
      refuse.not_unique("SSH key with the same fingerprint already exists", "public_key")
    end
  end
  local key = objects.add(context, "ssh_key", {
    name = body.name, public_key = body.public_key, fingerprint = print,
    labels = body.labels,
  })
  return 201, { ssh_key = view(key) }
end

local function list(context)
  return lists.answer(context, lists.values(context.world.ssh_keys), {
    key = "ssh_keys", view = view,
    filters = {
      name = function(k) return k.name end,
      fingerprint = function(k) return k.fingerprint end,
    },
  })
end

keys.routes = {
  { "GET", "/ssh_keys", list },
  { "POST", "/ssh_keys", create },
  { "GET", "/ssh_keys/{id}", function(context, id)
    return 200, { ssh_key = view(objects.find(context, "ssh_key", id)) }
  end },
  { "PUT", "/ssh_keys/{id}", function(context, id)
    local key = objects.find(context, "ssh_key", id)
    objects.change(context, "ssh_key", key, check_name,
      "SSH key with the same name already exists")
    return 200, { ssh_key = view(key) }
  end },
  { "DELETE", "/ssh_keys/{id}", function(context, id)
    context.world.ssh_keys[objects.find(context, "ssh_key", id).id] = nil
    context.changed = true
    return 204
  end },
}

return keys
