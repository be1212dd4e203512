-- SPDX-License-Identifier: MIT
--
-- Firewall rules in one form, however they are written: 22, "1024-5000", "53/udp", "icmp"
-- or a table. All pure; what is not known yet passes through.

local fault = require "fault"
local json = require "json"

local rules = {}

local ANYWHERE = { "0.0.0.0/0", "::/0" }

local portless = { icmp = true, esp = true, gre = true }

local function copy(list)
  return table.move(list, 1, #list, 1, {})
end

local function refuse(rule)
  return fault("a firewall rule cannot be read: " .. tostring(rule), {
    next = 'write 22, "1024-5000", "53/udp", "icmp" or { port = 22, source_ips = { … } }',
  })
end

local function from_text(text)
  if portless[text] then return { protocol = text } end
  local port, protocol = text:match("^([%d-]+)/?(%l*)$")
  if text:match("^any") then port, protocol = text:match("^(any)/?(%l*)$") end
  if not port then return refuse(text) end
  return { port = port, protocol = protocol ~= "" and protocol or "tcp" }
end

local function from_table(rule)
  local made = {
    protocol = rule.protocol, description = rule.description,
    port = rule.port ~= nil and tostring(rule.port) or nil,
  }
  if not made.protocol then
    if not made.port then return refuse "{ … } without port" end
    local read = from_text(made.port)
    made.protocol, made.port = read.protocol, read.port
  end
  return made
end

-- "10.0.0.1" → "10.0.0.1/32"; lower case. References pass.
local function network(address)
  if type(address) ~= "string" then return address end
  local text = address:lower()
  if text:find("/", 1, true) then return text end
  return text .. (text:find(":", 1, true) and "/128" or "/32")
end

local function networks(list)
  if type(list) ~= "table" then list = { list } end
  local all = {}
  for i, address in ipairs(list) do all[i] = network(address) end
  return all
end

local function canonical(rule, side)
  local made
  if type(rule) == "table" then
    made = from_table(rule)
  elseif type(rule) == "number" or type(rule) == "string" then
    made = from_text(tostring(rule))
  else
    return rule
  end
  made[side] = networks(type(rule) == "table" and rule[side] or copy(ANYWHERE))
  return made
end

-- direction "in" or "out"; a list of rules as people write them → in the one form.
function rules.canonical(list, direction)
  if type(list) ~= "table" then return list end
  local side, all = direction == "in" and "source_ips" or "destination_ips", {}
  for i, rule in ipairs(list) do all[i] = canonical(rule, side) end
  return all
end

-- What the API is given.
function rules.to_api(inbound, outbound)
  local all = {}
  for i, list in ipairs { inbound or {}, outbound or {} } do
    for _, rule in ipairs(list) do
      all[#all + 1] = {
        direction = i == 1 and "in" or "out", protocol = rule.protocol,
        port = rule.port, source_ips = rule.source_ips,
        destination_ips = rule.destination_ips,
        description = rule.description,
      }
    end
  end
  return json.list(all)
end

-- The rules of one direction as the API answers them.
function rules.from_api(list, direction)
  local side, all = direction == "in" and "source_ips" or "destination_ips", {}
  for _, rule in ipairs(list) do
    if rule.direction == direction then
      all[#all + 1] = {
        protocol = rule.protocol, port = rule.port, [side] = networks(rule[side] or {}),
        description = rule.description ~= "" and rule.description or nil,
      }
    end
  end
  return all
end

-- A text that is the same for rules that do the same.
function rules.key(rule)
  local given = rule.source_ips or rule.destination_ips
  local addresses = type(given) == "table" and copy(given) or { given }
  for i, address in ipairs(addresses) do addresses[i] = tostring(address) end
  table.sort(addresses)
  return table.concat({
    tostring(rule.protocol), tostring(rule.port), tostring(rule.description),
    table.concat(addresses, " "),
  }, "|")
end

return rules
