-- SPDX-License-Identifier: MIT
-- The playbook of tests/lab/alerts.bats: five contacts, and a small disk that they watch.
local alert, hetzner = require "alert", require "hetzner"
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1",
  ssh_keys = { hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") } },
}
local host = app:host { }
local from, to = "alerts@pipster.app", { "ops@pipster.app" }

local contacts = {
  alert.contact "mail" { on = host, server = "10.91.0.1:1025", from = from, to = to },
  alert.contact "sendgrid" { on = host, via = "sendgrid", from = from, to = to,
    api_key = secret("sendgrid_key", { env = "SENDGRID_API_KEY" }) },
  alert.contact "slack" { on = host, via = "slack",
    url = secret("slack_url", { env = "SLACK_URL" }) },
  alert.contact "discord" { on = host, via = "discord",
    url = secret("discord_url", { env = "DISCORD_URL" }) },
  alert.contact "hook" { on = host, via = "webhook", url = input("hook_url"),
    token = secret("hook_token", { env = "PIPSTER_LAB_HOOKS_TOKEN" }) },
}
host:mount "/srv/small" { device = "tmpfs", fstype = "tmpfs", options = { "size=10m" } }
alert.disk "small" {
  on = host, path = "/srv/small", above = "80%", notify = contacts,
  over = "2s", every = "1s",
}
