-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/host/user.lua. Nothing here takes away what the login in use needs.
local apt = require "apt"
local shell = require "shell"

local scripts = {}

local first = "# pipster: keys from here"
local last = "# pipster: keys to here"

function scripts.sudo_line(login, sudo)
  return login .. " ALL=(ALL:ALL) " .. (sudo == "nopasswd" and "NOPASSWD: " or "")
    .. "ALL"
end

-- probe_user INDEX LOGIN prints "user INDEX", then one line each, then "done".
function scripts.probe_function()
  local text = [[
probe_user() {
  line=$(getent passwd "$2") || return 0
  home=$(printf '%s\n' "$line" | cut -d: -f6)
  printf 'user %s\nshell %s\n' "$1" "$(printf '%s\n' "$line" | cut -d: -f7)"
  printf 'groups %s\nsudo ' "$(id -Gn "$2")"
  cat "/etc/sudoers.d/pipster-$2" 2>/dev/null | tr '\n' ' ' | sed 's/ *$//'; echo
  awk '$0 == "@LAST" { on = 0 } on && NF { print "key " $0 } $0 == "@FIRST" { on = 1 }' \
    "$home/.ssh/authorized_keys" 2>/dev/null
  echo done
}]]
  return (text:gsub("@FIRST", first):gsub("@LAST", last))
end

-- sudo says by which login we came; without it that is root.
local function refuse_own(login, what)
  return "if [ \"${SUDO_USER:-root}\" = " .. shell.quote(login) .. " ]; then\n"
    .. "echo " .. shell.quote("pipster itself is logged in as " .. login .. ": " .. what)
    .. "; exit 1; fi\n"
end

local function account(have, want)
  local name, login_shell = shell.quote(want.login), shell.quote(want.shell)
  local lines = { "g=; ! getent group " .. name .. " >/dev/null || g='-g " .. want.login
    .. "'",
    "if getent passwd " .. name .. " >/dev/null; then usermod -s " .. login_shell .. " "
      .. name
    .. "; else useradd $g --create-home --shell " .. login_shell .. " " .. name
    .. " && chown " .. want.login .. ": \"$(getent passwd " .. name .. " | cut -d: -f6)\""
    .. "; fi || exit 1" }
  for _, group in ipairs(want.groups) do
    local word = shell.quote(group)
    lines[#lines + 1] = "{ getent group " .. word .. " >/dev/null || groupadd " .. word
      .. "; } && usermod -aG " .. word .. " " .. name .. " || exit 1"
  end
  return { (have and "usermod " or "useradd ") .. want.login, table.concat(lines, "\n") }
end

local function sudo(want)
  local path = "/etc/sudoers.d/pipster-" .. want.login
  if want.sudo == "no" then return { "no sudo", "rm -f " .. shell.quote(path) } end
  local line = scripts.sudo_line(want.login, want.sudo)
  return { "sudo: " .. want.sudo, apt.ensure("visudo", { "sudo" }) .. " || exit 1\n"
    .. shell.replace_file(
    { path = path, content = line .. "\n", mode = "0440" },
    "visudo -cq") }
end

-- Runs as the user, with HOME set: everything but our block is copied, then it is
-- renamed.
local key_script = [[
umask 077; cd "$HOME" && mkdir -p .ssh && chmod 700 .ssh && cd .ssh || exit 1
rm -f .pipster-new; touch authorized_keys
awk '$0 == "@FIRST" { on = 1 } !on { print } $0 == "@LAST" { on = 0 }' authorized_keys \
  > .pipster-new && printf '%s' "$1" >> .pipster-new &&
  mv -f .pipster-new authorized_keys]]

local function authorized_keys(want)
  local block = ""
  for _, key in ipairs(want.ssh_keys) do block = block .. key:match("^%s*(.-)%s*$")
    .. "\n" end
  if block ~= "" then block = first .. "\n" .. block .. last .. "\n" end
  local name = shell.quote(want.login)
  local script = key_script:gsub("@FIRST", first):gsub("@LAST", last)
  return { "authorized_keys of " .. want.login, "h=$(getent passwd " .. name
    .. " | cut -d: -f6)\n" .. (block == "" and "[ ! -e \"$h/.ssh/authorized_keys\" ] ||\n"
    or "")
    .. "HOME=$h runuser -u " .. name .. " -- /bin/sh -c " .. shell.quote(script) .. " sh "
    .. shell.quote(block) }
end

function scripts.write(have, want)
  local commands = { account(have, want), sudo(want), authorized_keys(want) }
  if have and (want.sudo ~= "nopasswd" or #want.ssh_keys == 0) then
    table.insert(commands, 1, { "look who is logged in", want.login == "root" and "true"
      or refuse_own(want.login, "it keeps its keys and sudo = \"nopasswd\"") })
  end
  return commands
end

function scripts.remove(login)
  local name = shell.quote(login)
  return refuse_own(login, "it is not removed") .. "if getent passwd " .. name
    .. " >/dev/null; then userdel " .. name .. " || exit 1; fi\n"
    .. "rm -f " .. shell.quote("/etc/sudoers.d/pipster-" .. login)
end

return scripts
