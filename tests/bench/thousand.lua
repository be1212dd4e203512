-- A thousand and two resources: what a plan costs when there is nothing to do.
local hetzner = require "hetzner"

local web = hetzner.firewall "web" { inbound = { 22, 80, 443 } }
local key = hetzner.ssh_key "ops" { public_key = input("ssh_public_key") }
for server = 1, 10 do
  local app = hetzner.server("web" .. server) {
    type = "cx23", location = "nbg1", image = "debian-12", ssh_keys = { key },
    firewalls = { web },
  }
  local host = app:host { login = { "root" } }
  for line = 1, 98 do
    host:file("/etc/bench/" .. line) { content = "line " .. line .. "\n" }
  end
end
