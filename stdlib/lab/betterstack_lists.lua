-- SPDX-License-Identifier: MIT
--
-- What all kinds of the Better Stack stand-in share: things as JSON:API shows them, pages
-- by number, bodies that are refused field by field.

local clock = require "clock"
local fields = require "lab.fields"
local json = require "json"
local refuse = require "lab.stand_in_refuse"

local lists = {}

local PER_PAGE, MOST = 50, 250

-- { id = "12", type, attributes }
function lists.shown(kind, thing, attributes)
  return { id = tostring(thing.id), type = kind, attributes = attributes }
end

local function sorted(map)
  local items = {}
  for _, item in pairs(map) do items[#items + 1] = item end
  table.sort(items, function(a, b) return a.id < b.id end)
  return items
end

local function whole(text, default)
  local number = math.tointeger(tonumber(text or default))
  if not number or number < 1 then refuse.with(400, "bad_request", "page is invalid") end
  return number
end

-- { data, pagination }, as GET answers.
function lists.page(context, map, view)
  local items, shown = sorted(map), {}
  local page = whole(context.query.page, 1)
  local per_page = math.min(whole(context.query.per_page, PER_PAGE), MOST)
  for i = (page - 1) * per_page + 1, math.min(page * per_page, #items) do
    shown[#shown + 1] = view(items[i])
  end
  local last = math.max(1, (#items + per_page - 1) // per_page)
  local function at(number)
    return ("https://uptime.betterstack.com%s?page=%d"):format(context.request.path,
      number)
  end
  return 200, { data = json.list(shown), pagination = {
    first = at(1), last = at(last), prev = page > 1 and at(page - 1) or json.null,
    next = page < last and at(page + 1) or json.null,
  } }
end

function lists.check(body, spec, partial)
  local found, some = {}, false
  for _, problem in ipairs(fields.problems(body, spec, partial)) do
    found[problem.field], some = json.list { problem.message }, true
  end
  if some then refuse.with(422, "invalid", "invalid", found) end
end

function lists.find(map, id)
  local thing = map[math.tointeger(tonumber(id))]
  if not thing then
    refuse.with(404, "not_found", "Resource with provided ID was not found")
  end
  return thing
end

function lists.add(context, map, thing)
  thing.id, thing.made_ms = context.lab.next_id(), context.lab.now_ms()
  thing.settings.created_at = clock.text(thing.made_ms // 1000)
  map[thing.id] = thing
  context.changed = true
  return thing
end

function lists.remove(context, map, id)
  map[lists.find(map, id).id] = nil
  context.changed = true
  return 204
end

-- What a body says, over what was.
function lists.take(context, thing, spec)
  for name in pairs(spec) do
    local value = context.body[name]
    if value ~= nil then thing.settings[name] = value ~= json.null and value or nil end
  end
  context.changed = true
end

return lists
