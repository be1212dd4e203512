-- SPDX-License-Identifier: MIT
--
-- What is lost with a server that is replaced or rebuilt, and what survives it. Pure.

local lost = {}

local function disk_of(have)
  return ("the disk%s and all that is on it"):format(
    have.disk and " (" .. have.disk .. " GB)" or "")
end

-- Addresses named in public_net are primary IPs of their own; the others go.
local function addresses(have, gone, kept)
  local net = type(have.public_net) == "table" and have.public_net or {}
  for _, family in ipairs { "ipv4", "ipv6" } do
    local address = have[family]
    local own = type(net[family]) ~= "boolean" and net[family] ~= nil
    if address then
      table.insert(own and kept or gone,
        (own and "the primary IP " or "the address ") .. address)
    end
  end
end

function lost.replaced(have)
  local gone, kept = { disk_of(have) }, {}
  addresses(have, gone, kept)
  gone[#gone + 1] = "its host key"
  if have.backups then gone[#gone + 1] = "its backups" end
  for _, thing in ipairs {
    "snapshots", "volumes and floating IPs, detached", "firewalls, networks, SSH keys",
  } do
    kept[#kept + 1] = thing
  end
  return gone, kept
end

function lost.rebuilt(have)
  local kept = {}
  for _, family in ipairs { "ipv4", "ipv6" } do
    if have[family] then kept[#kept + 1] = "the address " .. have[family] end
  end
  if have.backups then kept[#kept + 1] = "its backups" end
  for _, thing in ipairs {
    "its id, snapshots, volumes and floating IPs", "firewalls, networks, labels",
  } do
    kept[#kept + 1] = thing
  end
  return { disk_of(have), "its host key" }, kept
end

-- Why the new one cannot be there while the old one is, or nil.
function lost.alone(want)
  local net = type(want.public_net) == "table" and want.public_net or {}
  for _, family in ipairs { "ipv4", "ipv6" } do
    local value = net[family]
    local id = type(value) == "table" and value.id or math.tointeger(value)
    if id then return ("primary IP %s can be at one server only"):format(id) end
  end
  return nil
end

return lost
