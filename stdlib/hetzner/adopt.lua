-- SPDX-License-Identifier: MIT
--
-- A whole Hetzner project as a playbook, for `pipster adopt hetzner`: reads only. Not a
-- resource type. The rows that go with it make its next plan empty.

local kinds = require "hetzner.kinds"
local rules = require "hetzner.adopt_rules"
local text = require "hetzner.adopt_text"

local adopt = {}

local function type_of(kind)
  local ok, described = pcall(require, "hetzner." .. kind)
  return ok and described or nil
end

local function note(work, kind, object, why)
  work.notes[#work.notes + 1] = text.comment(("%s %s (id %s): %s"):format(kind,
    tostring(object.name), tostring(object.id), why))
end

-- recorded: what state has already, as "type#id" and "type/name".
local function sort_out(kind, objects, work)
  local new = {}
  for _, object in ipairs(objects) do
    local known = work.recorded["hetzner." .. kind .. "#" .. tostring(object.id)]
    local why = rules.leave(kind, object)
    if known then
      work.skipped = work.skipped + 1
    elseif why then
      note(work, kind, object, why)
    else
      new[#new + 1] = object
    end
  end
  table.sort(new, function(a, b) return a.id < b.id end)
  return new
end

local function declare(work, kind, described, item)
  local name, found = item.name, item.found
  local attributes = text.attributes(described, rules.declared(kind, found, work,
    item.object))
  local named = ("%s[%s]"):format(kind, text.string(name))
  local lines = rules.remarks(kind, item.object)
  lines[#lines + 1] = ("%shetzner.%s %s {%s}"):format(
    rules.refers[kind] and named .. " = " or "", kind, text.string(name),
    attributes ~= "" and "\n" .. attributes .. "\n" or "")
  work.lines[#work.lines + 1] = table.concat(lines, "\n")
  work.items[#work.items + 1] = { address = "hetzner." .. kind .. "/" .. name,
    type = "hetzner." .. kind, id = item.id }
  work.count = work.count + 1
end

local function take(work, kind)
  local described, items = type_of(kind), {}
  local objects = sort_out(kind, kinds.list(kind), work)
  for i, object in ipairs(objects) do
    if not described then
      note(work, kind, object, "pipster has no type for it yet")
    else
      items[i] = { name = text.name(object.name, work.taken[kind]), id = object.id,
        object = object, recorded = { id = object.id, adopted = true } }
      work.names[kind][object.id] = items[i].name
    end
  end
  if #items == 0 then return end
  for i, found in pairs(described.observe(items)) do items[i].found = found end
  for _, item in ipairs(items) do declare(work, kind, described, item) end
  if kind == "zone" then rules.records(work, items, declare) end
end

local function begin(recorded)
  local work = { lines = {}, items = {}, notes = {}, names = {}, taken = {}, count = 0,
    skipped = 0, recorded = {} }
  for _, kind in ipairs(kinds.all) do work.names[kind], work.taken[kind] = {}, {} end
  work.taken.rrset, work.names.rrset = {}, {}
  for _, row in ipairs(recorded) do
    if row.id ~= nil then
      work.recorded[row.type .. "#" .. tostring(row.id)] = true
    end
    local kind, name = row.address:match("^hetzner%.([%w_]+)/(.+)$")
    if work.taken[kind] then work.taken[kind][name] = true end
  end
  return work
end

-- asked: { recorded = { { address, type, id }, … } }. Answers { text, items, count,
-- skipped, notes }.
function adopt.write(asked)
  local work = begin(asked.recorded or {})
  for _, kind in ipairs(kinds.all) do take(work, kind) end
  local left = #work.notes > 0
    and "\n-- Left alone:\n" .. table.concat(work.notes, "\n") .. "\n" or ""
  return {
    text = rules.head() .. table.concat(work.lines, "\n\n") .. "\n" .. left,
    items = work.items, count = work.count, skipped = work.skipped,
    left = #work.notes,
  }
end

return adopt
