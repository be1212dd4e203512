-- SPDX-License-Identifier: MIT
--
-- What Hetzner sold as Storage Boxes in September 2026, as facts for price books and the
-- stand-in: net prices in EUR a month and an hour, the same in both places. How many
-- snapshots the larger types allow is not known.

local shipped = { locations = { "fsn1", "hel1" } }

shipped.types = {
  { id = 1333, name = "bx11", tib = 1, snapshots = 10, month = "3.20", hour = "0.0051" },
  { id = 1334, name = "bx21", tib = 5, snapshots = 20, month = "10.90", hour = "0.0175" },
  { id = 1335, name = "bx31", tib = 10, month = "20.80", hour = "0.0333" },
  { id = 1336, name = "bx41", tib = 20, month = "40.60", hour = "0.0651" },
}

-- Net a month by type.
function shipped.monthly()
  local priced = {}
  for _, described in ipairs(shipped.types) do
    priced[described.name] = described.month
  end
  return priced
end

return shipped
