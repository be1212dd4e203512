-- SPDX-License-Identifier: MIT
--
-- A real host without systemd: files, folders, users, and commands that take a while and would
-- tell if they ran twice.
local hetzner = require "hetzner"

local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
local host = app:host { login = { "root" } }
host:user "pipster" { groups = { "sudo" }, sudo = "nopasswd", ssh_keys = { key } }
host:directory "/opt/app" { owner = "pipster", group = "pipster" }
host:command "first" {
  run = "sleep 0.4; echo first >> /opt/app/done; touch /opt/app/first",
  creates = "/opt/app/first",
}
host:file "/opt/app/secret.env" {
  mode = "0600", content = "DB=" .. secret("db_password", { length = 40 }) .. "\n",
}
host:command "second" {
  -- Nobody gets past it before the test says so.
  run = "until [ -e /run/go ]; do sleep 0.05; done; echo second >> /opt/app/done; "
    .. "touch /opt/app/second",
  creates = "/opt/app/second",
}
host:cron "disk" { schedule = "0 3 * * *", run = "df -h > /opt/app/disk" }
host:file "/opt/app/address" { content = text("%s\n", app.ipv4) }
