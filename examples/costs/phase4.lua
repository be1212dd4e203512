-- Phase 4: the larger server. `--var backups=flat` or `percent` adds its backups.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/phase4.lua --at roadmap
local cost, hetzner = require "cost", require "hetzner"

-- The type that is written, else the one that stands for it today.
local function server(name, types, backups)
  hetzner.server(name) {
    type = types, location = "nbg1", image = "debian-12", backups = backups,
  }
end

local backups = input("backups", { default = "none" })
server("app", { "cx31", "cx33" }, backups == "flat")
if backups == "percent" then
  cost.item "server-backups" { price = "1.54 €", what = "20 % of 7.70 €" }
end
cost.item "domain" { entry = "domain" }
hetzner.storage_box "backups" {
  type = "bx11", location = "fsn1", password = "Aa1-" .. secret("box_password"),
}
