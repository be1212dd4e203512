-- SPDX-License-Identifier: MIT
--
-- Firewall rules and addresses: what the API refuses, and the form in which it answers.

local json = require "json"

local rules = {}

local directions = { ["in"] = true, out = true }
local protocols = { tcp = true, udp = true, icmp = true, esp = true, gre = true }
local with_port = { tcp = true, udp = true }

local function ipv4_number(text)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then return nil end
  local number = 0
  for _, part in ipairs { a, b, c, d } do
    if #part > 3 or tonumber(part) > 255 then return nil end
    number = number * 256 + math.tointeger(part)
  end
  return number
end
rules.ipv4_number = ipv4_number

-- Eight groups, or nil.
local function ipv6_groups(text)
  local head, tail = text:match("^(.-)::(.*)$")
  local function groups(part)
    local list = {}
    for group in part:gmatch("[^:]+") do
      if not group:find("^%x%x?%x?%x?$") then return nil end
      list[#list + 1] = tonumber(group, 16)
    end
    return list
  end
  local left, right = groups(head or text), groups(tail or "")
  if not left or not right or (text:find(":::") or text:find("::.*::")) then
    return nil
  end
  local missing = 8 - #left - #right
  if (head and missing < 1) or (not head and missing ~= 0) then return nil end
  for _ = 1, missing do left[#left + 1] = 0 end
  table.move(right, 1, #right, #left + 1, left)
  return left
end
rules.ipv6_groups = ipv6_groups

local function empty_host_bits(groups, size, bits)
  for i, group in ipairs(groups) do
    local kept = math.max(0, math.min(size, bits - (i - 1) * size))
    if group & ((1 << (size - kept)) - 1) ~= 0 then return false end
  end
  return true
end

function rules.is_cidr(text)
  local address, bits = tostring(text):match("^(.-)/(%d+)$")
  bits = math.tointeger(tonumber(bits))
  if not address then return false end
  local number = ipv4_number(address)
  if number then return bits <= 32 and empty_host_bits({ number }, 32, bits) end
  local groups = ipv6_groups(address)
  return groups ~= nil and bits <= 128 and empty_host_bits(groups, 16, bits)
end

local function is_port(text)
  if text == "any" then return true end
  local from, to = tostring(text):match("^(%d+)%-?(%d*)$")
  if not from then return false end
  from, to = tonumber(from), tonumber(to ~= "" and to or from)
  return from >= 1 and to <= 65535 and from <= to
end

local function check_addresses(list, field, problems)
  if #list > 100 then problems:add(field, "at most 100 addresses") end
  for i, address in ipairs(list) do
    problems:check(rules.is_cidr(address), field .. "[" .. (i - 1) .. "]",
      "'" .. tostring(address) .. "' is no network with empty host bits")
  end
end

local function check_rule(rule, field, problems)
  problems:check(directions[rule.direction], field .. ".direction", "must be in or out")
  problems:check(protocols[rule.protocol], field .. ".protocol", "is not known")
  if with_port[rule.protocol] then
    problems:check(rule.port and is_port(rule.port), field .. ".port", "is required")
  else
    problems:check(rule.port == nil, field .. ".port", "must not be given")
  end
  local own = rule.direction == "in" and "source_ips" or "destination_ips"
  local list = rule[own] or {}
  problems:check(#list > 0, field .. "." .. own, "is required")
  check_addresses(list, field .. "." .. own, problems)
  problems:check(#(rule.description or "") <= 255, field .. ".description", "is too long")
end

function rules.check(list, problems)
  if #list > 50 then problems:add("rules", "at most 50 rules") end
  for i, rule in ipairs(list) do
    check_rule(rule, "rules[" .. (i - 1) .. "]", problems)
  end
end

local function lowered(list)
  local copy = {}
  for i, address in ipairs(list or {}) do copy[i] = address:lower() end
  return json.list(copy)
end

function rules.view(list)
  local shown = {}
  for i, rule in ipairs(list) do
    shown[i] = {
      direction = rule.direction, protocol = rule.protocol, port = rule.port or json.null,
      source_ips = lowered(rule.source_ips),
      destination_ips = lowered(rule.destination_ips),
      description = rule.description or json.null,
    }
  end
  return json.list(shown)
end

return rules
