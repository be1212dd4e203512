-- Phase 2: and the storage box. Phase 3 adds nothing that is paid.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/phase2.lua --at roadmap
local cost, hetzner = require "cost", require "hetzner"

-- The type that is written, else the one that stands for it today.
local function server(name, types, backups)
  hetzner.server(name) {
    type = types, location = "nbg1", image = "debian-12", backups = backups,
  }
end

server("app", { "cx21", "cx23" }, true)
cost.item "domain" { entry = "domain" }
hetzner.storage_box "backups" {
  type = "bx11", location = "fsn1", password = "Aa1-" .. secret("box_password"),
}
