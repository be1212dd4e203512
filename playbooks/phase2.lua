-- Phase 2 of the roadmap, days 6 to 10: Pipster Identity watched from outside and on its
-- host, backed up elsewhere and restored for trial, measured. Where a line differs from
-- the roadmap's own command, docs/PLAYBOOKS.md says why.
local alert, backup, check = require "alert", require "backup", require "check"
local cost, docker, hetzner = require "cost", require "docker", require "hetzner"
local monitor = require "monitor"

local first = include "phase1"
phase(2, "Monitoring and stability")

local domain = input("domain", { default = "identity.pipster.app" })
local mail = input("alert_mail", { default = "ops@pipster.app" })
local host, site = first.host, "https://" .. domain

-- Days 6 and 7: monitors, logs, alerts -------------------------------------------------

-- Free; its owner confirms the address by the link that UptimeRobot mails.
local mailbox = monitor.contact "ops" { service = "uptimerobot", email = mail }
local outside = monitor.http "identity" {
  service = "uptimerobot", url = site .. "/health/live", every = "5m",
  notify = { mailbox },
}
check.uptime "identity" { monitor = outside, at_least = 99 }

-- `--var better_stack=true`: a second pair of eyes, for ten dollars.
if input("better_stack", { default = false }) then
  cost.item "better-stack" { price = "$10/month", what = "Better Stack" }
  local second = monitor.http "identity-better-stack" {
    service = "betterstack", url = site .. "/health/live", every = "3m",
  }
  check.uptime "identity-better-stack" { monitor = second, at_least = 99 }
end

docker.logging { on = host, max_size = "10m", max_file = 3 }
host:journald { max_use = "500M", max_retention = "30 days" }
first.site:amend { log = true }

local ops = alert.contact "ops" {
  on = host, via = "sendgrid", from = "alerts@" .. domain, to = { mail },
  api_key = secret("sendgrid_api_key", { env = "SENDGRID_API_KEY" }),
}
local told = { ops }
alert.disk "root" { on = host, above = "80%", notify = told }
alert.errors "identity" {
  on = host, site = first.site, above = "5%", over = "5m", notify = told,
}
alert.database "identity" {
  on = host, container = "pipster-postgres", user = "pipster",
  database = "pipster_identity", notify = told,
}
alert.downtime "identity" {
  on = host, url = "http://localhost:5000/health/ready", over = "2m", notify = told,
}

-- Days 8 and 9: backups ----------------------------------------------------------------

local backup_key = secret("backup_ssh", { kind = "ssh" })
local box = hetzner.storage_box "backups" {
  type = input("box_type", { default = "bx11" }),
  location = input("box_location", { default = "fsn1" }),
  -- The vendor wants a letter of each case, a number and a sign.
  password = "Aa1-" .. secret("box_password", { length = 32 }),
  ssh_keys = { backup_key.public_key },
  -- What somebody deletes who broke into the host is still in these.
  snapshot_plan = { max_snapshots = 10, hour = 4, minute = 30 },
}
local dumps = backup.postgres "identity" {
  on = host, container = "pipster-postgres", database = "pipster_identity",
  user = "pipster", every = "12h", keep = "7d", notify = told, state = true,
  offsite = { box = box, key = backup_key, keep = "30d" },
  drill = "monthly",
}
check.backup "identity" { backup = dumps, newer_than = "26h" }

-- `--var rented_drill=true`: from the box alone on a server of its own, for a cent.
if input("rented_drill", { default = false }) then
  backup.drill "identity" {
    backup = dumps, every = "quarterly", ssh_keys = { first.key }, notify = told,
  }
end

host:file "/opt/pipster/RESTORE.md" { mode = "0644", content = require "phase2_restore" }

-- Day 10: the baseline -----------------------------------------------------------------

host:package { "htop", "iotop", "nethogs", "apache2-utils" }
check.usage "idle" { on = host, cpu = "10%", memory = "40%", disk = "30%" }
check.http "response" {
  url = site .. "/health", under = "100ms", within = "30s", after = first.site,
}
check.load "short" {
  on = host, url = site .. "/health", requests = 100, concurrency = 10, every = "7d",
}
check.load "long" {
  on = host, url = site .. "/health", requests = 2000, concurrency = 10, every = "30d",
}
alert.cpu "busy" { on = host, above = "80%", over = "5m", notify = told }
alert.memory "used" { on = host, above = "90%", notify = told }
-- What these and alert.disk sampled by the hour: the evidence that scale.lua wants.
check.metrics "app" { on = host }

output { monitor = outside.id, box = box.server }
return {
  app = first.app, host = host, zone = first.zone, identity = first.identity,
  site = first.site, ops = ops, box = box, dumps = dumps, monitor = outside,
}
