-- SPDX-License-Identifier: MIT
--
-- One SSH session per host, kept for the whole run; one per host that is jumped over.
local fault = require "fault"
local route = require "ssh_route"
local settings = require "settings"
local ssh = require "ssh"
local unknown = require "unknown"
local wait = require "wait"

local session = {}
local open = {} -- host name → session
local users = {} -- host name → the login that worked
local jumps = {} -- "login@address:port", through what → session, or true while it opens

-- The key that a machine was born with is worth nothing once it made its own; one that
-- is given in code goes before what was pinned.
local function pins_of(host)
  local given = type(host.host_key) == "string" and host.host_key or nil
  local pins = table.move(host.host_keys or {}, 1, #(host.host_keys or {}), 1, {})
  if given and (#pins == 0 or not host.server_id) then return { given } end
  return pins
end

-- Of the declared logins the one that worked before comes first: each refused one is a
-- failed attempt in the host's log, and a few of those are a ban by fail2ban.
local function logins_of(host, declared)
  local before, logins = users[host.name] or host.last_login, {}
  for _, login in ipairs(declared) do
    table.insert(logins, login == before and 1 or #logins + 1, login)
  end
  return logins
end

local function connect(target, extra)
  local arguments = {
    name = target.name, address = target.address, port = target.port,
    logins = target.login, identities = target.identities,
    only_identities = target.only_identities, agent = settings.ssh.agent,
    known_hosts = settings.ssh.known_hosts, accept_new = settings.ssh.accept_new,
    note = target.note,
  }
  for key, value in pairs(extra) do arguments[key] = value end
  return ssh.connect(arguments)
end

-- Hosts behind the same one share its session: whoever comes while it is opened waits.
local function jump(target, via, key, patience)
  local function opened()
    local found = jumps[key]
    if found == true then return false end
    return found and found:alive() and found or "to be opened"
  end
  local found = wait.until_true { what = target.name .. " is not open",
    within = patience + 120, every = 0.02, most = 0.2, check = opened }
  if found ~= "to be opened" then return found end
  jumps[key] = true
  local ok, made = pcall(connect, target, { via = via, patience = patience })
  jumps[key] = ok and made or nil
  if not ok then error(made, 0) end
  return made
end

local function way_of(hops, patience)
  local via, key = nil, ""
  for _, hop in ipairs(hops) do
    key = ("%s %s@%s:%d"):format(key, hop.login[1], hop.address, hop.port)
    via = jump(hop, via, key, patience)
  end
  return via
end

-- A secret that is made by the run is on no host yet.
local function sudo_password_of(host)
  local password = host.sudo_password
  if type(password) == "string" then
    fault("the sudo_password of host/" .. host.name .. " is written down in clear", {
      why = "only a secret is kept out of plans, logs and state",
      next = "say sudo_password = secret(\"NAME\", { env = \"NAME\" }), for example",
    })
  end
  if unknown.is(password) then
    fault("the sudo password of host/" .. host.name .. " is not known yet", {
      why = "its secret has no value so far, so it cannot be what the host asks for",
      next = "give it one: pipster secrets set NAME, or secret(\"NAME\", { env = …, file"
        .. " = …, command = … })",
    })
  end
  return password
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
  local target, patience = route.of(host), options.patience or 0
  found = connect(target, {
    logins = logins_of(host, target.login), pins = options.pins or pins_of(host),
    sudo_password = sudo_password_of(host), patience = patience,
    via = way_of(target.hops, patience),
  })
  open[host.name], users[host.name] = found, found.login
  return found
end

-- The key that the host answered with in this process.
function session.host_key(host)
  local found = session.find(host)
  return found and found.host_key
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
