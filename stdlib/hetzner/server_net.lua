-- SPDX-License-Identifier: MIT
--
-- The public addresses of a server. public_net = { ipv4 = true | false | primary IP, ipv6
-- = … }: true (the default) takes what the server was born with. Changing needs it off.

local action = require "hetzner.action"
local client = require "hetzner.client"
local same = require "hetzner.same"
local unknown = require "unknown"

local net = {}

local FAMILIES = { "ipv4", "ipv6" }

local function wanted(public_net, family)
  local value = type(public_net) == "table" and public_net[family]
  if value == nil or type(public_net) ~= "table" then return true end
  return type(value) == "boolean" and value or value ~= false and same.id(value) or false
end

-- For POST /servers.
function net.to_api(public_net)
  local body = {}
  for _, family in ipairs(FAMILIES) do
    local want = wanted(public_net, family)
    body["enable_" .. family] = want ~= false
    if want ~= true and want ~= false then body[family] = want end
  end
  return body
end

local function agrees(want, id)
  if unknown.is(want) then return false end
  if want == true then return id ~= nil end
  if want == false then return id == nil end
  return want == id
end

-- What is found, in the words of what is wanted where both agree.
function net.found(public_net, want)
  local found, all = {}, true
  for _, family in ipairs(FAMILIES) do
    local id = public_net[family] and public_net[family].id
    found[family] = id or false
    all = all and agrees(wanted(want, family), id)
  end
  return all and (want or {}) or found
end

local function release(id, what)
  local ip = client.get("/primary_ips/" .. id).primary_ip
  action.run("/primary_ips/" .. id, "unassign", {}, what)
  -- Born with the server and of no further use: it would be billed for ever.
  if ip.auto_delete then client.delete("/primary_ips/" .. id, what) end
end

local function take(server_id, family, want, what)
  if want == true then
    local answer = client.post("/primary_ips", {
      name = ("server-%d-%s"):format(server_id, family), type = family,
      assignee_type = "server", assignee_id = server_id, auto_delete = true,
    }, what)
    return action.wait({ answer.action }, what)
  end
  return action.run("/primary_ips/" .. want, "assign",
    { assignee_id = server_id, assignee_type = "server" }, what)
end

-- The server is off.
function net.change(server, want, what)
  for _, family in ipairs(FAMILIES) do
    local aim = wanted(want, family)
    local id = server.public_net[family] and server.public_net[family].id
    if not agrees(aim, id) then
      if id then release(id, what) end
      if aim ~= false then take(server.id, family, aim, what) end
    end
  end
end

return net
