-- SPDX-License-Identifier: MIT
--
-- One SSH session per host, kept for the whole run.
local ssh = require "ssh"
local settings = require "settings"

local session = {}
local open = {} -- host name → session
local users = {} -- host name → the login that worked

local function pins_of(host)
  local pins = {}
  for _, key in ipairs(host.host_keys or {}) do pins[#pins + 1] = key end
  if #pins == 0 and type(host.host_key) == "string" then pins[1] = host.host_key end
  return pins
end

-- The login that worked before comes first: each refused one is a failed attempt in the
-- host's log, and a few of those are a ban by fail2ban.
local function logins_of(host)
  local first, logins = users[host.name] or host.last_login, {}
  if first then logins[1] = first end
  for _, login in ipairs(host.login or { "root" }) do
    if login ~= first then logins[#logins + 1] = login end
  end
  return logins
end

-- The open session of `host`, or nil.
function session.find(host)
  local found = open[host.name]
  if found and found:alive() then return found end
  open[host.name] = nil
  return nil
end

-- host: attributes of a host resource and `name`; options: patience (seconds a host that
-- does not answer is waited for), pins (instead of the host's own). Raises a fault of
-- kind "unreachable", or "blocked" when the host key is another.
function session.open(host, options)
  options = options or {}
  local found = session.find(host)
  if found then return found end
  local identities = host.identity and { host.identity } or settings.ssh.identities
  found = ssh.connect {
    name = "host/" .. host.name,
    address = host.address,
    port = host.port or 22,
    logins = logins_of(host),
    identities = identities,
    agent = settings.ssh.agent,
    pins = options.pins or pins_of(host),
    known_hosts = settings.ssh.known_hosts,
    accept_new = settings.ssh.accept_new,
    patience = options.patience or 0,
  }
  open[host.name], users[host.name] = found, found.login
  return found
end

-- The login that worked in this process.
function session.user(host)
  return users[host.name]
end

-- Forgets the session, so that the next one is made afresh (after new host keys, a
-- reboot).
function session.close(host)
  local found = open[host.name]
  open[host.name] = nil
  if found then found:close() end
end

return session
