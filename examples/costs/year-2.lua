-- The timeline, from the second year on: on Hetzner.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/year-2.lua --at roadmap
local cost, hetzner = require "cost", require "hetzner"

-- The type that is written, else the one that stands for it today.
local function server(name, types, backups)
  hetzner.server(name) {
    type = types, location = "nbg1", image = "debian-12", backups = backups,
  }
end

server("app", { "cx51", "cx53" }, false)
server("db", { "cx31", "cx33" }, false)
cost.item "balancer" { entry = "load-balancer-lb11" }
server("redis", { "cx21", "cx23" }, false)
cost.item "services" { entry = "better-stack" }
-- What the table leaves out: `--var whole=true`.
if input("whole", { default = false }) then
  cost.item "domain" { entry = "domain" }
  hetzner.storage_box "backups" {
    type = "bx11", location = "fsn1", password = "Aa1-" .. secret("box_password"),
  }
end
