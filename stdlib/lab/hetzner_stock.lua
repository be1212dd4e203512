-- SPDX-License-Identifier: MIT
--
-- The read-only collections: server types with their stock, locations, images, ISOs,
-- prices.

local catalogue = require "hetzner.shipped_catalogue"
local json = require "json"
local lists = require "lab.hetzner_lists"
local refuse = require "lab.stand_in_refuse"

local stock = {}

local TIB = 1099511627776

-- "5.49" → net with ten decimals, gross with sixteen at the catalogue's VAT of 19 %.
local function price(text)
  local whole, part = text:match("^(%d+)%.?(%d*)$")
  local count = math.tointeger(whole .. (part .. "0000000000"):sub(1, 10)) -- of 10^-10
  local gross = count * 119 -- of 10^-12
  return {
    net = ("%d.%010d"):format(count // 10 ^ 10 | 0, count % (10 ^ 10 | 0)),
    gross = ("%d.%012d0000"):format(gross // 10 ^ 12 | 0, gross % (10 ^ 12 | 0)),
  }
end

local function prices(rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = {
      location = row[1], price_monthly = price(row[2]), price_hourly = price(row[3]),
      included_traffic = math.floor(row[4] * TIB), price_per_tb_traffic = price(row[5]),
    }
  end
  return json.list(list)
end

stock.price = price

local function location_named(name)
  for _, location in ipairs(catalogue.locations) do
    if location.name == name or location.id == math.tointeger(tonumber(name)) then
      return location
    end
  end
  return nil
end

-- Orderable and in stock? In mode "all" every type that is not retired is.
function stock.available(lab, type_name, row)
  local sold_out = lab.sold_out[type_name .. "@" .. row[1]]
    or lab.sold_out[type_name .. "@*"]
  if sold_out or row[4] then return false end
  return lab.stock == "all" or row[2]
end

local function type_view(lab, described)
  local places = {}
  for i, row in ipairs(described.locations) do
    places[i] = {
      id = location_named(row[1]).id, name = row[1], recommended = row[3],
      available = stock.available(lab, described.name, row),
      deprecation = row[4] or json.null,
    }
  end
  return {
    id = described.id, name = described.name, description = described.name:upper(),
    category = described.category, cores = described.cores, memory = described.memory,
    disk = described.disk, cpu_type = described.cpu_type, storage_type = "local",
    architecture = described.architecture, prices = prices(described.prices),
    locations = json.list(places),
  }
end
stock.type_view = type_view

stock.location = location_named

function stock.server_type(id_or_name)
  local id = math.tointeger(tonumber(id_or_name))
  for _, described in ipairs(catalogue.server_types) do
    if described.name == id_or_name or described.id == id then return described end
  end
  return nil
end

function stock.place_of(described, location_name)
  for _, row in ipairs(described.locations) do
    if row[1] == location_name then return row end
  end
  return nil
end

-- A system image by id, or by name for an architecture.
function stock.image(id_or_name, architecture)
  local id = math.tointeger(tonumber(id_or_name))
  for _, image in ipairs(catalogue.images) do
    local same = image.name == id_or_name and image.architecture == architecture
    if (same or image.id == id) and not image.deleted then return image end
  end
  return nil
end

function stock.image_view(image)
  return {
    id = image.id, name = image.name, type = "system", status = "available",
    description = image.os_flavor:gsub("^%l", string.upper) .. " " .. image.os_version,
    image_size = json.null, disk_size = 5, created = "2024-01-01T00:00:00Z",
    created_from = json.null, bound_to = json.null, os_flavor = image.os_flavor,
    os_version = image.os_version, rapid_deploy = true, protection = { delete = false },
    deprecated = image.deprecated or json.null, deleted = json.null, labels = {},
    architecture = image.architecture,
  }
end

local function list_types(context)
  local listed = {}
  for _, described in ipairs(catalogue.server_types) do
    if not described.unlisted then listed[#listed + 1] = described end
  end
  return lists.answer(context, listed, {
    key = "server_types", filters = { name = function(t) return t.name end },
    view = function(described) return type_view(context.lab, described) end,
  })
end

local function one_type(context, id)
  local described = stock.server_type(id)
  if not described or described.unlisted then refuse.not_found("server type") end
  return 200, { server_type = type_view(context.lab, described) }
end

local function list_locations(context)
  return lists.answer(context, { table.unpack(catalogue.locations) }, {
    key = "locations", filters = { name = function(l) return l.name end },
    view = function(location) return location end,
  })
end

local function list_images(context)
  local listed = {}
  local old = context.query.include_deprecated
  for _, image in ipairs(catalogue.images) do
    if not image.deleted and (not image.deprecated or (old and old[1] == "true")) then
      listed[#listed + 1] = image
    end
  end
  return lists.answer(context, listed, {
    key = "images", sort = { "id", "name", "created" }, view = stock.image_view,
    filters = {
      name = function(i) return i.name end, type = function() return "system" end,
      architecture = function(i) return i.architecture end,
    },
  })
end

local function ip_prices(kind)
  local rows = {}
  for i, location in ipairs(catalogue.locations) do
    local free = kind == "ipv6"
    rows[i] = {
      location = location.name,
      price_monthly = price(free and "0" or catalogue.primary_ipv4.monthly),
      price_hourly = price(free and "0" or catalogue.primary_ipv4.hourly),
    }
  end
  return { type = kind, prices = json.list(rows) }
end

local function pricing()
  local types = {}
  for i, described in ipairs(catalogue.server_types) do
    types[i] = {
      id = described.id, name = described.name, prices = prices(described.prices),
    }
  end
  return 200, { pricing = {
    currency = catalogue.currency, vat_rate = catalogue.vat_rate,
    primary_ips = json.list { ip_prices "ipv4", ip_prices "ipv6" },
    floating_ips = json.list {}, load_balancer_types = json.list {},
    image = { price_per_gb_month = price(catalogue.image_per_gb) },
    volume = { price_per_gb_month = price(catalogue.volume_per_gb) },
    server_backup = { percentage = catalogue.backup_percentage },
    server_types = json.list(types),
  } }
end

local function one_image(_, id)
  local image = stock.image(id)
  if not image then refuse.not_found("image") end
  return 200, { image = stock.image_view(image) }
end

local function one_location(_, id)
  local location = location_named(id)
  if not location then refuse.not_found("location") end
  return 200, { location = location }
end

stock.routes = {
  { "GET", "/server_types", list_types }, { "GET", "/server_types/{id}", one_type },
  { "GET", "/locations", list_locations }, { "GET", "/locations/{id}", one_location },
  { "GET", "/images", list_images }, { "GET", "/images/{id}", one_image },
  { "GET", "/pricing", pricing },
  { "GET", "/isos", function(context)
    return lists.answer(context, {},
      { key = "isos", view = function(iso) return iso end })
  end },
  { "GET", "/datacenters", function()
    refuse.with(410, "deprecated_api_endpoint", "datacenters are gone",
      { announcement = "https://docs.hetzner.cloud/changelog#2025-12-16" })
  end },
}

return stock
