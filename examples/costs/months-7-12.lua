-- The timeline, months 7 to 12: scale.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/months-7-12.lua --at roadmap
local cost, hetzner = require "cost", require "hetzner"

-- The type that is written, else the one that stands for it today.
local function server(name, types, backups)
  hetzner.server(name) {
    type = types, location = "nbg1", image = "debian-12", backups = backups,
  }
end

server("app", { "cx41", "cx43" }, false)
server("db", { "cx21", "cx23" }, false)
cost.item "balancer" { entry = "load-balancer-lb11" }
cost.item "domain" { entry = "domain" }
hetzner.storage_box "backups" {
  type = "bx11", location = "fsn1", password = "Aa1-" .. secret("box_password"),
}
cost.item "monitoring" { entry = "better-stack" }
