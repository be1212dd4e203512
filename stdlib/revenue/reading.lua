-- SPDX-License-Identifier: MIT
--
-- One source of the revenue is read: { source, currency, gross, cautious, at_risk,
-- customers, churned, as_of, warnings }, amounts as texts, what is not told left out.

local reading = {}

function reading.read(source)
  local told = require("revenue." .. source.kind).read(source)
  told.source = told.source or source.kind
  return told
end

return reading
