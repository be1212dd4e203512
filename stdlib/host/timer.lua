-- SPDX-License-Identifier: MIT
--
-- A systemd timer and the service that it starts, as two units of ours.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local rendered = require "rendered"
local secret = require "secret"
local shell = require "shell"
local kind_of, type = type, require "type"

local keys = { "schedule", "run", "user", "description" }
local escapes = { ["\\"] = "\\\\", ["'"] = "\\'", ["%"] = "%%", ["$"] = "$$",
  ["\n"] = "\\n" }
local originals = { ["\\\\"] = "\\", ["\\'"] = "'", ["%%"] = "%", ["$$"] = "$",
  ["\\n"] = "\n" }

local function base_of(name)
  return "/etc/systemd/system/pipster-" .. name
end

local function service_text(want)
  if secret.is(want.run) then
    fault("a secret cannot stand in a unit", {
      why = "everybody on the host may read it", next = "put it in a file of mode 0600" })
  end
  return "[Unit]\nDescription=" .. (want.description or "run by pipster")
    .. "\n\n[Service]\n"
    .. "Type=oneshot\nUser=" .. want.user .. "\nExecStart=/bin/sh -c '"
    .. want.run:gsub("[\\'%%$\n]", escapes) .. "'\n"
end

local function timer_text(want)
  return "[Unit]\nDescription=" .. (want.description or "run by pipster")
    .. "\n\n[Timer]\n"
    .. "OnCalendar=" .. want.schedule .. "\nPersistent=true\n\n[Install]\n"
    .. "WantedBy=timers.target\n"
end

-- Both as one text, so that an edit of either shows.
local function render(want)
  return service_text(want) .. timer_text(want)
end

local function parse(text)
  local run = text:match("\nExecStart=/bin/sh %-c '([^\n]*)'\n")
  local description = text:match("\nDescription=([^\n]*)")
  return {
    schedule = text:match("\nOnCalendar=([^\n]*)"), user = text:match("\nUser=([^\n]*)"),
    run = run and run:gsub("[\\%%$][\\'%%$n]", originals) .. "",
    description = description ~= "run by pipster" and description or nil,
  }
end

local function probe_one(index, item)
  local base, unit = base_of(item.name), "pipster-" .. item.name .. ".timer"
  return "[ ! -e " .. base .. ".timer ] || echo " .. index .. ":$(systemctl is-active "
    .. unit .. "):$(systemctl is-enabled " .. unit .. "):$("
    .. shell.base64_of(base .. ".service") .. "):$(" .. shell.base64_of(base .. ".timer")
    .. ")"
end

local function found_of(item, active, enabled, service, timer)
  local text = encode.base64_decode(service) .. encode.base64_decode(timer)
  local found = rendered.found(text, item.want, keys, render, parse)
  found.active = active == "active" and enabled == "enabled"
  return found
end

return type {
  name = "timer",
  doc = "A command that a systemd timer runs on a calendar; missed runs are made up for.",
  link = "https://manpages.debian.org/bookworm/systemd/systemd.time.7.en.html",
  on_host = true,
  attributes = {
    schedule = attribute.string { required = true,
      doc = "OnCalendar: \"daily\", \"*-*-* 02:00\"" },
    run = attribute.string { required = true, doc = "shell text" },
    user = attribute.string { default = "root", doc = "who runs it" },
    description = attribute.string { doc = "shown by systemctl" },
    active = attribute.bool { default = true,
      doc = "the timer waits and starts at boot" },
    as_written = rendered.as_written,
  },
  example = [[
host:timer "backup" { schedule = "daily", run = "/opt/pipster/backup.sh" }]],
  shorthand = function(declared, name)
    if kind_of(name) == "string" and name:find("[^%w_.-]") then
      fault("\"" .. name .. "\" cannot be the name of a unit",
        { next = "use a-z, 0-9, -, _ and ." })
    end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):([%w-]*):([%w-]*):([%w+/=]*):([%w+/=]*)$", found_of),
  writes = function(_, name)
    return { base_of(name) .. ".service", base_of(name) .. ".timer" }
  end,
  units = function(_, name) return { "pipster-" .. name .. ".timer" } end,
  commands = function(_, want, context)
    local name = context and context.name or "…"
    local base, unit = base_of(name), "pipster-" .. name .. ".timer"
    if not want then
      return { { "systemctl disable --now " .. unit, "systemctl disable --now -q " .. unit
        .. "\nrm -f " .. base .. ".timer " .. base
        .. ".service && systemctl daemon-reload" } }
    end
    return {
      { "systemd-analyze calendar", shell.need_user(want.user) .. "\n"
        .. "systemd-analyze calendar "
        .. shell.quote(want.schedule)
        .. " >/dev/null" },
      { "write " .. base .. ".service, " .. base .. ".timer", shell.write_files {
        { path = base .. ".service", content = service_text(want) },
        { path = base .. ".timer", content = timer_text(want) } } },
      { "systemctl enable --now " .. unit,
        "systemctl daemon-reload && systemctl enable -q "
        .. unit .. " && systemctl restart " .. unit },
    }
  end,
}
