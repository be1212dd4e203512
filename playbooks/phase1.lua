-- Phase 1 of the roadmap, days 1 to 5: Pipster Identity on one Hetzner server, behind
-- HTTPS. Where a line differs from the roadmap's own command, docs/PLAYBOOKS.md says why.
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local dns, check, cost = require "dns", require "check", require "cost"

phase(1, "Initial deployment")
guard.budget { max = input("budget", { default = "$15/month" }) }

local domain = input("domain", { default = "identity.pipster.app" })
local zone_name = input("zone", { default = "pipster.app" })
local home = "/opt/pipster/identity"

-- Day 1: account and server ------------------------------------------------------------

manual "hetzner-account" {
  task = "Create a Hetzner Cloud account, add a payment method, create the project "
    .. "\"Pipster Production\" and a read-write API token in it",
  address = "https://console.hetzner.com/projects",
  verify = { api = "hetzner" },
}

local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 80, 443 } }

-- The roadmap's CX21 (2 vCPU, 4 GB) is retired: these are today's of its size, the first
-- in stock is taken. `--var type=cax11` chooses another.
local app = hetzner.server "app" {
  type = input("type", { default = { "cx23", "cpx22" } }),
  location = input("location", { default = { "nbg1", "fsn1" } }),
  image = input("image", { default = "debian-12" }),
  ssh_keys = { key },
  firewalls = { web },
  backups = true,
}

-- Day 2: the host ----------------------------------------------------------------------

local host = app:host { login = { "pipster", "root" } }

host:upgrade { }
host:package { "git", "curl", "wget", "vim", "ufw", "fail2ban" }
docker.engine { on = host }
host:ufw { allow = { "22/tcp", "80/tcp", "443/tcp" } }
host:fail2ban { }
host:unattended_upgrades { }
host:user "pipster" {
  groups = { "sudo", "docker" }, sudo = "nopasswd", ssh_keys = { key },
}

-- Day 3: Pipster Identity --------------------------------------------------------------

host:directory "/opt/pipster" { owner = "pipster", group = "pipster" }
local checkout = host:git(home) {
  repository = input("repository", {
    default = "https://github.com/pipster/identity.git",
  }),
  revision = input("revision", { default = "main" }),
  owner = "pipster",
}

local db_password = secret("db_password", { length = 32 })
local identity = docker.compose "identity" {
  on = host,
  path = home,
  revision = checkout.commit,
  env = {
    ASPNETCORE_ENVIRONMENT = "Production",
    DB_PASSWORD = db_password,
    JWT_KEY = secret("jwt_key", { length = 32 }),
    DATA_KEY = secret("data_key", { length = 32 }),
    IDENTITYSERVER_ISSUER_URI = "https://" .. domain,
  },
  validate = "./scripts/validate-env.sh",
  within = "180s",
}
-- The database first: to ask for readiness while that starts, after a reboot, would fill
-- the application's log with errors.
local answers = check.command "health-on-the-host" {
  on = host,
  run = "docker inspect -f '{{.State.Status}} {{.State.Health.Status}}' pipster-postgres"
    .. " | grep -qx 'running healthy' && curl -fsS http://localhost:5000/health",
  expect = "healthy",
  within = "60s",
}

-- Day 4: domain and HTTPS --------------------------------------------------------------

cost.item "domain" { price = "$12/year", what = "domain " .. zone_name }
local zone = hetzner.zone "main" { name = zone_name }
manual "domain" {
  task = "Buy " .. zone_name .. " and delegate it to the name servers of its zone",
  address = "https://www.namecheap.com/domains/",
  verify = { delegation = zone_name },
  after = zone,
}
local record = dns.record "identity" {
  zone = zone, domain = domain, type = "A", value = app.ipv4, ttl = 300,
}
caddy.install { on = host, email = input("email", { default = "ops@" .. zone_name }) }
local site = caddy.site "identity" {
  on = host, domain = domain, reverse_proxy = "localhost:5000", after = record,
}

-- Day 5: tests and documents -----------------------------------------------------------

check.dns "address" { domain = domain, type = "A", expect = app.ipv4, within = "300s" }
check.http "health" {
  url = "https://" .. domain .. "/health", expect_json = { status = "healthy" },
  within = "90s", after = site,
}
check.http "ready" {
  url = "https://" .. domain .. "/health/ready", within = "30s", after = answers,
}
check.http "live" { url = "https://" .. domain .. "/health/live", within = "30s" }
check.http "openid-configuration" {
  url = "https://" .. domain .. "/.well-known/openid-configuration",
  expect_json = { issuer = "https://" .. domain },
  within = "30s",
}
check.command "health-suite" {
  on = host, directory = home, run = "./scripts/test-health.sh https://" .. domain,
  expect = "all four endpoints", within = "90s", after = answers,
}
check.command "database" {
  on = host,
  run = "docker exec pipster-postgres psql -U pipster -d pipster_identity -c '\\dt'",
  expect = "rows?%)",
}
check.logs "identity" {
  on = host, compose = identity, lines = 100,
  -- What a database that starts or stops says to those who ask it meanwhile.
  allow = { "the database system is " },
}

host:command "deployment-date" {
  run = "date -u +%Y-%m-%d > /opt/pipster/deployed-on",
  creates = "/opt/pipster/deployed-on",
}
host:file "/opt/pipster/DEPLOYMENT.md" {
  mode = "0644",
  content = text([[
# Pipster Identity: deployment facts

- Server: %s
- Domain: https://%s
- Deployed on: see /opt/pipster/deployed-on
- Application: %s, started by Docker Compose
- Credentials: in %s/.env (mode 0600), sealed in pipster's state as secret/NAME
- Issues met: `journalctl -p warning` on this host
]], app.ipv4, domain, home, home),
}
host:file "/opt/pipster/RUNBOOK.md" {
  mode = "0644",
  content = text(require "phase1_runbook", domain),
}

output {
  address = app.ipv4,
  url = "https://" .. domain,
  runbook = "/opt/pipster/RUNBOOK.md",
}
return {
  app = app, host = host, key = key, zone = zone, identity = identity, site = site,
}
