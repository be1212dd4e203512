-- SPDX-License-Identifier: MIT
--
-- An address that outlives servers:
-- https://docs.hetzner.cloud/reference/cloud#primary-ips

local action = require "hetzner.action"
local attribute = require "attribute"
local catalogue = require "hetzner.catalogue"
local change = require "hetzner.primary_ip_change"
local client = require "hetzner.client"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local type = require "type"

local kind = {
  type = "hetzner.primary_ip", list = "primary_ips", key = "primary_ip", acts = true,
}

local function id_key(value) return tostring(same.id(value)) end

local function first_address(ip)
  return (ip:gsub("::/64$", "::1"))
end

function kind.found(object, item)
  local want = item.want or {}
  return {
    type = object.type, location = object.location.name,
    auto_delete = object.auto_delete, delete_protection = object.protection.delete,
    server = same.echo(want.server, object.assignee_id, id_key),
    labels = labels.shown(object, item), id = object.id, ip = first_address(object.ip),
    network = object.ip, created = object.created,
  }
end

local function price(want)
  local location = want.location or "?"
  local amount = catalogue.ip_price(want.type or "ipv4", location)
  if want.type == "ipv6" then return {} end
  return { { "primary IPv4 in " .. location, amount, catalogue.currency() } }
end

return type {
  name = kind.type,
  doc = "An IP address that is kept when its server goes. One of each family a server.",
  link = "https://docs.hetzner.cloud/reference/cloud#primary-ips",
  protect = true,
  renames = true,
  attributes = {
    type = attribute.string {
      default = "ipv4", one_of = { "ipv4", "ipv6" }, fixed = true, doc = "ipv4 or ipv6",
    },
    location = attribute.string { required = true, fixed = true,
      doc = "where it can be used" },
    server = attribute.integer { doc = "the server that has it; changed while off" },
    auto_delete = attribute.bool { default = false, doc = "goes with its server" },
    delete_protection = attribute.bool {
      default = true, doc = "refuse deletion at Hetzner too",
    },
    labels = attribute.map { default = {}, doc = "labels of your own" },
    id = attribute.integer { computed = true, doc = "the id at Hetzner" },
    ip = attribute.string { computed = true,
      doc = "the address; of an IPv6 net the first" },
    network = attribute.string { computed = true,
      doc = "the address as Hetzner shows it" },
    created = attribute.string { computed = true, doc = "when it was made" },
  },
  example = [[
local address = hetzner.primary_ip "app" { location = "nbg1" }
hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", public_net = { ipv4 = address },
}
]],

  observe = function(items)
    catalogue.load()
    return observe.labelled(kind, items)
  end,

  create = function(want, step)
    local what = "creating primary IP " .. step.name
    local answer = client.create("/primary_ips", "primary_ip", {
      what = what, own = observe.own(kind, step),
      body = {
        name = step.name, type = want.type, location = want.location,
        auto_delete = want.auto_delete,
        labels = labels.born(kind.type, step, want.labels),
      },
    })
    if answer.action then action.wait({ answer.action }, what) end
    return change.run(kind, kind.found(answer.primary_ip, {}), want, step,
      change.after_create(answer.primary_ip, want))
  end,

  update = function(have, want, step, fields)
    return change.run(kind, have, want, step, fields)
  end,

  delete = function(have, step)
    local path, what = "/primary_ips/" .. have.id, "deleting primary IP " .. step.name
    if have.delete_protection then change.protect(path, false, what) end
    if have.server then change.release(path, same.id(have.server), what) end
    client.delete(path, what)
  end,

  preview = change.preview,
  price = price,
}
