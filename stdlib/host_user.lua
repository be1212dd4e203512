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

-- probe_user INDEX LOGIN HASH prints "user INDEX", then one line each, then "done".
function scripts.probe_function()
  local text = [[
probe_user() {
  line=$(getent passwd "$2") || return 0
  IFS=: read -r _ _ uid _ comment home shell <<EOF
$line
EOF
  printf 'user %s\nuid %s\ncomment %s\nhome %s\nshell %s\n' "$1" "$uid" "$comment" \
    "$home" "$shell"
  IFS=: read -r _ hash _ <<EOF
$(getent shadow "$2")
EOF
  case $hash in
  "${3:-none}") echo password same ;;
  '!'* | '*'*) echo password locked ;;
  esac
  sudo=; [ ! -f "/etc/sudoers.d/pipster-$2" ] ||
    sudo=$(tr '\n' ' ' < "/etc/sudoers.d/pipster-$2" | sed 's/ *$//')
  printf 'groups %s\nsudo %s\n' "$(id -Gn "$2")" "$sudo"
  keys=$home/.ssh/authorized_keys
  [ ! -f "$keys" ] || awk '$0 == "@LAST" { on = 0 } on && NF { print "key " $0 }
    $0 == "@FIRST" { on = 1 }' "$keys" 2>/dev/null
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

-- What is said of the account itself, as options of useradd and usermod.
local function options_of(want)
  local words = { "--shell", want.shell }
  for option, value in pairs { ["--uid"] = want.uid, ["--comment"] = want.comment } do
    words[#words + 1], words[#words + 2] = option, ("%s"):format(value)
  end
  return words
end

local function joined(words, ...)
  local all = table.move(words, 1, #words, 1, {})
  for _, word in ipairs { ... } do all[#all + 1] = word end
  return shell.words(all)
end

-- In a process list a hash would be for everybody: it goes by the input.
local function password(want)
  if want.password == nil then return nil end
  local name = shell.quote(want.login)
  if want.password == "locked" then
    return { "lock the password of " .. want.login, "usermod --lock " .. name }
  end
  return { "set the password of " .. want.login, shell.join({ "printf '%s:%s\\n' ", name,
    " ", shell.quote(want.password), " | chpasswd -e" }) }
end

-- With a shell that is not there nobody gets in any more.
local function need_shell(path)
  return "[ -x " .. shell.quote(path) .. " ] || { echo "
    .. shell.quote("there is no shell " .. path .. " here: install it before")
    .. "; exit 1; }"
end

local function account(have, want)
  local name, options = shell.quote(want.login), options_of(want)
  local move = want.home and { "--home", want.home, "--move-home" } or {}
  local place = want.home and { "--home-dir", want.home } or {}
  if want.system then place[#place + 1] = "--system" end
  local lines = { need_shell(want.shell),
    "g=; ! getent group " .. name .. " >/dev/null || g='-g " .. want.login .. "'",
    "if getent passwd " .. name .. " >/dev/null; then usermod "
      .. joined(options, table.unpack(move)) .. " " .. name
    .. "; else useradd $g --create-home " .. joined(options, table.unpack(place)) .. " "
    .. name .. " && chown " .. want.login .. ": \"$(getent passwd " .. name
    .. " | cut -d: -f6)\"; fi || exit 1" }
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
  > .pipster-new && printf '%s' "$1" | cat >> .pipster-new &&
  mv -f .pipster-new authorized_keys || { rm -f .pipster-new; exit 1; }]]

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
  commands[4] = password(want)
  if have and (want.sudo ~= "nopasswd" or #want.ssh_keys == 0) then
    table.insert(commands, 1, { "look who is logged in", want.login == "root" and "true"
      or refuse_own(want.login, "it keeps its keys and sudo = \"nopasswd\"") })
  end
  return commands
end

function scripts.remove(login, with_home)
  local name = shell.quote(login)
  return refuse_own(login, "it is not removed") .. "if getent passwd " .. name
    .. " >/dev/null; then userdel " .. (with_home and "-r " or "") .. name
    .. " || exit 1; fi\n"
    .. "rm -f " .. shell.quote("/etc/sudoers.d/pipster-" .. login)
end

-- The keys are read and written as the user: no link in its home leads root elsewhere.
function scripts.revert(login)
  local name = shell.quote(login)
  local function as_user(text)
    return "runuser -u " .. name .. " -- /bin/sh -c "
      .. shell.quote("umask 077\n" .. text) .. " sh \"$(getent passwd " .. name
      .. " | cut -d: -f6)\""
  end
  return {
    files = { "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid",
      "/etc/subgid", "/etc/sudoers.d/pipster-" .. login },
    keep = "! getent passwd " .. name .. " >/dev/null || "
      .. as_user "[ ! -e \"$1/.ssh/authorized_keys\" ] || cat \"$1/.ssh/authorized_keys\""
      .. " > \"$kept/keys\"",
    revert = "[ ! -s \"$kept/keys\" ] || "
      .. as_user "cmp -s - \"$1/.ssh/authorized_keys\"" .. " < \"$kept/keys\" || "
      .. as_user("mkdir -p \"$1/.ssh\" && cd \"$1/.ssh\" && rm -f .pipster-new &&"
      .. " cat > .pipster-new && mv -f .pipster-new authorized_keys")
      .. " < \"$kept/keys\"",
  }
end

return scripts
