-- SPDX-License-Identifier: MIT
--
-- fail2ban with a jail for sshd, reading the journal.
local apt = require "apt"
local attribute = require "attribute"
local encode = require "encode"
local fault = require "fault"
local rendered = require "rendered"
local shell = require "shell"
local kind_of, type = type, require "type"

local path = "/etc/fail2ban/jail.d/pipster.conf"
local keys = { "max_retry", "find_time", "ban_time" }

local function render(want)
  return "[DEFAULT]\nbackend = systemd\nbanaction = nftables\n"
    .. "banaction_allports = nftables[type=allports]\n\n[sshd]\nenabled = true\nmaxretry"
    .. " = "
    .. want.max_retry .. "\nfindtime = " .. want.find_time .. "\nbantime = "
    .. want.ban_time
    .. "\n"
end

local function parse(text)
  return {
    max_retry = math.tointeger(tonumber(text:match("\nmaxretry = (%d+)\n"))),
    find_time = text:match("\nfindtime = ([^\n]*)"),
    ban_time = text:match("\nbantime = ([^\n]*)"),
  }
end

local units = { [""] = true, s = true, sec = true, second = true, m = true, min = true,
  minute = true, h = true, hour = true, d = true, day = true, w = true, week = true,
  mo = true, month = true, y = true, year = true }

-- fail2ban's own test passes over a time that it cannot read, and so does its start.
local function check_time(name, text)
  if kind_of(text) ~= "string" or name == "ban_time" and text == "-1" then return end
  local rest = text:gsub("(%d+)%s*(%l*)%s*", function(_, unit)
    return (units[unit] or units[unit:gsub("s$", "") .. ""]) and "" or nil
  end)
  if text ~= "" and rest == "" then return end
  fault("\"" .. text .. "\" is no time", { why = "of " .. name,
    next = "for example \"600\", \"10m\" or \"1h 30min\"" })
end

-- It is up when the jail is.
local start = [[
systemctl enable -q fail2ban && systemctl restart fail2ban || exit 1
n=0
until fail2ban-client status sshd >/dev/null 2>&1; do
  n=$((n + 1)); [ $n -lt 50 ] || {
    echo 'fail2ban has no jail for sshd; what it said last:'
    journalctl -q --no-pager -o cat -n 5 -u fail2ban; exit 1; }
  sleep 0.2
done]]

return type {
  name = "fail2ban",
  doc = "fail2ban, running, with a jail for sshd.",
  link = "https://manpages.debian.org/bookworm/fail2ban/jail.conf.5.en.html",
  on_host = true,
  nameless = true,
  attributes = {
    max_retry = attribute.integer { default = 5, doc = "failures before a ban" },
    find_time = attribute.string { default = "10m", doc = "within this time" },
    ban_time = attribute.string { default = "1h", doc = "length of a ban" },
    active = attribute.bool { default = true, doc = "its service runs and is enabled" },
    as_written = rendered.as_written,
  },
  example = [[host:fail2ban { max_retry = 5, ban_time = "1h" }]],

  shorthand = function(declared)
    check_time("find_time", declared.find_time)
    check_time("ban_time", declared.ban_time)
    return declared
  end,

  probe = function()
    return "[ ! -e " .. path .. " ] || echo \"$(systemctl is-active fail2ban)"
      .. ":$(systemctl is-enabled fail2ban):$(" .. shell.base64_of(path) .. ")\""
  end,
  read = function(items, output)
    for line in shell.lines(output) do
      local active, enabled, content = line:match("^([%w-]*):([%w-]*):([%w+/=]*)$")
      if active then
        local found = rendered.found(encode.base64_decode(content), items[1].want, keys,
          render, parse)
        found.active = active == "active" and enabled == "enabled"
        return { found }
      end
    end
    return {}
  end,
  writes = function() return { path } end,
  commands = function(_, want)
    if not want then
      return { { "rm " .. path, "rm -f " .. path
        .. " && systemctl try-restart fail2ban" } }
    end
    return {
      { "apt-get install fail2ban", "{ command -v nft && command -v fail2ban-client &&"
        .. " python3 -c 'import systemd.journal'; } >/dev/null 2>&1 || {\n"
        .. apt.install { "fail2ban", "python3-systemd", "nftables" } .. "\n}" },
      { "write " .. path .. ", fail2ban-client --test", shell.replace_file(
        { path = path, content = render(want) }, "fail2ban-client --test >/dev/null") },
      { "restart fail2ban", start },
    }
  end,
}
