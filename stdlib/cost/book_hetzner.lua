-- SPDX-License-Identifier: MIT
--
-- What Hetzner Cloud asked, net, in euro, as of a day: its price list of 2026-09-29, and
-- of what changed before as much as is known. A point is the day from which on a price
-- held. A price that is known only of that list is known of no earlier day. The newest
-- book lists services beside.

local catalogue = require "hetzner.shipped_catalogue"
local services = require "cost.book_services"
local storage = require "hetzner.shipped_storage"

local hetzner = { as_of = catalogue.as_of, first = "2025-10-01" }

-- The same in every location that offered them.
local history = {
  cx23 = { { "2025-10-01", "2.99" }, { "2026-04-01", "3.99" }, { "2026-06-15", "5.49" } },
  cx33 = { { "2025-10-01", "4.99" }, { "2026-04-01", "6.49" }, { "2026-06-15", "8.49" } },
  cx43 = { { "2026-06-15", "15.99" } }, -- before: about 12 and 22.50, not to the cent
  cx53 = { { "2026-06-15", "29.49" } },
  cx22 = { { "2026-04-01", "4.49" } },
  cx32 = { { "2026-04-01", "8.49" } },
  cpx22 = { { "2026-04-01", "7.99" }, { "2026-06-15", "19.49" } },
  cax11 = { { "2026-04-01", "4.49" }, { "2026-06-15", "5.99" } },
}

local balancers = {
  ["load-balancer-lb11"] = { { "2025-10-01", "5.39" }, { "2026-04-01", "7.49" } },
  ["load-balancer-lb21"] = { { "2025-10-01", "16.40" }, { "2026-04-01", "21.49" } },
}

local volume, snapshot = catalogue.volume_per_gb, catalogue.image_per_gb
local per_unit = {
  ["volume-gb"] = { { "2025-10-01", "0.044" }, { "2026-04-01", volume } },
  ["snapshot-gb"] = { { "2025-10-01", "0.011" }, { "2026-04-01", snapshot } },
}

-- The price of the last point that is not after the day, or nil.
local function at_day(points, day)
  local price
  for _, point in ipairs(points or {}) do
    if point[1] <= day then price = point[2] end
  end
  return price
end

local function servers_at(day, newest)
  local priced = {}
  for _, described in ipairs(catalogue.server_types) do
    if newest then
      local by_location = {}
      for _, row in ipairs(described.prices) do by_location[row[1]] = row[2] end
      priced[described.name] = by_location
    else
      priced[described.name] = at_day(history[described.name], day)
    end
  end
  return priced
end

local function items_at(day, newest)
  local items = {}
  for _, points in ipairs { balancers, per_unit } do
    for name, list in pairs(points) do items[name] = at_day(list, day) end
  end
  if not newest then return items end
  items["traffic-tb"] = "1.00" -- over the included volume, in Europe
  for name, listed in pairs(services.services.items) do
    items[name] = items[name] or listed
  end
  return items
end

-- The book of one day.
function hetzner.at(day)
  local newest = day >= catalogue.as_of
  return {
    name = newest and "hetzner" or day, title = "Hetzner's prices",
    date = newest and catalogue.as_of or day, currency = catalogue.currency,
    servers = servers_at(day, newest), items = items_at(day, newest),
    backups = { percent = catalogue.backup_percentage },
    ipv4 = newest and catalogue.primary_ipv4.monthly or nil,
    boxes = newest and storage.monthly() or {},
  }
end

return hetzner
