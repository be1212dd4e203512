-- SPDX-License-Identifier: MIT
--
-- What is on a machine that somebody set up by hand, as far as a type of ours may be able
-- to say it: one script, and its answer as candidates. For `pipster adopt host`; reads
-- only.
local encode = require "encode"
local shell = require "shell"
local suspect = require "host_suspect"

local survey = {}

-- Each line: a word, then fields with | between them. What is longer than 64 KiB, or not
-- for others to read, is named without its content.
survey.script = [==[
echo "hostname|$(uname -n)"
echo "debian|$(cat /etc/debian_version)"
echo "zone|$(readlink /etc/localtime | sed 's|.*/zoneinfo/||')"
manual() { apt-mark showmanual | sort; }
base() { dpkg-query -W -f '${Package} ${Priority} ${Section}\n' |
  awk '$2 ~ /^(required|important|standard)$/ || $3 ~ /libs$/ { print $1 }' | sort; }
own=$(mktemp -d) || exit 1
trap 'rm -rf "$own"' EXIT
base >"$own/base"; manual | comm -23 - "$own/base" >"$own/manual"
sed 's/^/package|/' "$own/manual"
getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 && $7 !~ /(nologin|false)$/' |
while IFS=: read -r login _ _ _ _ home shell; do
  groups=$(id -Gn "$login" | tr ' ' '\n' | grep -vxF "$login" | tr '\n' ' ')
  echo "user|$login|$shell|$groups"
  printf '%s|%s\n' "$login" "$home"
done >"$own/users"
grep '^user|' "$own/users"
echo 'root|/root' >>"$own/users"
grep -v '^user|' "$own/users" | while IFS='|' read -r login home; do
  [ ! -f "$home/.ssh/authorized_keys" ] ||
    sed -nE "/^[[:space:]]*(#|\$)/!s#^#key|$login|#p" "$home/.ssh/authorized_keys"
done
owned() { dpkg -S "$1" >/dev/null 2>&1; }
tell() { # WORD PATH
  size=$(stat -L -c %s "$2"); bytes=
  [ "$size" -gt 65536 ] || bytes=$(base64 -w 0 <"$2")
  echo "$1|$2|$(stat -L -c '%a|%U|%G' "$2")|$bytes"
}
for path in /etc/sudoers.d/*; do
  case $path in */README|*'*'*|*/pipster-*|*/90-cloud-init-users) ;;
    *) owned "$path" || tell sudoers "$path" ;; esac
done
for path in /etc/cron.d/* /etc/sysctl.d/*.conf /etc/ssh/sshd_config.d/*.conf \
  /etc/modules-load.d/*.conf /etc/systemd/system/*.service /etc/systemd/system/*.timer \
  /etc/logrotate.d/* /etc/fail2ban/jail.d/*; do
  [ -f "$path" ] && [ ! -L "$path" ] || continue
  case $path in */pipster-*|*/50-cloud-init.conf|*/.placeholder) continue ;; esac
  owned "$path" || case $(stat -c %A "$path") in
    -??????r*) tell file "$path" ;; *) echo "private|$path" ;; esac
done
for path in /var/spool/cron/crontabs/*; do [ ! -f "$path" ] || echo "private|$path"; done
if [ -d /run/systemd/system ]; then
  systemctl list-unit-files --type=service --state=enabled --no-legend --plain |
  while read -r unit _; do
    case $unit in *@*|ufw.service|ssh.service|pipster-*) continue ;; esac
    path=$(systemctl show -p FragmentPath --value "$unit")
    package=$(dpkg -S "$path" 2>/dev/null || dpkg -S "/usr$path" 2>/dev/null)
    package=${package%%:*}
    [ -z "$package" ] || grep -qxF "$package" "$own/manual" || continue
    echo "service|${unit%.service}|$(systemctl is-active "$unit")"
  done
fi
if command -v ufw >/dev/null; then
  ufw status | grep -qx 'Status: active' && ufw show added | sed -n 's/^ufw /ufw|/p'
fi
echo end
]==]

local function fields(line)
  local list = {}
  for field in (line .. "|"):gmatch("([^|]*)|") do list[#list + 1] = field end
  return list
end

-- What Debian's installer and the vendors' images put there to boot, and what a host
-- needs to be reached.
local base = {}
for words in ([[
linux-* grub* shim* firmware-* cloud-* task-* initramfs* openssh-s* qemu-guest* systemd*
netplan* libnss-* libpam-* dbus locales sudo eject installation-report console-setup
keyboard-configuration efibootmgr os-prober popularity-contest ifupdown resolvconf
]]):gmatch("%S+") do
  base[#base + 1] = "^" .. words:gsub("%-", "%%-"):gsub("%*$", ".*") .. "$"
end

local function is_base(name)
  for _, pattern in ipairs(base) do
    if name:find(pattern) then return true end
  end
  return false
end

local readers = {}

function readers.package(found, field)
  if not is_base(field[2]) then
    found.add("package", field[2], { package = field[2] })
  end
end

function readers.user(found, field)
  local groups = {}
  for group in field[4]:gmatch("%S+") do groups[#groups + 1] = group end
  found.add("user", field[2], { login = field[2], shell = field[3], groups = groups })
end

function readers.key(found, field)
  local line = table.concat(field, "|", 3)
  local key = line:match("^(%S+ %S+[^\r]*)")
  local comment = line:match("^%S+ %S+ (%S+)")
  if not (key and (key:find("^ssh%-") or key:find("^ecdsa%-") or key:find("^sk%-"))) then
    found.leave("a key of " .. field[2] .. " with options: " .. line:sub(1, 40) .. "…")
    return
  end
  found.add("authorized_key", field[2] .. "-" .. (comment or "key"),
    { user = field[2], key = key })
end

local function content_of(found, field)
  local text = encode.base64_decode(field[6])
  local plain = utf8.len(text) and not text:find("\0", 1, true)
  local word = plain and suspect.word(text)
  if word then
    found.leave(field[2] .. ": it seems to hold a secret (" .. word
      .. "), which is not written down: declare it with secret(…)")
  elseif field[6] ~= "" and plain then
    return text
  else
    found.leave(field[2] .. ": not a text of at most 64 KiB")
  end
end

function readers.file(found, field)
  local content = content_of(found, field)
  if content then
    found.add("file", field[2], { path = field[2], content = content,
      mode = shell.mode(field[3]), owner = field[4], group = field[5] })
  end
end

-- As a file: sudoers declares what stands in files of its own.
readers.sudoers = readers.file

function readers.private(found, field)
  found.leave(field[2] .. ": not for others to read, so it is in no playbook")
end

function readers.service(found, field)
  if is_base(field[2]) then return end
  found.add("service", field[2], { unit = field[2], running = field[3] == "active" })
end

function readers.ufw(found, field)
  local rule = field[2]:match("^allow (.+)$")
  if rule then
    found.allow[#found.allow + 1] = rule
  else
    found.policy = field[2]
  end
end

function readers.zone(found, field)
  if field[2] ~= "" then found.add("timezone", field[2], { zone = field[2] }) end
end

local function finish(found)
  if found.policy then
    found.leave("ufw: it says \"" .. found.policy .. "\", and our policy only allows")
  elseif #found.allow > 0 then
    found.add("ufw", nil, { allow = found.allow })
  end
end

-- The answer of the script: { hostname, debian, candidates = { { type, name, want } },
-- notes }. Pure.
function survey.parse(output)
  local found = { candidates = {}, notes = {}, allow = {} }
  function found.add(kind, name, want)
    table.insert(found.candidates, { type = kind, name = name, want = want })
  end
  function found.leave(why) table.insert(found.notes, why) end
  for line in shell.lines(output) do
    local field = fields(line)
    if readers[field[1]] then readers[field[1]](found, field) end
    if field[1] == "hostname" or field[1] == "debian" then found[field[1]] = field[2] end
    found.whole = found.whole or field[1] == "end"
  end
  finish(found)
  return found
end

return survey
