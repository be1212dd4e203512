-- SPDX-License-Identifier: MIT
--
-- A machine that exists as a playbook, for `pipster adopt host`. What the survey found is
-- asked for once more by the types themselves, and only what they find to be as it would
-- be declared is declared; so the next plan is empty. One file is put on the machine: the
-- mark that its host keys are its own.
local batch = require "batch"
local fault = require "fault"
local keys = require "host_keys"
local session = require "session"
local survey = require "host_survey"
local text = require "hetzner.adopt_text"
local settings = require "settings"

local adopt = {}

local function look(host)
  local opened = session.open(host)
  local result = opened:run(survey.script, { timeout = 300 })
  local found = survey.parse(result.output)
  if result.status ~= 0 or not found.whole then
    fault(host.address .. " could not be looked at whole", {
      why = result.errors:sub(-400), next = "it must be a Debian, with apt and dpkg" })
  end
  return found, opened
end

-- "anna@192.0.2.10:2222", "[2001:db8::1]:22", "web1" → the parts.
local function parse_place(place)
  local login, rest = place:match("^([^@]+)@(.+)$")
  rest = rest or place
  local address, port = rest:match("^%[([^%]]+)%]:?(%d*)$")
  if not address then address, port = rest:match("^([^:]+):(%d+)$") end
  return { address = address or rest, port = port and math.tointeger(tonumber(port)),
    login = login and { login } or nil }
end

local function attributes_of(type_name, item)
  local kind = require(type_name)
  local want = {}
  for name, value in pairs(item.want) do want[name] = value end
  if kind.shorthand then want = kind.shorthand(want, item.name) or want end
  for name, attribute in pairs(kind.attributes) do
    if want[name] == nil then want[name] = attribute.default end
  end
  return kind, want
end

local function as_text(attribute, value)
  if attribute.kind ~= "set" or type(value) ~= "table" then return text.value(value) end
  local items = {}
  for index, item in ipairs(value) do items[index] = text.value(item) end
  table.sort(items)
  return table.concat(items, ",")
end

-- The attribute by which what the type finds is not what would be declared, or nil.
local function difference(item, found)
  if not found then return "it is not found" end
  for name, attribute in pairs(item.type.attributes) do
    local skipped = attribute["local"] or attribute.computed or item.want[name] == nil
    if not skipped and as_text(attribute, item.want[name])
      ~= as_text(attribute, found[name]) then
      return name .. " would be changed"
    end
  end
end

local function items_of(found, host)
  local items, taken = {}, {}
  for _, candidate in ipairs(found.candidates) do
    local name = candidate.name
    if candidate.type == "authorized_key" then
      taken.keys = taken.keys or {}
      name = text.name(name, taken.keys)
    end
    local ok, kind, want = pcall(attributes_of, "host." .. candidate.type,
      { want = candidate.want, name = name })
    if ok then
      items[#items + 1] = { type = kind, name = name, want = want, said = candidate.want,
        address = host.name .. ":" .. candidate.type .. (name
          and (name:find("^/") and name or "/" .. name) or "") }
    else
      found.leave(candidate.type .. " " .. tostring(name) .. ": " .. tostring(kind))
    end
  end
  return items
end

-- A text of several lines stands as one.
local function readable(value)
  if type(value) ~= "string" or not value:find("\n.") or value:find("[^%g%s\128-\255]")
    or value:find("\r") then return value end
  local level = ""
  while value:find("]" .. level .. "]", 1, true) do level = level .. "=" end
  return text.code("[" .. level .. "[\n" .. value .. "]" .. level .. "]")
end

local function declare(item, variable)
  local said = {}
  for name, value in pairs(item.said) do said[name] = readable(value) end
  for _, name in ipairs { "path", "login", "unit", "package", "zone" } do
    if said[name] == item.name then said[name] = nil end
  end
  local lines = text.attributes(item.type, said)
  local head = ("%s:%s%s"):format(variable, item.type.name,
    item.name and " " .. text.string(item.name) or "")
  return head .. (lines == "" and " {}" or " {\n" .. lines .. "\n}")
end

local function packages(items, variable)
  local names, rest = {}, {}
  for _, item in ipairs(items) do
    if item.type.name == "package" then names[#names + 1] = text.string(item.name)
    else rest[#rest + 1] = item end
  end
  if #names == 0 then return {}, rest end
  return { variable .. ":package { " .. table.concat(names, ", ") .. " }" }, rest
end

local function write(host, items, notes)
  local variable = host.name:gsub("[^%w]", "_"):gsub("^(%d)", "_%1")
  local described = { address = host.address, port = host.port, login = host.login,
    host_key = host.host_key }
  local lines = { "-- Written by `pipster adopt host` from what was there; the next plan"
    .. " is empty.\n-- What it names was there before us: no longer declared, it stays.\n"
    .. "local " .. variable .. " = host " .. text.string(host.name) .. " {\n"
    .. text.attributes(require "host.host", described) .. "\n}" }
  local first, rest = packages(items, variable)
  table.move(first, 1, #first, #lines + 1, lines)
  for _, item in ipairs(rest) do lines[#lines + 1] = declare(item, variable) end
  local left = {}
  for index, note in ipairs(notes) do left[index] = text.comment(note) end
  return table.concat(lines, "\n\n") .. "\n"
    .. (#left > 0 and "\n-- Left alone:\n" .. table.concat(left, "\n") .. "\n" or "")
end

local function choose(items, results, found)
  local kept = {}
  for index, item in ipairs(items) do
    local why = difference(item, results[index])
    if why then found.leave(item.address .. ": " .. why)
    else kept[#kept + 1] = item end
  end
  return kept
end

-- asked: { place, name, recorded = { { address, type } } }. Answers { text, name, items,
-- count, left, skipped }.
function adopt.write(asked)
  if settings.host_driver == "none" then
    fault("the lab's driver none has no machine to adopt", {
      next = "pipster lab down, then pipster lab up --driver light" })
  end
  local host = parse_place(asked.place)
  host.name = host.address
  local found, opened = look(host)
  host.host_key = opened.host_key
  local name = text.name(asked.name or found.hostname or host.address, {})
  for _, row in ipairs(asked.recorded or {}) do
    if row.address == "host/" .. name then
      return { count = 0, left = 0, skipped = 1, name = name, text = "", items = {} }
    end
  end
  session.close(host)
  host.name = name
  keys.adopt(session.open(host), "marking " .. host.address .. " as adopted")
  local items = items_of(found, host)
  local kept = choose(items, (batch.observe(host, items, true)), found)
  local rows = { { address = "host/" .. name, type = "host", ours = true } }
  for index, item in ipairs(kept) do
    rows[index + 1] = { address = item.address, type = item.type.name, ours = false }
  end
  return { text = write(host, kept, found.notes), name = name, items = rows,
    count = #rows, left = #found.notes, skipped = 0 }
end

return adopt
