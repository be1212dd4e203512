-- What the comparison with Azure at $2,000 of revenue says of Hetzner.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/scaled.lua --at roadmap
local cost = require "cost"

cost.item "hetzner" { entry = "hetzner-scaled" }
