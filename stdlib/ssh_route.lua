-- SPDX-License-Identifier: MIT
--
-- How a host is reached: what its resource says, then what ~/.ssh/config says of its
-- address, then what is usual. Each hop of a ProxyJump is looked up the same way.
local fault = require "fault"
local settings = require "settings"
local ssh = require "ssh"

local route = {}

local most_hops = 8

local function lookup(address)
  return settings.ssh.config and ssh.config(settings.ssh.config, address) or {}
end

-- "user@host:port", "host", "[2001:db8::1]:22", "ssh://host" → its parts.
local function parse_hop(text, chain)
  local rest = text:gsub("^ssh://", ""):gsub("/$", "")
  local user, place = rest:match("^(.*)@([^@]*)$")
  place = place or rest
  local address, port = place:match("^%[([^%]]+)%]:?(%d*)$")
  if not address then address, port = place:match("^([^:]+):?(%d*)$") end
  if not address or user == "" then
    fault(("%s cannot be jumped over on the way to %s"):format(text, chain[1]), {
      next = "write a hop as user@host:port, with an IPv6 address in brackets, and a"
        .. " comma between two",
    })
  end
  return { address = address, port = math.tointeger(tonumber(port)),
    login = user and { user }, chain = chain }
end

local function identities_of(host, known)
  if host.identity then return { host.identity } end
  if settings.ssh.identity_named then return settings.ssh.identities end
  return known.identities or settings.ssh.identities
end

local function refuse_command(name, known)
  fault(name .. " is reached by a ProxyCommand, which is not run", {
    why = known.proxy_command .. " … in " .. settings.ssh.config,
    next = "write it as a ProxyJump there, or give the host `jump = \"…\"` or `jump ="
      .. " \"none\"`",
  })
end

local hops_of

local function target_of(host, name, chain)
  local known = lookup(host.address)
  if known.proxy_command and not host.jump then refuse_command(name, known) end
  local target = {
    name = name, address = known.host_name or host.address,
    port = host.port or known.port or 22,
    login = host.login or (known.user and { known.user }) or { "root" },
    identities = identities_of(host, known), only_identities = known.only_identities,
    note = known.note,
  }
  target.hops = hops_of(host.jump or known.jump, target, chain)
  return target
end

-- Of several, only the first is itself reached as its own name says: the next ones are
-- reached through the one before.
hops_of = function(text, target, chain)
  if not text or text == "none" then return {} end
  local place = ("[%s]:%d"):format(target.address, target.port)
  chain = table.move(chain, 1, #chain, 1, {})
  for _, earlier in ipairs(chain) do
    if earlier == place or #chain > most_hops then
      fault("the way to " .. chain[1] .. " jumps in a circle", {
        why = table.concat(chain, ", through ") .. ", through " .. place,
        next = "write `ProxyJump none` for the host that is jumped over",
      })
    end
  end
  chain[#chain + 1] = place
  local hops = {}
  for word in text:gmatch("[^,%s]+") do
    local hop = parse_hop(word, chain)
    if #hops > 0 then hop.jump = "none" end
    local found = target_of(hop, "jump " .. word, chain)
    table.move(found.hops, 1, #found.hops, #hops + 1, hops)
    found.hops = nil
    hops[#hops + 1] = found
  end
  return hops
end

-- host: attributes of a host resource and `name`. Answers { name, address, port, login,
-- identities, only_identities, note, hops = the same of each host on the way }.
function route.of(host)
  return target_of(host, "host/" .. host.name, {})
end

return route
