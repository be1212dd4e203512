-- SPDX-License-Identifier: MIT
--
-- Figures that stand in the playbook or in pipster.lua. Without `as_of` they are of the
-- day on which they were read first.

local manual = {}

function manual.read(source)
  return {
    source = "manual", currency = source.currency, gross = source.mrr,
    cautious = source.cautious, at_risk = source.at_risk, customers = source.customers,
    churned = source.churned, as_of = source.as_of,
  }
end

return manual
