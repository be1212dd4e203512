-- SPDX-License-Identifier: MIT
--
-- How a backup comes to its host and goes from it. What it needs is Debian's; what was
-- backed up stays.
local along = require "backup_along"
local apt = require "apt"
local files = require "backup_files"
local shell = require "shell"
local state = require "backup_state"

local install = {}

local function packages(want)
  local commands = {}
  if want.encrypt then
    commands[1] = { "apt-get install age", apt.ensure("age", { "age" }) }
  end
  if want.offsite then
    commands[#commands + 1] = { "apt-get install restic",
      apt.ensure("restic", { "restic" }) }
  end
  if not want.container then
    commands[#commands + 1] = { "apt-get install postgresql-client",
      apt.ensure("pg_dump", { "postgresql-client" }) }
  end
  return commands
end

-- What it was before, where it becomes another: `keep` is run with it in $old.
local function keep_old(path, keep)
  local old = "old=" .. path .. ".before; "
  return old .. "[ ! -e " .. path .. " ] || cp -p " .. path .. " $old",
    old .. "if [ -e $old ]; then cmp -s " .. path .. " $old || { "
    .. keep .. "; }; rm -f $old; fi"
end

-- Older dumps open by the keys before; the repository knows the password that it had.
local function keep_key(folder)
  return keep_old(folder .. "/identity", "age-keygen -y $old >/dev/null 2>&1 &&"
    .. " { cat $old; echo; } >> " .. folder .. "/identity.old")
end
local function keep_password(folder)
  local path = folder .. "/offsite/password"
  return keep_old(path, "[ -e " .. path .. ".old ] || cp -p $old " .. path .. ".old")
end

-- Files of this backup that are not wanted any more go, those of others are never named.
local function put_files(name, want)
  local wanted, folder, parts = files.wanted(name, want), files.folder(name), {}
  local before_key, after_key = keep_key(folder)
  local before_password, after_password = keep_password(folder)
  parts[1] = "umask 077\ninstall -d -m 700 " .. folder .. " " .. folder .. "/offsite "
    .. shell.quote(want.path) .. "\ninstall -d -m 755 " .. files.library
  parts[2], parts[3] = before_key, before_password
  for _, place in ipairs(files.places(name)) do
    local file = wanted[place.path]
    parts[#parts + 1] = file and shell.write_file { path = place.path, mode = file.mode,
      content = file.content } .. "[ $? = 0 ] || exit 1"
      or "rm -f " .. shell.quote(place.path)
  end
  parts[#parts + 1], parts[#parts + 2] = after_key, after_password
  if not want.state then
    parts[#parts + 1] = "rm -f " .. shell.quote(along.path(want.path))
  end
  parts[#parts + 1] = shell.write_file { path = folder .. "/settings", mode = "0600",
    content = files.settings(want) }
  return shell.join(parts, "\n")
end

local function enable(name, want)
  local timers = shell.words(files.timers(name, want))
  local drill = "pipster-drill-" .. name .. ".timer"
  return (want.drill and "" or "systemctl disable --now -q " .. drill
    .. " 2>/dev/null\n") .. "systemctl daemon-reload && systemctl enable -q " .. timers
    .. " && systemctl restart " .. timers
end

local function remove(name, path)
  local folder = files.folder(name)
  local units = {}
  for _, kind in ipairs { "backup", "drill" } do
    units[#units + 1] = "pipster-" .. kind .. "-" .. name
  end
  local paths = {}
  for _, place in ipairs(files.places(name)) do
    local is_script = place.path:sub(1, #files.library) == files.library
    if not is_script then paths[#paths + 1] = shell.quote(place.path) end
  end
  return "for u in " .. table.concat(units, " ") .. "; do\n"
    .. "  systemctl disable --now -q $u.timer 2>/dev/null\n"
    .. "  systemctl reset-failed $u.service 2>/dev/null\n"
    .. "done\nrm -f " .. table.concat(paths, " ") .. " " .. folder .. "/settings "
    .. folder .. "/offsite/password.old\nrm -rf " .. state.path(name)
    .. ".untold\n[ ! -e " .. folder .. "/identity.old ] || mv "
    .. folder .. "/identity.old " .. shell.quote(path) .. "/\n"
    .. "rmdir " .. folder .. "/offsite " .. folder .. "\nsystemctl daemon-reload\n"
    .. "rmdir " .. folder:match("^(.*)/") .. " 2>/dev/null && rm -rf " .. files.library
    .. "\ntrue"
end

function install.commands(have, want, context)
  local name = context and context.name or "…"
  if not want then
    return { { "remove its timers, settings and keys (what was backed up stays in "
      .. (have and have.path or "its folder") .. ")", remove(name, have.path) } }
  end
  local commands = packages(want)
  commands[#commands + 1] = { "write " .. files.folder(name) .. ", scripts and units",
    put_files(name, want) }
  commands[#commands + 1] = { "systemctl enable --now "
    .. table.concat(files.timers(name, want), " "), enable(name, want) }
  commands[#commands + 1] = { "back it up now", files.library .. "/run "
    .. shell.quote(name) .. " 2>&1" }
  return commands
end

return install
