-- SPDX-License-Identifier: MIT
--
-- How much the journal keeps: a drop-in of systemd-journald's, which is restarted after.
local attribute = require "attribute"
local encode = require "encode"
local fault = require "fault"
local rendered = require "rendered"
local shell = require "shell"
local kind_of, type = type, require "type"

local path = "/etc/systemd/journald.conf.d/pipster.conf"

-- attribute, journald's own word, what is wanted of it
local settings = {
  { "storage", "Storage" }, { "max_use", "SystemMaxUse", "size" },
  { "keep_free", "SystemKeepFree", "size" }, { "max_file", "SystemMaxFileSize", "size" },
  { "runtime_max_use", "RuntimeMaxUse", "size" },
  { "max_retention", "MaxRetentionSec", "span" },
}

local keys = {}
for index, setting in ipairs(settings) do keys[index] = setting[1] end

local units = { "", "s", "sec", "second", "m", "min", "minute", "h", "hour", "d", "day",
  "w", "week", "month", "y", "year" }

local function is_span(text)
  local unit = text:match("^%d+%s*(%l*)$")
  for _, known in ipairs(units) do
    if unit == known or unit == known .. "s" then return true end
  end
  return false
end

-- journald passes over what it does not understand.
local function check(declared)
  for _, setting in ipairs(settings) do
    local given, kind = declared[setting[1]], setting[3]
    local text = kind_of(given) == "string" and given
    if text and kind == "size" and not text:find("^%d+[KMGTPE]?$") then
      fault("\"" .. text .. "\" is no size", {
        why = "of " .. setting[1] .. ", journald's " .. setting[2],
        next = "for example \"500M\" or \"2G\"" })
    elseif text and kind == "span" and not is_span(text) then
      fault("\"" .. text .. "\" is no span of time", {
        why = "of " .. setting[1] .. ", journald's " .. setting[2],
        next = "for example \"30 days\" or \"1month\"" })
    end
  end
end

local function render(want)
  local lines = { "[Journal]" }
  for _, setting in ipairs(settings) do
    local value = want[setting[1]]
    if value ~= nil then lines[#lines + 1] = setting[2] .. "=" .. value end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function parse(text)
  local found = {}
  for _, setting in ipairs(settings) do
    found[setting[1]] = text:match("\n" .. setting[2] .. "=([^\n]*)")
  end
  return found
end

-- Several starts in a short time are not held against it.
local restart = { "restart systemd-journald", "systemctl reset-failed systemd-journald"
  .. "; systemctl restart systemd-journald" }

return type {
  name = "journald",
  doc = "Limits of the systemd journal; what is not said is as Debian has it.",
  link = "https://manpages.debian.org/bookworm/systemd/journald.conf.5.en.html",
  on_host = true,
  nameless = true,
  attributes = {
    storage = attribute.string { one_of = { "auto", "persistent", "volatile", "none" },
      doc = "where: persistent is the disk, volatile the memory" },
    max_use = attribute.string { doc = "of the disk, at most (SystemMaxUse): \"500M\"" },
    keep_free = attribute.string { doc = "of the disk, at least (SystemKeepFree)" },
    max_file = attribute.string { doc = "a single file (SystemMaxFileSize)" },
    runtime_max_use = attribute.string { doc = "of the memory, at most (RuntimeMaxUse)" },
    max_retention = attribute.string {
      doc = "older ones go (MaxRetentionSec): \"30 days\"" },
    as_written = rendered.as_written,
  },
  example = [[host:journald { max_use = "500M", max_retention = "30 days" }]],
  shorthand = function(declared)
    check(declared)
    return declared
  end,

  probe = function()
    return "[ ! -e " .. path .. " ] || echo \"1:$(" .. shell.base64_of(path) .. ")\""
  end,
  read = function(items, output)
    for line in shell.lines(output) do
      local content = line:match("^1:([%w+/=]*)$")
      if content then
        return { rendered.found(encode.base64_decode(content), items[1].want, keys,
          render, parse) }
      end
    end
    return {}
  end,
  writes = function() return { path } end,
  commands = function(_, want)
    if not want then return { { "rm " .. path, "rm -f " .. path } } end
    return { { "write " .. path, "mkdir -p " .. path:match("^(.*)/") .. " || exit 1\n"
      .. shell.write_file { path = path, content = render(want) } } }
  end,
  handlers = function() return { restart } end,
}
