-- What it says of Azure Container Apps.
-- Priced as in docs/COSTS.md: pipster cost examples/costs/scaled-azure.lua --at roadmap
local cost = require "cost"

cost.item "azure" { entry = "azure-container-apps" }
