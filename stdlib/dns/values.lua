-- SPDX-License-Identifier: MIT
--
-- The value of a DNS record: one text, or a list whose order does not matter.

local records = require "hetzner.records"
local unknown = require "unknown"

local values = {}

function values.list(value)
  return type(value) == "table" and value or { value }
end

-- What is found, in the words of what is wanted when both are the same.
function values.echo(kind, wanted, found)
  if wanted ~= nil and not unknown.is(wanted) then
    local list = values.list(wanted)
    if records.echo(kind, list, found) == list then return wanted end
  end
  return #found == 1 and found[1] or found
end

return values
