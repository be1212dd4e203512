-- SPDX-License-Identifier: MIT
--
-- Every call to the API that the types for Hetzner make: made with `--var version=1`, changed as
-- it stands, destroyed. What is on a host is not the matter here.
local hetzner, dns = require "hetzner", require "dns"
local first = input("version", { default = "2" }) == "1"

local function of(before, after)
  if first then return before end
  return after
end

local function server(name, more)
  more.image, more.location = "debian-12", "nbg1"
  more.type = more.type or "cx23"
  return hetzner.server(name)(more)
end

local key = hetzner.ssh_key "deploy" {
  public_key = input("ssh_public_key"), labels = of({}, { use = "deploy" }),
}
local web = hetzner.firewall "web" {
  inbound = of({ 22, 80 }, { 22, 80, 443, "icmp" }), labels = of({}, { for_all = "yes" }),
}
local inner = hetzner.firewall "inner" {
  inbound = { 22 }, apply_to = of({ "role=a" }, { "role=b" }),
}
local address = hetzner.primary_ip "app" {
  location = "nbg1", delete_protection = of(false, true), labels = of({ a = "1" }, {}),
  auto_delete = of(true, false),
}
server("app", {
  type = of("cx23", "cx33"), ssh_keys = { key }, firewalls = of({ web }, { inner }),
  backups = of(false, true), public_net = { ipv4 = address },
  labels = of({ tier = "a" }, { tier = "b" }),
})
server("protected", { backups = of(true, false), delete_protection = of(false, true) })
local left = hetzner.primary_ip "left" { location = "nbg1", delete_protection = false }
local taken = hetzner.primary_ip "taken" { location = "nbg1" }
local resting = server("resting", {
  power = of("off", "on"), public_net = { ipv4 = of(false, taken), ipv6 = true },
})
server("waking", {
  power = of("on", "off"), public_net = { ipv4 = of(left, false), ipv6 = true },
})
hetzner.storage_box "backup" {
  type = of("bx11", "bx21"), location = "fsn1", labels = of({}, { a = "1" }),
  password = of("Aa1-", "Bb2-") .. secret "box_password",
  samba_enabled = of(false, true), delete_protection = of(false, true),
  snapshot_plan = of({ max_snapshots = 7 }, {}),
}

local zone = hetzner.zone "main" {
  name = "calls.example", ttl = of(3600, 600), labels = of({}, { a = "1" }),
}
hetzner.rrset "mail" {
  zone = zone, name = "@", type = "MX", ttl = of(300, 900),
  records = of({ "10 a.calls.example." }, { "10 b.calls.example." }),
}
dns.record "resting" {
  zone = zone, domain = "resting.calls.example", type = "AAAA", value = resting.ipv6,
}
if first then
  server("gone", { firewalls = { web } })
  hetzner.zone "gone" { name = "gone.example", delete_protection = false }
  hetzner.rrset "gone" { zone = zone, name = "gone", type = "TXT", records = { "x" } }
  hetzner.firewall "gone" { inbound = { 22 } }
  hetzner.primary_ip "gone" { location = "nbg1" }
  hetzner.storage_box "gone" {
    type = "bx11", location = "fsn1", password = "Aa1-" .. secret "box_password",
    ssh_enabled = false,
  }
end
