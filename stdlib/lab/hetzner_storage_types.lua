-- SPDX-License-Identifier: MIT
--
-- What storage is sold as, as the API tells it.

local json = require "json"
local lists = require "lab.hetzner_lists"
local refuse = require "lab.stand_in_refuse"
local shipped = require "hetzner.shipped_storage"
local stock = require "lab.hetzner_stock"

local types = {}

local TIB = 1099511627776
local function prices(described)
  local rows = {}
  for i, location in ipairs(shipped.locations) do
    rows[i] = {
      location = location, price_monthly = stock.price(described.month),
      price_hourly = stock.price(described.hour), setup_fee = stock.price "0",
    }
  end
  return json.list(rows)
end

function types.size(described) return described.tib * TIB end

function types.view(described)
  local snapshots = described.snapshots or json.null
  return {
    id = described.id, name = described.name, description = described.name:upper(),
    snapshot_limit = snapshots, automatic_snapshot_limit = snapshots,
    subaccounts_limit = 100, size = types.size(described), prices = prices(described),
    deprecation = json.null,
  }
end

function types.find(id_or_name)
  local id = math.tointeger(tonumber(id_or_name))
  for _, described in ipairs(shipped.types) do
    if described.name == id_or_name or described.id == id then return described end
  end
  return nil
end

-- Each type is sold in the same places.
function types.is_sold_in(location)
  for _, name in ipairs(shipped.locations) do
    if name == location then return true end
  end
  return false
end

local function one(_, id)
  local described = types.find(id)
  if not described then refuse.not_found("storage box type") end
  return 200, { storage_box_type = types.view(described) }
end

types.routes = {
  { "GET", "/storage_box_types", function(context)
    return lists.answer(context, { table.unpack(shipped.types) }, {
      key = "storage_box_types", filters = { name = function(t) return t.name end },
      view = types.view,
    })
  end },
  { "GET", "/storage_box_types/{id}", one },
}

return types
