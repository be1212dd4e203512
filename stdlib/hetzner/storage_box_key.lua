-- SPDX-License-Identifier: MIT
--
-- The host key of a storage box. No API tells it, so what was not given in code is
-- learned once, right after the box was made and while it is still empty, and is then
-- pinned: kept in state, and compared whenever the box can be reached from here.

local digest = require "digest"
local dns = require "dns_lookup"
local encode = require "encode"
local fault = require "fault"
local http = require "http"
local labels = require "hetzner.labels"
local log = require "log"
local settings = require "settings"
local ssh = require "ssh"
local wait = require "wait"

local key = {}

key.PORT = 23
local ANSWER = 5      -- seconds in which it answers, when it does
local PATIENCE = 120  -- seconds until a new one does

-- "SHA256:…", as ssh shows it.
local function fingerprint(line)
  local kind, body = line:match("^(%S+)%s+(%S+)")
  local hex = digest.sha256(encode.base64_decode(body))
  local bytes = hex:gsub("%x%x", function(two) return string.char(tonumber(two, 16)) end)
  return kind .. " SHA256:" .. encode.base64(bytes):gsub("=", "")
end

-- Where no host is real the stand-in is asked.
local function ask_model(server, pinned)
  local reply = http.request { method = "GET",
    url = settings.endpoints.lab .. "/host_key/" .. server }
  local found = reply.status == 200 and reply.json.host_key
  if not found then
    fault(server .. " does not answer", { kind = "unreachable",
      why = "it is not reachable from here" })
  end
  if pinned and pinned ~= found then
    fault("the host key of " .. server .. " is not the one expected", { kind = "blocked",
      why = ("expected %s (the pinned key), got %s"):format(fingerprint(pinned),
        fingerprint(found)) })
  end
  return found
end

local function address_of(server)
  if not settings.resolver then return server end
  return dns.lookup(server, "A", { server = settings.resolver })[1] or server
end

-- The key with which it answers here; raises when it does not, or with another one than
-- is pinned.
local function ask(server, pinned)
  if settings.host_driver == "none" then return ask_model(server, pinned) end
  local session = ssh.connect {
    name = server, address = address_of(server), port = key.PORT, only_key = true,
    timeout = ANSWER, pins = pinned and { pinned },
    known_hosts = settings.ssh.known_hosts, accept_new = true,
  }
  local found = session.host_key
  session:close()
  return found
end

-- What is pinned: what code gives, else what was learned.
function key.pinned(item)
  local given = item.want and item.want.host_key
  if type(given) == "string" then return given end
  return labels.recorded(item).host_key or labels.note(item).host_key
end

local function can_be_asked(found)
  return found.server and found.ssh_enabled and found.reachable_externally
end

-- Looks at a box that was found: `host_key` is learned where none is known, and
-- `key_trouble` says so when it answers with another one.
function key.look(found, item)
  if not item.want or not can_be_asked(found) then return end
  local ok, answer = pcall(ask, found.server, found.host_key)
  if ok then
    found.host_key = answer
  elseif fault.is(answer) and answer.kind == "blocked" then
    found.key_trouble = answer.what .. ": " .. answer.why
  else
    log.debug("the host key of " .. found.server .. " is not compared: "
      .. tostring(answer))
  end
end

-- The key of a box that just became reachable; nil, with a line of the step, when it
-- does not answer.
function key.learn(server, step)
  local last
  local function try()
    local ok, answer = pcall(ask, server)
    if ok then return answer end
    if not fault.is(answer) or answer.kind == "blocked" then error(answer, 0) end
    last = answer
    return nil
  end
  local ok, found = pcall(wait.until_true, {
    what = "the host key of " .. server, within = PATIENCE, every = 0.5, most = 5,
    check = try,
  })
  if ok then return found end
  if not last then error(found, 0) end
  step.line(("its host key is not known: %s (%s)"):format(last.what, last.why or ""))
  return nil
end

return key
