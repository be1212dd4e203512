-- SPDX-License-Identifier: MIT
--
-- Primary IPs: one per family and server, fixed to a location, assigned while the server
-- is off. Addresses come from reserved ranges only.

local actions = require "lab.hetzner_actions"
local json = require "json"
local labels = require "lab.hetzner_labels"
local lists = require "lab.hetzner_lists"
local objects = require "lab.hetzner_objects"
local refuse = require "lab.stand_in_refuse"
local stock = require "lab.hetzner_stock"

local ips = {}

-- The n-th address (from 0): of the bridge when hosts are real, else of the documentation
-- ranges and, past those, of the range for benchmarks.
local function ipv4(lab, n)
  if lab.driver_kind ~= "none" then
    local at = 10 + n
    return ("10.91.%d.%d"):format(at // 250 % 256, at % 250 + 1)
  end
  local ranges = { "192.0.2", "198.51.100", "203.0.113" }
  local range = ranges[n // 250 + 1]
  if range then return range .. "." .. (n % 250 + 2) end
  local at = n - 750
  return ("198.%d.%d.%d"):format(18 + at // 64000 % 2, at // 250 % 256, at % 250 + 1)
end

local function address(lab, family)
  local n = lab.next_address()
  if family == "ipv4" then return ipv4(lab, n) end
  return ("2001:db8:%x:%x::/64"):format(n // 65536 + 1, n % 65536 + 1)
end

ips.address = address

local function reverse_name(ip)
  local a, b, c, d = ip:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then return nil end
  return ("static.%s.%s.%s.%s.clients.your-server.de"):format(d, c, b, a)
end
ips.reverse_name = reverse_name

-- A new address for a location, e.g. one that a server brings with it.
function ips.make(context, given)
  local ip = objects.add(context, "primary_ip", {
    name = given.name, type = given.type, location = given.location,
    labels = given.labels,
    ip = address(context.lab, given.type), auto_delete = given.auto_delete == true,
    protected = false,
  })
  ip.name = ip.name or "primary_ip-" .. ip.id
  return ip
end

function ips.link(ip, server)
  ip.assignee = server.id
  server[ip.type] = ip
end

function ips.unlink(context, ip)
  local server = ip.assignee and context.world.servers[ip.assignee]
  if server and server[ip.type] == ip then server[ip.type] = nil end
  ip.assignee = nil
end

local function view(ip)
  local pointers = {}
  local name = reverse_name(ip.ip)
  if name then pointers[1] = { ip = ip.ip, dns_ptr = name } end
  return {
    id = ip.id, name = ip.name, type = ip.type, ip = ip.ip, labels = ip.labels,
    created = ip.created, blocked = false, auto_delete = ip.auto_delete,
    location = stock.location(ip.location), protection = { delete = ip.protected },
    assignee_id = ip.assignee or json.null,
    assignee_type = ip.assignee and "server" or "unassigned",
    dns_ptr = json.list(pointers),
  }
end

local function check_off(server)
  if server.status ~= "off" then
    refuse.with(422, "server_not_stopped", "server must be stopped")
  end
end

local function check_family_free(server, family)
  if server[family] then
    refuse.with(422, "server_has_" .. family, "server already has a primary " .. family)
  end
end

local function server_for(context)
  local body = context.body
  if not body.assignee_id then return nil end
  return objects.find(context, "server", body.assignee_id)
end

local function check_name(name, problems)
  problems:check(#name > 0, "name", "is required")
end

local function create(context)
  local body, problems = context.body, refuse.problems()
  check_name(tostring(body.name or ""), problems)
  problems:check(body.type == "ipv4" or body.type == "ipv6", "type",
    "must be ipv4 or ipv6")
  local location = body.location and stock.location(body.location)
  problems:check(location or body.assignee_id, "location", "is required")
  labels.check(body.labels, problems)
  problems:finish()
  objects.check_unique(context, "primary_ip", body.name)
  local server = server_for(context)
  if server then
    check_off(server)
    check_family_free(server, body.type)
  end
  local ip = ips.make(context, {
    name = body.name, type = body.type, labels = body.labels,
    auto_delete = body.auto_delete,
    location = server and server.location or location.name,
  })
  if server then ips.link(ip, server) end
  local action = server and actions.start(context, "create_primary_ip",
    { { "server", server }, { "primary_ip", ip } })
  return 201, {
    primary_ip = view(ip), action = action and actions.show(context, action) or json.null,
  }
end

local function change(context, id)
  local ip = objects.find(context, "primary_ip", id)
  objects.check_no_conflict(ip, "primary ip")
  if context.body.auto_delete and ip.protected then
    refuse.with(423, "protected", "primary ip is delete protected")
  end
  objects.change(context, "primary_ip", ip, check_name)
  if context.body.auto_delete ~= nil then ip.auto_delete = context.body.auto_delete end
  return 200, { primary_ip = view(ip) }
end

local function delete(context, id)
  local ip = objects.find(context, "primary_ip", id)
  objects.check_unprotected(ip, "primary ip")
  if ip.assignee or ip.held then
    refuse.with(422, "must_be_unassigned", "primary ip must be unassigned first")
  end
  context.world.primary_ips[ip.id] = nil
  context.changed = true
  return 204
end

local function assign(context, id)
  local ip = objects.find(context, "primary_ip", id)
  local server = server_for(context) or refuse.invalid("assignee_id", "is required")
  if ip.assignee then
    refuse.with(422, "primary_ip_already_assigned", "primary ip is already assigned")
  end
  check_off(server)
  check_family_free(server, ip.type)
  objects.check_unlocked(server)
  objects.check_no_conflict(ip, "primary ip")
  if server.location ~= ip.location then
    refuse.invalid("assignee_id", "server is in another location")
  end
  ips.link(ip, server)
  local action = actions.start(context, "assign_primary_ip",
    { { "server", server }, { "primary_ip", ip } })
  return 201, { action = actions.show(context, action) }
end

local function unassign(context, id)
  local ip = objects.find(context, "primary_ip", id)
  objects.check_no_conflict(ip, "primary ip")
  local server = ip.assignee and context.world.servers[ip.assignee]
  local on = { { "primary_ip", ip } }
  if server then
    check_off(server)
    objects.check_unlocked(server)
    table.insert(on, 1, { "server", server })
  end
  ips.unlink(context, ip)
  local action = actions.start(context, "unassign_primary_ip", on)
  return 201, { action = actions.show(context, action) }
end

local function protect(context, id)
  local ip = objects.find(context, "primary_ip", id)
  if context.body.delete and ip.auto_delete then
    refuse.invalid("delete", "auto_delete must be false")
  end
  ip.protected = context.body.delete == true
  local action = actions.start(context, "change_protection", { { "primary_ip", ip } })
  return 201, { action = actions.show(context, action) }
end

ips.routes = {
  { "GET", "/primary_ips", function(context)
    return lists.answer(context, lists.values(context.world.primary_ips), {
      key = "primary_ips", view = view, sort = { "id", "created" },
      filters = { name = function(i) return i.name end,
        ip = function(i) return i.ip end },
    })
  end },
  { "POST", "/primary_ips", create },
  { "GET", "/primary_ips/{id}", function(context, id)
    return 200, { primary_ip = view(objects.find(context, "primary_ip", id)) }
  end },
  { "PUT", "/primary_ips/{id}", change },
  { "DELETE", "/primary_ips/{id}", delete },
  { "POST", "/primary_ips/{id}/actions/assign", assign },
  { "POST", "/primary_ips/{id}/actions/unassign", unassign },
  { "POST", "/primary_ips/{id}/actions/change_protection", protect },
}

return ips
