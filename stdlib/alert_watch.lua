-- SPDX-License-Identifier: MIT
--
-- What alert.disk, alert.cpu … share: the file of a watch, its systemd service and timer,
-- and the contacts. A type says what is measured, as shell text, and when that is too
-- much.
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local file = require "alert_watch_file"
local handle = require "handle"
local rendered = require "rendered"
local script = require "alert_watch_script"
local share = require "alert_share"
local wait = require "wait"
local kind_of, type = type, require "type"

local watch = {}

local function common(kind)
  return {
    notify = attribute.list { required = true, item = "string",
      doc = "contacts of this host (alert.contact) that are told" },
    over = attribute.string { default = kind.over or "5m", doc = kind.over_doc
      or "how long it must be so until it counts, and how long not until it is over" },
    every = attribute.string { default = "1m", doc = "how often it is looked at" },
    again = attribute.string { default = "1d",
      doc = "while it lasts, contacts are reminded not more often than this" },
    active = attribute.bool { default = true,
      doc = "the timer waits and starts at boot" },
    script = attribute.string { default = "current",
      doc = "the script on the host is the one of this version" },
    firing = attribute.bool { computed = true, doc = "contacts have reason to be told" },
    says = attribute.string { computed = true, doc = "what was measured last" },
    as_written = rendered.as_written,
  }
end

local function above_of(kind)
  return {
    above = attribute.string { default = kind.above, doc = "the limit, in percent" },
    below = attribute.string { optional_computed = true,
      doc = "it is over only down here: five points less than above when left out" },
  }
end

local function contact_of(contact)
  return handle.is(contact) and contact.contact or contact
end

local function check_times(declared, kind)
  for _, key in ipairs { "over", "every", "again" } do
    if declared[key] ~= nil and kind_of(declared[key]) ~= "userdata" then
      if wait.seconds(declared[key]) < (key == "over" and 0 or 1) then
        fault(key .. " is less than a second")
      end
      declared[key] = tostring(declared[key])
    end
  end
  local over, every = declared.over or kind.over or "5m", declared.every or "1m"
  if kind.windowed and kind_of(over) == "string" and kind_of(every) == "string"
    and wait.seconds(over) < 2 * wait.seconds(every) then
    fault("a window of " .. over .. " cannot be judged by looks every " .. every, {
      next = "every = \"" .. math.max(1, wait.seconds(over) // 5) .. "s\"" })
  end
end

local function shorthand(kind)
  return function(declared, name)
    if kind_of(name) == "string" and name:find("[^%w_-]") then
      fault("\"" .. name .. "\" cannot be the name of a watch",
        { next = "use a-z, A-Z, 0-9, - and _" })
    end
    check_times(declared, kind)
    if kind.above then share.check(declared) end
    if handle.is(declared.notify) then declared.notify = { declared.notify } end
    if kind_of(declared.notify) == "table" then
      local names = {}
      for index, contact in ipairs(declared.notify) do
        names[index] = contact_of(contact)
      end
      declared.notify = names
    end
    return kind.shorthand and kind.shorthand(declared, name) or declared
  end
end

local function keys_of(attributes)
  local keys = {}
  for key, described in pairs(attributes) do
    local ours = key == "active" or key == "script" or key == "as_written"
    if not ours and not described.computed and not described["local"] then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys)
  return keys
end

local function steps(kind, files, want)
  local commands = {}
  for _, command in ipairs(kind.needs and kind.needs(want) or {}) do
    commands[#commands + 1] = command
  end
  local timer = files.unit .. ".timer"
  local more = {
    { "write " .. script.path, script.put() },
    { "write " .. files.path .. ", measure once", files:write(want) },
    { "write " .. files.base .. ".service, .timer", files:write_units(want) },
    { "systemctl enable --now " .. timer, "systemctl daemon-reload && "
      .. (want.active and "systemctl enable -q " .. timer .. " && systemctl restart "
      or "systemctl disable --now -q ") .. timer },
  }
  return table.move(more, 1, #more, #commands + 1, commands)
end

-- kind: name ("disk"), doc, attributes, example, above ("80%": it is a share), over,
-- over_doc, windowed (the figure is one of the window `over`), shorthand, needs(want) →
-- commands, measure(want) → the body of measure() in shell, which sets figure and says.
function watch.type(kind)
  local attributes = common(kind)
  for _, more in ipairs { kind.above and above_of(kind) or {}, kind.attributes } do
    for key, described in pairs(more) do attributes[key] = described end
  end
  kind.keys, kind.described = keys_of(attributes), attributes
  local function files_of(name) return file.of(kind, name) end
  return type {
    name = "alert." .. kind.name, doc = kind.doc, on_host = true,
    attributes = attributes, example = kind.example, shorthand = shorthand(kind),
    probe = each.probe(function(index, item) return files_of(item.name):probe(index) end),
    read = each.read("^(%d+):([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):([^:]*)$",
      function(item, ...) return files_of(item.name):found(item.want, ...) end),
    writes = function(_, name) return files_of(name):names() end,
    preview = function(change)
      local have = change.have or {}
      return { warnings = have.firing and { have.says } or nil }
    end,
    commands = function(_, want, context)
      local files = files_of(context and context.name or "…")
      return want and steps(kind, files, want) or files:remove()
    end,
  }
end

return watch
