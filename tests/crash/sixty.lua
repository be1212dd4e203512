-- SPDX-License-Identifier: MIT
--
-- Sixty resources of every kind that phase 1 and later phases are made of: cloud things found
-- by label and by name, an address that waits for its server, three hosts in several batches,
-- secrets in files and environments, handlers owed while the cloud is waited for.
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local dns, cost = require "dns", require "cost"
local debian = { type = "cx23", image = "debian-12", location = "nbg1" }

local function server(name, more)
  for key, value in pairs(debian) do more[key] = value end
  return hetzner.server(name)(more)
end

local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 80, 443 } }
local inner = hetzner.firewall "inner" { inbound = { 22, "53/udp", "icmp" } }
local front = hetzner.primary_ip "app" { type = "ipv4", location = "nbg1" }
local back = hetzner.primary_ip "db" { location = "nbg1", delete_protection = true }

local app = server("app", {
  ssh_keys = { key }, firewalls = { web }, public_net = { ipv4 = front }, backups = true,
})
local worker = server("worker", { ssh_keys = { key }, firewalls = { web, inner } })
local db = server("db", {
  ssh_keys = { key }, firewalls = { inner }, public_net = { ipv4 = back },
  delete_protection = true,
})

local zone = hetzner.zone "main" { name = "sixty.example" }
local other = hetzner.zone "other" {
  name = "other.example", ttl = 600, delete_protection = false,
}
for name, set in pairs {
  mail = { name = "@", type = "MX", records = { "10 mail.sixty.example." } },
  spf = { name = "@", type = "TXT", records = { "v=spf1 -all" }, ttl = 900 },
  alias = { name = "docs", type = "CNAME", records = { "www.sixty.example." } },
} do
  set.zone = zone
  hetzner.rrset(name)(set)
end
hetzner.rrset "root" { zone = other, name = "@", type = "A", records = { app.ipv4 } }
local record = dns.record "app" {
  zone = zone, domain = "app.sixty.example", type = "A", value = app.ipv4, ttl = 300,
}
cost.item "domain" { price = "$12/year" }
cost.item "mail" { price = "$3/month" }
cost.item "monitoring" { price = "$5/month" }

local password = secret("db_password", { length = 40 })
local token = secret("worker_token", { length = 24 })
local session = secret("session_key", { length = 32 })

-- app: the site that people see ---------------------------------------------------------

local host = app:host { login = { "pipster", "root" } }
host:package { "git", "ufw", "curl", "fail2ban" }
host:user "pipster" { groups = { "sudo" }, sudo = "nopasswd", ssh_keys = { key } }
docker.engine { on = host }
host:ufw { allow = { "22/tcp", "80/tcp", "443/tcp" } }
host:directory "/opt/app" { owner = "pipster", group = "pipster" }
host:file "/opt/app/secret.env" { mode = "0600", content = "DB=" .. password .. "\n" }
docker.compose "app" {
  on = host, path = "/opt/app", env = { DB_PASSWORD = password, SESSION = session },
}
caddy.install { on = host, email = "ops@sixty.example" }
local site = caddy.site "app" {
  on = host, domain = "app.sixty.example", reverse_proxy = "localhost:5000", after = record,
}
host:cron "disk" { schedule = "0 3 * * *", run = "df -h > /opt/app/disk" }
-- What waits for the cloud is a batch of its own: the first site's reload is owed meanwhile.
local www = dns.record "www" {
  zone = zone, domain = "www.sixty.example", type = "A", value = app.ipv4, after = site,
}
caddy.site "www" {
  on = host, domain = "www.sixty.example", reverse_proxy = "localhost:5001", after = www,
}
host:unattended_upgrades { }
host:fail2ban { }
host:timer "backup" { schedule = "daily", run = "/opt/app/backup.sh" }

-- worker ----------------------------------------------------------------------------------

local second = worker:host { login = { "root" } }
second:package { "htop", "jq", "strace" }
second:service "ssh" { }
second:directory "/opt/worker" { }
second:file "/opt/worker/token" { mode = "0600", content = token }
caddy.install { on = second, email = "ops@sixty.example" }
caddy.site "worker" {
  on = second, domain = "worker.sixty.example", reverse_proxy = "localhost:6000",
}
second:command "since" { run = "date > /opt/worker/since", creates = "/opt/worker/since" }

-- db: its address is of use to the others only when it is set up ---------------------------

local third = db:host { login = { "root" } }
third:package { "postgresql", "zstd" }
third:directory "/var/backups/db" { owner = "postgres", group = "postgres", mode = "0750" }
third:service "postgresql" { }
third:user "backup" { ssh_keys = { key } }
third:file "/etc/postgresql/secret" { mode = "0600", content = text("%s\n", password) }
third:fail2ban { }
local ready = third:cron "vacuum" { schedule = "@daily", run = "vacuumdb --all" }
dns.record "db" {
  zone = zone, domain = "db.sixty.example", type = "A", value = db.ipv4, after = ready,
}

output { address = app.ipv4 }
