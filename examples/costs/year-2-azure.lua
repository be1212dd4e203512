-- The timeline, from the second year on: on Azure.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/year-2-azure.lua --at roadmap
local cost = require "cost"

cost.item "azure" { entry = "azure" }
