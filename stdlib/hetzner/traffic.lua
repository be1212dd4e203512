-- SPDX-License-Identifier: MIT
--
-- What a server is expected to send in a month, and what of it is over the volume that
-- its type includes. A TB is Hetzner's: 1024^4 bytes (included_traffic of its prices).

local fault = require "fault"
local money = require "money"

local traffic = {}

local GIB, PER_TB = 1024 ^ 3, 1024 -- in GiB

-- "25 TB", "1.5TB" → GiB
function traffic.gib(text)
  local amount = tostring(text):match("^(%d+%.?%d*) ?TB$")
  if not amount then
    fault(("hetzner.server: traffic %q is no volume"):format(tostring(text)),
      { next = 'write what it sends in a month: traffic = "25 TB"' })
  end
  return math.floor(tonumber(amount) * PER_TB)
end

-- row: of the price list, for a type in a location. A price line, or nil where all of it
-- is included.
function traffic.line(text, row, currency)
  if not row or not row.included_traffic then
    return { "traffic of " .. text, nil, currency }
  end
  local included = row.included_traffic // GIB
  local over = traffic.gib(text) - math.tointeger(included)
  if over <= 0 then return nil end
  local per_tb = row.price_per_tb_traffic and row.price_per_tb_traffic.net
  return { ("traffic over %g TB"):format(included / PER_TB),
    per_tb and money.scale(per_tb, over, PER_TB), currency }
end

return traffic
