-- SPDX-License-Identifier: MIT
--
-- The files of a backup on its host: settings that everybody may be shown, secrets apart
-- from them, the scripts that all backups share, two timers with their services.
local embedded = require "embedded"
local offsite = require "backup_offsite"
local span = require "span"

local files = {}

files.library = "/usr/local/lib/pipster/backup"
files.scripts = { "common", "drill", "ended", "run" }

-- What stands in the settings, in this order.
files.keys = { "container", "url", "user", "database", "path", "every", "keep", "encrypt",
  "notify", "also", "state", "drill", "drill_query" }

function files.folder(name) return "/etc/pipster/backup/" .. name end

local function unit_path(unit) return "/etc/systemd/system/" .. unit end

local function plain(value)
  if value == nil or value == false then return "" end
  if value == true then return "yes" end
  if type(value) == "table" then return table.concat(value, " ") end
  return tostring(value)
end

local function quoted(value)
  return "'" .. plain(value):gsub("'", "'\\''") .. "'"
end

function files.settings(want)
  local lines = {}
  for _, key in ipairs(files.keys) do
    lines[#lines + 1] = key .. "=" .. quoted(want[key])
  end
  lines[#lines + 1] = "offsite=" .. quoted(want.offsite and "yes")
  return table.concat(lines, "\n") .. "\n"
end

-- The settings in attributes again.
function files.parse(text)
  local found, lists = {}, { notify = true, also = true }
  local flags = { encrypt = true, state = true }
  for key, value in text:gmatch("([%l_]+)='([^\n]*)'\n") do
    value = value:gsub("'\\''", "'")
    if lists[key] then
      found[key] = {}
      for word in value:gmatch("%S+") do table.insert(found[key], word) end
    elseif flags[key] then
      found[key] = value == "yes"
    elseif value ~= "" then
      found[key] = value
    end
  end
  found.offsite = nil
  return found
end

local function service(name, script, what)
  return "[Unit]\nDescription=" .. what .. " " .. name .. " (pipster)\n"
    .. "Wants=network-online.target\n"
    .. "After=network-online.target docker.service postgresql.service\n\n"
    .. "[Service]\nType=oneshot\nExecStart=" .. files.library .. "/" .. script .. " "
    .. name .. "\nExecStopPost=" .. files.library .. "/ended " .. name
    .. (script == "drill" and " drill" or "") .. "\n"
    .. "TimeoutStartSec=6h\nNice=10\nIOSchedulingClass=idle\n"
end

local function timer(name, what, lines)
  return "[Unit]\nDescription=" .. what .. " " .. name .. " (pipster)\n\n[Timer]\n"
    .. lines .. "\n[Install]\nWantedBy=timers.target\n"
end

-- unit → text, of those that are wanted.
local function units_of(name, want)
  local units = {
    ["pipster-backup-" .. name .. ".service"] = service(name, "run", "backup"),
    ["pipster-backup-" .. name .. ".timer"] = timer(name, "backup",
      span.timer(want.every, "every")),
  }
  if want.drill then
    units["pipster-drill-" .. name .. ".service"] = service(name, "drill",
      "restore drill of")
    units["pipster-drill-" .. name .. ".timer"] = timer(name, "restore drill of",
      "OnCalendar=" .. want.drill .. "\nRandomizedDelaySec=2h\nPersistent=true\n")
  end
  return units
end

function files.timers(name, want)
  local list = { "pipster-backup-" .. name .. ".timer" }
  if want.drill then list[2] = "pipster-drill-" .. name .. ".timer" end
  return list
end

-- All that may be there: { path, group }, in one order. The group says to which attribute
-- a difference belongs.
function files.places(name)
  local folder, list = files.folder(name), {}
  local function add(path, group) list[#list + 1] = { path = path, group = group } end
  add(folder .. "/identity", "key")
  add(folder .. "/password", "password")
  for _, file in ipairs(offsite.names) do
    add(folder .. "/offsite/" .. file, "offsite")
  end
  for _, script in ipairs(files.scripts) do
    add(files.library .. "/" .. script, "as_written")
  end
  for _, kind in ipairs { "backup", "drill" } do
    for _, suffix in ipairs { ".service", ".timer" } do
      add(unit_path("pipster-" .. kind .. "-" .. name .. suffix), "as_written")
    end
  end
  return list
end

-- path → { content, mode } of what is wanted there; all of it must be known.
function files.wanted(name, want)
  local folder, all = files.folder(name), {}
  local function put(path, content, mode)
    all[path] = { content = content, mode = mode or "0600" }
  end
  if want.key then put(folder .. "/identity", want.key) end
  if want.password then put(folder .. "/password", want.password) end
  for file, content in pairs(want.offsite and offsite.files(want.offsite) or {}) do
    put(folder .. "/offsite/" .. file, content)
  end
  for _, script in ipairs(files.scripts) do
    put(files.library .. "/" .. script, embedded.read("backup/" .. script .. ".sh"),
      "0755")
  end
  for unit, content in pairs(units_of(name, want)) do
    put(unit_path(unit), content, "0644")
  end
  return all
end

return files
