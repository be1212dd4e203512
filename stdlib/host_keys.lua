-- SPDX-License-Identifier: MIT
--
-- How a host gets keys of its own, in three scripts that may each be cut off anywhere and
-- run again; and which keys are those of a host that has its own already.
local fault = require "fault"
local lock = require "batch_lock"
local settings = require "settings"

local keys = {}

local function folder()
  return "/var/lib/pipster/" .. settings.project_id
end

-- Waits for cloud-init, since it comes up after sshd; makes the new keys beside the old
-- ones; prints their public halves.
local make_keys = [[
if command -v cloud-init >/dev/null 2>&1; then
  cloud-init status --wait >/dev/null 2>&1 || true
fi
make_folder || exit 1
umask 077; mkdir -p @FOLDER/keys && cd @FOLDER/keys || exit 1
for kind in ed25519 ecdsa; do
  [ -s ssh_host_${kind}_key.pub ] || {
    rm -f ssh_host_${kind}_key
    ssh-keygen -q -t $kind -N '' -C '' -f ssh_host_${kind}_key || exit 1
  }
done
cat ssh_host_ed25519_key.pub ssh_host_ecdsa_key.pub
]]

-- Copies before it removes, so that it can be cut off anywhere and run again.
local use_keys = [[
cd @FOLDER/keys || exit 1
for key in ssh_host_*_key ssh_host_*_key.pub; do
  mode=600; case $key in *.pub) mode=644;; esac
  install -m $mode -o root -g root "$key" "/etc/ssh/.$key.new" &&
    mv -f "/etc/ssh/.$key.new" "/etc/ssh/$key" || exit 1
done
rm -f /etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_rsa_key.pub
/usr/sbin/sshd -t || exit 1
if [ -d /run/systemd/system ]; then systemctl restart ssh
else kill -HUP "$(cat /run/sshd.pid)"; fi
]]

local ready = [[
rm -rf @FOLDER/keys && cat /etc/machine-id > @FOLDER/.ready &&
  mv -f @FOLDER/.ready @FOLDER/ready || exit 1
cat /etc/machine-id
]]

local keep = "make_folder || exit 1\n"
  .. "for k in ed25519 ecdsa; do cat /etc/ssh/ssh_host_${k}_key.pub 2>/dev/null; echo;"
  .. " done\n"

local function run(opened, text, what)
  local script = "folder=" .. folder() .. "\n" .. lock.make_folder
    .. text:gsub("@FOLDER", folder())
  local result = opened:run(script, { timeout = 600 })
  if result.status ~= 0 then
    fault(what .. " failed", { why = result.output:sub(-400) .. result.errors:sub(-400) })
  end
  return result.output
end

-- The public keys in an answer, without comments.
function keys.lines(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do
    if line:find("^ssh%-") or line:find("^ecdsa%-") then
      lines[#lines + 1] = line:match("^(%S+ %S+)")
    end
  end
  return lines
end

-- The keys in an answer that are those of the server that answered with `offered`, which
-- need not be OpenSSH's nor have its keys where that has them.
function keys.of_server(text, offered)
  local lines = keys.lines(text)
  for _, line in ipairs(lines) do
    if line == offered then return lines end
  end
  return offered and { offered } or lines
end

function keys.keep(opened, what)
  return keys.of_server(run(opened, keep, what), opened.host_key)
end

function keys.make(opened, what) return run(opened, make_keys, what) end

function keys.use(opened, what) return run(opened, use_keys, what) end

-- Says last that the keys are its own, and which machine it is.
function keys.ready(opened, what) return run(opened, ready, what) end

-- A machine that exists keeps its keys.
function keys.adopt(opened, what)
  return run(opened, "umask 077; mkdir -p @FOLDER\n" .. ready, what)
end

return keys
