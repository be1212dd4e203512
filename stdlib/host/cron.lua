-- SPDX-License-Identifier: MIT
--
-- A line of cron's, as a file of its own in /etc/cron.d.
local apt = require "apt"
local attribute = require "attribute"
local cron = require "host_cron"
local fault = require "fault"
local rendered = require "rendered"
local secret = require "secret"
local shell = require "shell"
local kind_of, type = type, require "type"

local keys = { "schedule", "run", "user" }
local paths = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"

local function path_of(name)
  return "/etc/cron.d/pipster-" .. name
end

-- cron takes % for the end of the line.
local function render(want)
  if secret.is(want.run) then
    fault("a secret cannot stand in a line of cron's", {
      why = "everybody on the host may read it", next = "put it in a file of mode 0600" })
  end
  return paths .. want.schedule .. " " .. want.user .. " "
    .. want.run:gsub("%%", "\\%%") .. "\n"
end

local function parse(text)
  local line = text:match("\n([^\n]+)\n?$") or text
  local schedule, user, run = line:match("^(@%l+)%s+(%S+)%s+(.*)$")
  if not schedule then
    schedule, user, run = line:match("^(%S+%s+%S+%s+%S+%s+%S+%s+%S+)%s+(%S+)%s+(.*)$")
  end
  return { schedule = schedule, user = user, run = (run or line):gsub("\\%%", "%%")
    .. "" }
end

local function check(declared, name)
  if kind_of(declared.schedule) == "string" then cron.check(declared.schedule) end
  if name and name:find("[^%w_-]") then
    fault("cron would pass over \"" .. name .. "\"", { next = "use a-z, 0-9, - and _" })
  end
  if kind_of(declared.run) == "string" and declared.run:find("\n") then
    fault("cron runs one line, not several", { next = "put them in a file and run that" })
  end
end

return type {
  name = "cron",
  doc = "A command that cron runs on a schedule.",
  link = "https://manpages.debian.org/bookworm/cron/crontab.5.en.html",
  on_host = true,
  attributes = {
    schedule = attribute.string { required = true, doc = "\"0 2 * * *\" or \"@daily\"" },
    run = attribute.string { required = true, doc = "one line of shell" },
    user = attribute.string { default = "root", doc = "who runs it" },
    as_written = rendered.as_written,
  },
  example = [[
host:cron "disk" { schedule = "0 */6 * * *", run = "/opt/pipster/check-disk.sh" }]],
  shorthand = function(declared, name)
    check(declared, name)
    return declared
  end,

  probe = rendered.probe(path_of),
  read = rendered.read(keys, render, parse),
  writes = function(_, name) return { path_of(name) } end,
  commands = function(_, want, context)
    local path = path_of(context and context.name or "…")
    if not want then return { { "rm " .. path, "rm -f " .. shell.quote(path) } } end
    return {
      { "apt-get install cron", shell.need_user(want.user) .. "\n"
        .. apt.ensure("cron", { "cron" }) },
      { "write " .. path, shell.write_file { path = path, content = render(want) } },
    }
  end,
}
