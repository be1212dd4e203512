-- SPDX-License-Identifier: MIT
--
-- What every list endpoint does: filters, sorting, paging with meta and Link.

local json = require "json"
local labels = require "lab.hetzner_labels"
local refuse = require "lab.stand_in_refuse"

local lists = {}

local function whole(context, name, default)
  local text = context.query[name] and context.query[name][1]
  if not text then return default end
  local number = math.tointeger(tonumber(text))
  if not number or number < 1 then refuse.invalid(name, "must be a positive number") end
  return number
end

local function keep(objects, accepts)
  local kept = {}
  for _, object in ipairs(objects) do
    if accepts(object) then kept[#kept + 1] = object end
  end
  return kept
end

local function filter(context, objects, filters)
  for name, read in pairs(filters or {}) do
    local wanted = context.query[name]
    if wanted then
      local set = {}
      for _, value in ipairs(wanted) do set[value] = true end
      objects = keep(objects, function(object) return set[tostring(read(object))] end)
    end
  end
  local selector = context.query.label_selector
  if selector and selector[1] ~= "" then
    local matches = labels.selector(selector[1])
    objects = keep(objects, function(object) return matches(object.labels or {}) end)
  end
  return objects
end

local function order_of(context, allowed)
  local order = {}
  for _, text in ipairs(context.query.sort or {}) do
    local field, way = text:match("^([%l_]+):?(%l*)$")
    if not field or not allowed[field]
      or not (way == "" or way == "asc" or way == "desc") then
      refuse.invalid("sort", "'" .. text .. "' is no field to sort by")
    end
    order[#order + 1] = { field = field, down = way == "desc" }
  end
  order[#order + 1] = { field = "id" }
  return order
end

local function sort(context, objects, fields)
  local allowed = {}
  for _, field in ipairs(fields or { "id", "name" }) do allowed[field] = true end
  local order = order_of(context, allowed)
  table.sort(objects, function(left, right)
    for _, by in ipairs(order) do
      local a, b = left[by.field], right[by.field]
      if a ~= b then
        if by.down then a, b = b, a end
        return a < b
      end
    end
    return false
  end)
  return objects
end

local function page_query(context, page)
  local parts = {}
  for _, pair in ipairs(context.request.query or {}) do
    local name, value = pair.name or pair[1], pair.value or pair[2]
    if name ~= "page" then parts[#parts + 1] = name .. "=" .. value end
  end
  parts[#parts + 1] = "page=" .. page
  return "<" .. context.base .. context.request.path .. "?" .. table.concat(parts, "&")
    .. ">"
end

local function link(context, at)
  local links = {}
  for _, rel in ipairs { "previous_page", "next_page", "last_page" } do
    if at[rel] ~= json.null then
      local name = rel == "previous_page" and "prev" or rel:match("^%l+")
      links[#links + 1] = page_query(context, at[rel]) .. '; rel="' .. name .. '"'
    end
  end
  context.headers["Link"] = table.concat(links, ", ")
end

local function pagination(page, per_page, total)
  local last = math.max(1, (total + per_page - 1) // per_page)
  return {
    page = page, per_page = per_page, total_entries = total, last_page = last,
    previous_page = page > 1 and page - 1 or json.null,
    next_page = page < last and page + 1 or json.null,
  }
end

-- options: key (name in the answer), filters {query name = reader}, sort = fields,
-- most = largest page, view = function(object).
function lists.answer(context, objects, options)
  local most = options.most or 50
  local page, per_page = whole(context, "page", 1), whole(context, "per_page", 25)
  if per_page > most then refuse.invalid("per_page", "must not exceed " .. most) end
  objects = sort(context, filter(context, objects, options.filters), options.sort)
  local at, shown = pagination(page, per_page, #objects), {}
  for i = (page - 1) * per_page + 1, math.min(page * per_page, #objects) do
    shown[#shown + 1] = options.view(objects[i])
  end
  link(context, at)
  return 200, { [options.key] = json.list(shown), meta = { pagination = at } }
end

function lists.values(map)
  local values = {}
  for _, object in pairs(map) do values[#values + 1] = object end
  return values
end

return lists
