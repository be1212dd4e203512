-- SPDX-License-Identifier: MIT
-- The playbook of tests/lab/system.bats: `text` changes two files behind which a service is
-- restarted, `ask` is run once a text, before the reboot.
local hetzner = require "hetzner"
local text = input("text", { default = "one" })
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1",
  ssh_keys = { hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") } },
}
local host = app:host { }

local worker = host:service "worker" { content = [==[
[Service]
ExecStart=/bin/sh -c 'cat /etc/worker.conf >> /root/starts; exec sleep infinity'
[Install]
WantedBy=multi-user.target
]==] }
host:file "/etc/worker.conf" { content = text .. "\n", restarts = worker }
host:file "/etc/worker.other" { content = text .. " too\n", restarts = "worker" }
host:file "/etc/worker.unit" { content = text, restarts = input("unit", { default = {} }) }
if input("more", { default = true }) then
  host:file "/etc/worker.more" { content = "more\n", restarts = "worker" }
  host:file "/etc/other.conf" { content = "other\n", restarts = "other" }
  host:service "other" { content = [==[
[Service]
ExecStart=/bin/sh -c 'echo other >> /root/others; exec sleep infinity'
[Install]
WantedBy=multi-user.target
]==] }
end
host:command "ask" {
  run = input("ask", { default = "true" }) .. "; touch /root/asked-" .. text,
  creates = "/root/asked-" .. text,
}
host:reboot "when required" { within = input("within", { default = "2m" }) }
host:file "/root/after" { content = text }
