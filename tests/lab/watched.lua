-- SPDX-License-Identifier: MIT
-- The playbook of tests/lab/watched.bats: a web server of one page under a name, watched by
-- both services, and something that must tick.
local hetzner, dns = require "hetzner", require "dns"
local monitor, check = require "monitor", require "check"

local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1",
  ssh_keys = { hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") } },
}
hetzner.zone "pipster" { name = "pipster.app", delete_protection = false }
local name = dns.record "identity" { domain = "identity.pipster.app", type = "A", value = app.ipv4 }

local host = app:host { }
host:directory "/srv/web" { }
host:file "/srv/web/health" { content = "all is well\n" }
local web = host:service "web" { content = [==[
[Service]
ExecStart=/usr/bin/python3 -m http.server --directory /srv/web 80
[Install]
WantedBy=multi-user.target
]==] }
-- systemd counts it as started before it listens.
local answers = host:wait_for "web" {
  url = "http://127.0.0.1/health", within = "5m", after = web,
}

local ops = monitor.contact "ops" {
  service = "uptimerobot", email = "ops@pipster.app",
}
local hook = monitor.contact "hook" {
  service = "uptimerobot", webhook = input "hook",
}
monitor.contact "team" { service = "betterstack", webhook = input "hook" }

local url = "http://identity.pipster.app/health"
local identity = monitor.http "identity" {
  service = "uptimerobot", url = url, every = "1m", keyword = "all is well",
  notify = { ops, hook }, after = { answers, name },
}
monitor.http "identity-2" {
  service = "betterstack", url = url, every = "1m", after = { answers, name },
}
local tick = monitor.heartbeat "tick" {
  service = "uptimerobot", every = "5m", grace = "1m", notify = { ops },
}
host:file "/srv/tick.py" { content = text([==[
import time, urllib.request
while True:
    urllib.request.urlopen("%s")
    time.sleep(1)
]==], tick.ping) }
host:service "tick" { content = [==[
[Service]
ExecStart=/usr/bin/python3 /srv/tick.py
Restart=always
RestartSec=1
[Install]
WantedBy=multi-user.target
]==] }
check.uptime "identity" { monitor = identity, at_least = 99.999 }
