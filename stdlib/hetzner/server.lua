-- SPDX-License-Identifier: MIT
--
-- A virtual machine: https://docs.hetzner.cloud/reference/cloud#servers

local action = require "hetzner.action"
local attribute = require "attribute"
local catalogue = require "hetzner.catalogue"
local choice = require "hetzner.server_choice"
local client = require "hetzner.client"
local create = require "hetzner.server_create"
local handle = require "handle"
local labels = require "hetzner.labels"
local net = require "hetzner.server_net"
local observe = require "hetzner.observe"
local preview = require "hetzner.server_preview"
local rebuild = require "hetzner.server_rebuild"
local same = require "hetzner.same"
local secret = require "secret"
local traffic = require "hetzner.traffic"
local kind_of, type = type, require "type"
local unknown = require "unknown"
local update = require "hetzner.server_update"

local kind = { type = "hetzner.server", list = "servers", key = "server", acts = true }

local function firewalls_of(object)
  local ids = {}
  for i, firewall in ipairs(object.public_net.firewalls or {}) do ids[i] = firewall.id end
  return ids
end

local function id_key(value) return tostring(same.id(value)) end

local function image_of(object, want)
  local image = object.image
  if not image then return want.image end
  if tostring(want.image) == tostring(image.id) then return want.image end
  return image.name or tostring(image.id)
end

-- What the API does not tell, as it was at birth. A secret is compared with its digest in
-- state, not here.
local function at_birth(item, name)
  local recorded, wanted = labels.recorded(item)[name], (item.want or {})[name]
  if secret.is(wanted) or unknown.is(wanted) then return nil end
  if recorded ~= nil then return recorded end
  return wanted
end

-- 2001:db8:1:1::/64 → the address the guest gives itself.
local function first_address(network)
  return network and network:gsub("::/64$", "::1") or nil
end

function kind.found(object, item)
  if object.status == "deleting" then return nil end
  local want, public = item.want or {}, object.public_net
  return {
    type = object.server_type.name, location = object.location.name,
    image = image_of(object, want), backups = object.backup_window ~= nil,
    power = (object.status == "off" or object.status == "stopping") and "off" or "on",
    firewalls = same.echo_set(want.firewalls, firewalls_of(object), id_key),
    public_net = net.found(public, want.public_net), labels = labels.shown(object, item),
    delete_protection = object.protection.delete, id = object.id, status = object.status,
    ipv4 = public.ipv4 and public.ipv4.ip,
    ipv6 = first_address(public.ipv6 and public.ipv6.ip),
    host_key = rebuild.host_key(item, image_of(object, want)),
    ssh_keys = at_birth(item, "ssh_keys"), user_data = at_birth(item, "user_data"),
    created = object.created, disk = object.primary_disk_size, traffic = want.traffic,
    architecture = object.server_type.architecture,
  }
end

-- host "NAME" at this server's address; its first key is known before it boots.
local function host(self, options)
  local attributes = {}
  for key, value in pairs(options or {}) do attributes[key] = value end
  attributes.address, attributes.host_key = self.ipv4, self.host_key
  attributes.server_id = self.id
  return declare("host", handle.name(self), attributes)
end

return type {
  name = kind.type,
  doc = "A virtual machine. Type and location may be lists: the first that can be "
    .. "ordered is taken. The type is changed in place, with a power cycle.",
  link = "https://docs.hetzner.cloud/reference/cloud#servers",
  renames = true,
  attributes = {
    type = attribute.choice { required = true, doc = "server type, or several in order" },
    image = attribute.string { required = true, fixed = true, rebuild = true,
      doc = "operating system" },
    location = attribute.choice { fixed = true,
      doc = "where, or several places in order" },
    ssh_keys = attribute.list { default = {}, birth = true,
      doc = "keys that may log in" },
    user_data = attribute.string { birth = true, rebuild = true, content = true,
      doc = "cloud-init data for the first boot" },
    firewalls = attribute.set { default = {}, doc = "firewalls before it" },
    backups = attribute.bool { default = false,
      doc = "daily backups, 20 % of the price" },
    public_net = attribute.map { default = {},
      doc = "ipv4, ipv6: true, false or a primary IP" },
    power = attribute.string { default = "on", one_of = { "on", "off" },
      doc = "on or off" },
    keep_disk = attribute.bool {
      default = true, ["local"] = true,
      doc = "a new type leaves the disk as it is, so that there is a way back",
    },
    traffic = attribute.string { ["local"] = true,
      doc = "what it will send in a month, \"25 TB\": what is not included is priced" },
    delete_protection = attribute.bool {
      default = false, doc = "refuse deletion and rebuild at Hetzner too",
    },
    labels = attribute.map { default = {}, doc = "labels of your own" },
    id = attribute.integer { computed = true, doc = "the id at Hetzner" },
    ipv4 = attribute.string { computed = true, doc = "public IPv4 address" },
    ipv6 = attribute.string { computed = true,
      doc = "first address of the public IPv6 net" },
    status = attribute.string { computed = true, doc = "running, off, …" },
    host_key = attribute.string { computed = true,
      doc = "the public host key it was born with" },
    created = attribute.string { computed = true, doc = "when it was made" },
    disk = attribute.integer { computed = true, doc = "size of its disk in GB" },
    architecture = attribute.string { computed = true, doc = "x86 or arm" },
  },
  methods = { host = host },
  example = [[
local app = hetzner.server "app" {
  type = { "cx23", "cpx22" }, image = "debian-12", location = { "nbg1", "fsn1" },
  ssh_keys = { key }, firewalls = { web }, backups = true,
}
local host = app:host { login = { "pipster", "root" } }
]],

  shorthand = function(declared)
    if kind_of(declared.traffic) == "string" then traffic.gib(declared.traffic) end
    return declared
  end,

  observe = function(items)
    catalogue.load()
    return observe.labelled(kind, items)
  end,

  create = function(want, step)
    return create.run(kind, want, step, update.finish)
  end,

  update = function(have, want, step, fields)
    return update.run(kind, have, want, step, fields)
  end,

  delete = function(have, step)
    local what, path = "deleting server " .. step.name, "/servers/" .. have.id
    if have.delete_protection then
      action.run(path, "change_protection", { delete = false, rebuild = false }, what)
    end
    local answer = client.delete(path, what)
    if answer and answer.action then action.wait({ answer.action }, what) end
  end,

  preview = preview.of,
  price = choice.price,
}
