-- SPDX-License-Identifier: MIT
--
-- What all kinds of the UptimeRobot stand-in share: pages by a cursor, bodies that are
-- refused with a list of what is wrong, single reads that lag.

local fields = require "lab.fields"
local json = require "json"
local refuse = require "lab.stand_in_refuse"

local lists = {}

local PAGE, LAG = 50, 0.5

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }

-- What people wrote is shown as HTML has it.
function lists.escaped(text)
  return text and (text:gsub("[&<>\"']", escapes))
end

local function sorted(map)
  local items = {}
  for _, item in pairs(map) do
    if not item.gone_ms then items[#items + 1] = item end
  end
  table.sort(items, function(a, b) return a.id < b.id end)
  return items
end

-- { data, nextLink }, as GET answers.
function lists.page(context, map, path, view)
  local after, shown, last = tonumber(context.query.cursor) or 0, {}, nil
  local most = math.min(tonumber(context.query.limit) or PAGE, PAGE)
  for _, item in ipairs(sorted(map)) do
    if item.id > after then
      if #shown == most then
        local base = "https://api.uptimerobot.com/v3" .. path
        return 200, { data = json.list(shown), nextLink = base .. "?cursor=" .. last }
      end
      shown[#shown + 1], last = view(item), item.id
    end
  end
  return 200, { data = json.list(shown), nextLink = json.null }
end

function lists.check(body, spec, partial)
  local words = {}
  for i, found in ipairs(fields.problems(body, spec, partial)) do
    words[i] = found.message == "should not exist"
      and ("property %s should not exist"):format(found.field)
      or found.field .. " " .. found.message
  end
  if #words > 0 then
    refuse.with(400, "bad_request", table.concat(words, "; "), json.list(words))
  end
end

local function lag_ms(lab) return math.floor((lab.lag or LAG) * 1000) end

-- For a change: what the list knows.
function lists.find(map, id)
  local item = map[math.tointeger(tonumber(id))]
  if not item or item.gone_ms then refuse.with(404, "not_found", "Not found") end
  return item
end

-- For a single read: what was made just now is not there yet, what was deleted just now
-- still is.
function lists.read(lab, map, id)
  local item, now = map[math.tointeger(tonumber(id))], lab.now_ms()
  local fresh = item and now - item.made_ms < lag_ms(lab)
  local gone = item and item.gone_ms and now - item.gone_ms >= lag_ms(lab)
  if not item or fresh or gone then refuse.with(404, "not_found", "Not found") end
  return item
end

function lists.add(context, map, item)
  item.id, item.made_ms = context.lab.next_id(), context.lab.now_ms()
  map[item.id] = item
  context.changed = true
  return item
end

function lists.remove(context, map, id)
  lists.find(map, id).gone_ms = context.lab.now_ms()
  context.changed = true
  return 200, {}
end

return lists
