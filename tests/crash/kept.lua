-- Beside the rows of the kept database of version 1, which belong to another playbook.
local cost = require "cost"

cost.item "other" { price = "$12/year" }
