-- SPDX-License-Identifier: MIT
--
-- What is there already and becomes another: first it is run with `--var version=1`, then as it
-- stands. Every call that changes or removes something, a server replaced with its host and one
-- that goes for good, handlers of changed files.
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local dns = require "dns"
local first = input("version", { default = "2" }) == "1"

local function of(before, after)
  if first then return before end
  return after
end

local key = hetzner.ssh_key "deploy" {
  public_key = input("ssh_public_key"), labels = of({}, { use = "deploy" }),
}
local web = hetzner.firewall "web" { inbound = of({ 22, 80 }, { 22, 80, 443, "icmp" }) }
local inner = hetzner.firewall "inner" {
  inbound = { 22 }, apply_to = of({ "role=a" }, { "role=b" }),
}
local address = hetzner.primary_ip "app" {
  location = "nbg1", delete_protection = of(false, true), labels = of({ a = "1" }, {}),
}
local app = hetzner.server "app" {
  type = of("cx23", "cx33"), image = "debian-12", location = "nbg1", ssh_keys = { key },
  firewalls = of({ web }, { inner }), backups = of(false, true),
  public_net = { ipv4 = address }, labels = of({ tier = "a" }, { tier = "b" }),
}
local again = hetzner.server "again" {
  type = "cx23", image = of("debian-12", "ubuntu-24.04"), location = "nbg1", ssh_keys = { key },
  delete_protection = of(false, true),
}
local zone = hetzner.zone "main" { name = "change.example", ttl = of(3600, 600) }
hetzner.rrset "mail" {
  zone = zone, name = "@", type = "MX", ttl = of(300, 900),
  records = of({ "10 a.change.example." }, { "10 b.change.example." }),
}
hetzner.rrset "moved" { zone = zone, name = of("old", "new"), type = "TXT", records = { "x" } }
dns.record "app" {
  zone = zone, domain = "app.change.example", type = "A", value = app.ipv4,
}

local password = secret("db_password", { length = 40 })
local host = app:host { login = { "root" } }
host:package(of({ "git", "vim" }, { "git", "curl" }))
docker.engine { on = host }
host:directory "/opt/app" { mode = of("0755", "0750") }
host:file "/opt/app/settings" { content = of("one\n", "two\n") }
caddy.install { on = host, email = of("ops@change.example", "root@change.example") }
caddy.site "app" {
  on = host, domain = "app.change.example", reverse_proxy = of("localhost:1", "localhost:2"),
}
local second = again:host { login = { "root" } }
second:file "/etc/token" { mode = "0600", content = password }
caddy.install { on = second }
caddy.site "again" {
  on = second, domain = "again.change.example", reverse_proxy = "localhost:3",
}

if first then
  local gone = hetzner.server "gone" {
    type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
    firewalls = { web },
  }
  local third = gone:host { login = { "root" } }
  third:file "/etc/motd" { content = "soon gone\n" }
  dns.record "gone" {
    zone = zone, domain = "gone.change.example", type = "A", value = gone.ipv4,
  }
  hetzner.ssh_key "spare" {
    public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAtFqVKpMHLXBYeKKZzUVQ8T7gD2kYV3xQZr0mZ0ctbN spare",
  }
  host:file "/opt/app/token" { mode = "0600", content = secret("old_token", { length = 24 }) }
  host:cron "disk" { schedule = "@daily", run = "true" }
  caddy.site "old" {
    on = host, domain = "old.change.example", reverse_proxy = "localhost:4",
  }
else
  docker.compose "app" {
    on = host, path = "/opt/app",
    env = { DB_PASSWORD = password, SESSION = secret("session", { length = 32 }) },
  }
end
