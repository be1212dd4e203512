-- Something of everything that a SIGKILL could leave behind: cloud things found by label and
-- by name, two hosts in several batches, generated secrets, owed handlers.
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local dns, cost = require "dns", require "cost"

local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 80, 443 } }
local address = hetzner.primary_ip "app" { type = "ipv4", location = "nbg1" }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", backups = true,
  ssh_keys = { key }, firewalls = { web }, public_net = { ipv4 = address },
}
local worker = hetzner.server "worker" {
  type = "cx23", image = "debian-12", location = "nbg1", backups = true,
  ssh_keys = { key }, firewalls = { web },
}

local zone = hetzner.zone "main" { name = "crash.example" }
hetzner.rrset "mail" {
  zone = zone, name = "@", type = "MX", records = { "10 mail.crash.example." },
}
hetzner.rrset "spf" { zone = zone, name = "@", type = "TXT", records = { '"v=spf1 -all"' } }
local record = dns.record "app" {
  zone = zone, domain = "app.crash.example", type = "A", value = app.ipv4, ttl = 300,
}
cost.item "domain" { price = "$12/year" }

local password = secret("db_password", { length = 40 })
local token = secret("worker_token", { length = 24 })

local host = app:host { login = { "root" } }
host:package { "git", "ufw", "curl" }
host:user "pipster" { groups = { "sudo" }, sudo = "nopasswd", ssh_keys = { key } }
docker.engine { on = host }
host:directory "/opt/app" { owner = "pipster", group = "pipster" }
host:file "/opt/app/secret.env" { mode = "0600", content = "DB=" .. password .. "\n" }
docker.compose "app" { on = host, path = "/opt/app", env = { DB_PASSWORD = password } }
caddy.install { on = host, email = "ops@crash.example" }
local site = caddy.site "app" {
  on = host, domain = "app.crash.example", reverse_proxy = "localhost:5000", after = record,
}
host:cron "disk" { schedule = "0 3 * * *", run = "df -h > /opt/app/disk" }

-- What waits for the cloud is a batch of its own: the first site's reload is owed meanwhile.
local www = dns.record "www" {
  zone = zone, domain = "www.crash.example", type = "A", value = app.ipv4, after = site,
}
caddy.site "www" {
  on = host, domain = "www.crash.example", reverse_proxy = "localhost:5001", after = www,
}

local second = worker:host { login = { "root" } }
second:package { "htop" }
second:directory "/opt/worker" { }
second:file "/opt/worker/token" { mode = "0600", content = token }
caddy.install { on = second, email = "ops@crash.example" }
caddy.site "worker" {
  on = second, domain = "worker.crash.example", reverse_proxy = "localhost:6000",
}

output { address = app.ipv4 }
