-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/host/sshd.lua, and its words for sshd's.
local encode = require "encode"
local shell = require "shell"

local scripts = { path = "/etc/ssh/sshd_config.d/00-pipster.conf" }

scripts.keywords = {
  port = "Port", permit_root_login = "PermitRootLogin",
  password_authentication = "PasswordAuthentication",
  keyboard_interactive = "KbdInteractiveAuthentication",
  allow_users = "AllowUsers", allow_groups = "AllowGroups", deny_users = "DenyUsers",
  max_auth_tries = "MaxAuthTries", max_sessions = "MaxSessions",
  login_grace_seconds = "LoginGraceTime", client_alive_seconds = "ClientAliveInterval",
  x11_forwarding = "X11Forwarding", tcp_forwarding = "AllowTcpForwarding",
  agent_forwarding = "AllowAgentForwarding",
}

local names = {} -- in the order in which they are written
for name in pairs(scripts.keywords) do names[#names + 1] = name end
table.sort(names)

local lists = { port = true, allow_users = true, allow_groups = true, deny_users = true }
local numbers = { max_auth_tries = true, max_sessions = true, login_grace_seconds = true,
  client_alive_seconds = true }

local function word_of(value)
  if value == true then return "yes" end
  if value == false then return "no" end
  return tostring(value)
end

-- The values of one attribute, each a word, sorted.
local function words_of(value)
  if type(value) ~= "table" then return { word_of(value) } end
  local words = {}
  for index, item in ipairs(value) do words[index] = word_of(item) end
  table.sort(words)
  return words
end

-- The text of the file; nil while something in it is not known.
function scripts.render(want)
  local lines = { "# Written by pipster; edits are undone.\n" }
  for _, name in ipairs(names) do
    local value = want[name]
    if type(value) == "userdata" then return nil end
    for _, word in ipairs(value ~= nil and words_of(value) or {}) do
      lines[#lines + 1] = scripts.keywords[name] .. " " .. word .. "\n"
    end
  end
  return table.concat(lines)
end

local keywords = {}
for _, name in ipairs(names) do keywords[#keywords + 1] = scripts.keywords[name] end
local places = "grep -iHnE '^[[:space:]]*(" .. table.concat(keywords, "|")
  .. ")[[:space:]=]'"
  .. " /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf 2>/dev/null"

function scripts.probe()
  return "echo \"file:$([ ! -e " .. scripts.path .. " ] || "
    .. shell.base64_of(scripts.path) .. ")\"\n"
    .. "sshd -T 2>/dev/null | sed 's/^/is /'\n" .. places .. " | sed 's/^/at /'"
end

local function value_of(name, words)
  if lists[name] then
    local list = words or {}
    if name ~= "port" then return list end
    local ports = {}
    for index, word in ipairs(list) do ports[index] = math.tointeger(tonumber(word)) end
    return ports
  end
  local word = words and words[1]
  if numbers[name] then return math.tointeger(tonumber(word)) end
  if word == "without-password" then return "prohibit-password" end
  if name == "tcp_forwarding" or name == "permit_root_login" then return word end
  return word == "yes"
end

-- Answers the text of our file (nil: there is none), the attributes that count, and the
-- places of other files by keyword.
function scripts.parse(output)
  local text, values, elsewhere = nil, {}, {}
  for line in shell.lines(output) do
    local file = line:match("^file:(.+)$")
    local keyword, value = line:match("^is (%S+) (.*)$")
    local path, number, said = line:match("^at ([^:]+):(%d+):%s*(%a[%w]*)")
    if file then text = encode.base64_decode(file) end
    if keyword then
      values[keyword] = values[keyword] or {}
      for word in value:gmatch("%S+") do table.insert(values[keyword], word) end
    elseif path and path ~= scripts.path then
      local list = elsewhere[said:lower()] or {}
      elsewhere[said:lower()] = list
      list[#list + 1] = said .. " in " .. path .. ", line " .. number
    end
  end
  local attributes = {}
  for name, keyword in pairs(scripts.keywords) do
    attributes[name] = value_of(name, values[keyword:lower()])
  end
  return text, attributes, elsewhere
end

local function expected(want)
  local lines = {}
  if want.port then lines[1] = "ports " .. table.concat(words_of(want.port), " ") end
  for _, name in ipairs(names) do
    if want[name] ~= nil then
      lines[#lines + 1] = "expect " .. scripts.keywords[name] .. " "
        .. shell.quote(table.concat(words_of(want[name]), " "))
    end
  end
  return table.concat(lines, "\n")
end

-- With copies of all its files, ours being the new one: nothing is touched yet.
local copied = [==[
d=$(mktemp -d) || exit 1
trap 'rm -rf "$d"' EXIT
mkdir -p /run/sshd "$d/sshd_config.d" || exit 1
cp -a /etc/ssh/sshd_config.d/. "$d/sshd_config.d" 2>/dev/null
sed "s#/etc/ssh/sshd_config\.d/#$d/sshd_config.d/#" /etc/ssh/sshd_config \
  > "$d/sshd_config"
printf %s '@TEXT' | base64 -d > "$d/sshd_config.d/00-pipster.conf" || exit 1
sshd -t -f "$d/sshd_config" >"$d/said" 2>&1 ||
  { sed "s#$d/#/etc/ssh/#" "$d/said"; exit 1; }
all=$(sshd -T -f "$d/sshd_config" | sed 's/without-password/prohibit-password/') || exit 1
bad=
expect() {
  low=$(printf %s "$1" | tr A-Z a-z)
  is=$(echo "$all" | sed -n "s/^$low //p" | tr ' ' '\n' | LC_ALL=C sort | tr '\n' ' ')
  [ "${is% }" != "$2" ] || return 0
  bad=1
  echo "$1 would be ${is% }, not $2: it is set elsewhere, or our file is not included"
  @PLACES | grep -v 00-pipster.conf: | grep -i ":[[:space:]]*$1[[:space:]=]"
}
# Where a socket listens, sshd's ports count only if Ubuntu's generator hands them on.
ports() {
  systemctl -q is-active ssh.socket 2>/dev/null || return 0
  [ ! -e /lib/systemd/system-generators/sshd-socket-generator ] || return 0
  for port; do
    systemctl show -p Listen ssh.socket | grep -q ":$port " || {
      bad=1
      echo "ssh.socket listens here, and not on port $port: add ListenStream=$port," \
        "or let sshd listen itself (disable ssh.socket, enable ssh.service)"
    }
  done
}
]==]

function scripts.validate(want, text)
  local parts = { TEXT = encode.base64(text), PLACES = places }
  return copied:gsub("@(%u+)", parts) .. expected(want) .. "\n[ -z \"$bad\" ]"
end

-- It answers anew once it has written its pid again: the next connection is judged by the
-- new settings, not by a server that is about to go. A socket is not opened anew while
-- the server that it started still runs; sessions outlive that server.
scripts.reload = [[
if [ -d /run/systemd/system ] && systemctl is-active -q ssh.socket; then
  systemctl daemon-reload && systemctl stop -q ssh.socket ssh.service 2>/dev/null
  systemctl start ssh.socket
  systemctl start ssh.service && systemctl -q is-active ssh.socket || exit 1
else
  born=$(stat -c %y /run/sshd.pid 2>/dev/null)
  if [ ! -d /run/systemd/system ]; then kill -HUP "$(cat /run/sshd.pid)"
  else
    server=ssh; systemctl cat ssh.service >/dev/null 2>&1 || server=sshd
    systemctl reset-failed "$server" 2>/dev/null; systemctl reload-or-restart "$server"
  fi || exit 1
  tries=0
  until [ -s /run/sshd.pid ] && [ "$(stat -c %y /run/sshd.pid)" != "$born" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 50 ]; then echo "sshd does not listen again"; exit 1; fi
    sleep 0.1
  done
fi]]

return scripts
