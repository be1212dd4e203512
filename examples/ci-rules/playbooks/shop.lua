-- One server, and when it is to be a larger one.
local hetzner = require "hetzner"

hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }

rule "bigger-server" {
  doc = "Over $500 and fifty customers for two weeks",
  when = { revenue = "> $500", customers = ">= 50" },
  hold = "14d",
  afford = { below = "10%", warn = "15%" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
