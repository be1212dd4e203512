-- SPDX-License-Identifier: MIT
-- The codes of single operations, as the stand-in gives them.
local api = require "tests.types.harness.api"

local function server(name, more)
  local body = { name = name, server_type = "cx23", image = "debian-12",
    location = "nbg1" }
  for field, value in pairs(more or {}) do body[field] = value end
  return { "POST", "/servers", body }
end

local function ip(name, more)
  local body = { name = name, type = "ipv4", location = "nbg1" }
  for field, value in pairs(more or {}) do body[field] = value end
  return { "POST", "/primary_ips", body }
end

local function to(id) return { assignee_id = id, assignee_type = "server" } end
local off = { "POST", "/servers/$1/actions/poweroff" }
local none = { enable_ipv4 = false, enable_ipv6 = false }
local bare = server("bare", { public_net = none, start_after_create = false })
local firewall = { "POST", "/firewalls", { name = "f" } }
local function target(id) return { { type = "server", server = { id = id } } } end

-- What the stand-in has no state for is told to it.
local function told(code)
  return { "POST", "/_lab/faults", { fault = "error", status = 422, code = code } }
end

return api.cases {
  -- create server
  { before = { ip("six", { type = "ipv6" }) },
    call = server("s", { public_net = { ipv4 = "$1" } }), status = 412,
    code = "primary_ip_version_mismatch" },
  { before = { ip "a", server("s", { public_net = { ipv4 = "$1" } }) },
    call = server("t", { public_net = { ipv4 = "$1" } }), status = 422,
    code = "primary_ip_assigned" },
  { before = { ip("a", { location = "fsn1" }) },
    call = server("s", { public_net = { ipv4 = "$1" } }), status = 422,
    code = "primary_ip_datacenter_mismatch" },
  { before = { { "POST", "/_lab/faults", { fault = "placement_error" } } },
    call = server "s", status = 422, code = "placement_error" },
  { lab = { stock = "catalogue" }, call = server "s", status = 412,
    code = "resource_unavailable" },
  { call = server("s", { server_type = "cx22" }), status = 422, code = "invalid_input",
    field = "server_type" },
  { call = server("s", { location = "ash" }), status = 422, code = "invalid_input" },
  { call = server("s", { public_net = none }), status = 422, code = "invalid_input",
    field = "public_net" },
  { call = server("s", { image = "windows" }), status = 422, code = "invalid_input",
    field = "image" },
  { call = server("under_score"), status = 422, code = "invalid_input", field = "name" },
  { call = server("s", { ssh_keys = { 99 } }), status = 422, code = "invalid_input",
    field = "ssh_keys" },
  { call = server("s", { user_data = ("x"):rep(32769) }), status = 422,
    code = "invalid_input", field = "user_data" },
  -- change type
  { before = { server "s" }, status = 422, code = "server_not_stopped",
    message = "server must be stopped before changing type",
    call = { "POST", "/servers/$1/actions/change_type",
      { server_type = "cx33", upgrade_disk = false } } },
  { before = { server("s", { server_type = "cx33" }), off }, status = 422,
    code = "invalid_server_type",
    call = { "POST", "/servers/$1/actions/change_type",
      { server_type = "cx23", upgrade_disk = false } } },
  { before = { server "s", off }, status = 422, code = "invalid_server_type",
    call = { "POST", "/servers/$1/actions/change_type",
      { server_type = "cax11", upgrade_disk = false } } },
  { before = { bare }, status = 422, code = "service_error",
    call = { "POST", "/servers/$1/actions/poweron" } },
  -- primary IPs
  { before = { server "s" }, call = ip("a", to "$1"), status = 422,
    code = "server_not_stopped" },
  { before = { server "s", off }, call = ip("a", to "$1"), status = 422,
    code = "server_has_ipv4" },
  { before = { server "s", off }, status = 422, code = "server_has_ipv6",
    call = { "POST", "/primary_ips",
      { name = "a", type = "ipv6", assignee_id = "$1" } } },
  { before = { server "s", ip "a" }, status = 422, code = "server_not_stopped",
    call = { "POST", "/primary_ips/$2/actions/assign", to "$1" } },
  { before = { server "s", off, ip "a" }, status = 422, code = "server_has_ipv4",
    call = { "POST", "/primary_ips/$3/actions/assign", to "$1" } },
  { before = { ip "a", server("s", { public_net = { ipv4 = "$1" } }), bare },
    status = 422,
    code = "primary_ip_already_assigned",
    call = { "POST", "/primary_ips/$1/actions/assign", to "$3" } },
  { before = { ip "a", server("s", { public_net = { ipv4 = "$1" } }) }, status = 422,
    code = "server_not_stopped", call = { "POST", "/primary_ips/$1/actions/unassign" } },
  { before = { ip "a", { "POST", "/_lab/faults",
      { fault = "error", code = "server_is_load_balancer_target" } } }, status = 422,
    code = "server_is_load_balancer_target",
    call = { "POST", "/primary_ips/$1/actions/unassign" } },
  { before = { ip "a", server("s", { public_net = { ipv4 = "$1" } }) }, status = 422,
    code = "must_be_unassigned", call = { "DELETE", "/primary_ips/$1" } },
  { before = { ip("a", { auto_delete = true }) }, status = 422, code = "invalid_input",
    call = { "POST", "/primary_ips/$1/actions/change_protection", { delete = true } } },
  -- firewalls
  { before = { server "s" }, status = 422, code = "server_already_added",
    call = { "POST", "/firewalls", { name = "f", apply_to = {
      { type = "server", server = { id = "$1" } },
      { type = "server", server = { id = "$1" } },
    } } } },
  { before = { told "incompatible_network_type" }, call = firewall, status = 422,
    code = "incompatible_network_type" },
  { before = { firewall, server "s", told "incompatible_network_type" }, status = 422,
    code = "incompatible_network_type",
    call = { "POST", "/firewalls/$1/actions/apply_to_resources",
      { apply_to = target "$2" } } },
  { status = 404, code = "firewall_resource_not_found",
    call = { "POST", "/firewalls", { name = "f", apply_to = target(7) } } },
  { before = { firewall }, status = 404, code = "firewall_resource_not_found",
    call = { "POST", "/firewalls/$1/actions/apply_to_resources",
      { apply_to = target(7) } } },
  { before = { firewall }, status = 404, code = "firewall_resource_not_found",
    call = { "POST", "/firewalls/$1/actions/remove_from_resources",
      { remove_from = target(7) } } },
  { before = { server "s",
    { "POST", "/firewalls", { name = "f", apply_to = target "$1" } } },
    status = 422, code = "firewall_already_applied",
    call = { "POST", "/firewalls/$2/actions/apply_to_resources",
      { apply_to = target "$1" } } },
  { before = { bare, firewall }, status = 422, code = "private_net_only_server",
    call = { "POST", "/firewalls/$2/actions/apply_to_resources",
      { apply_to = target "$1" } } },
  { before = { server("s", { labels = { role = "web" } }), { "POST", "/firewalls", {
      name = "f", apply_to = { { type = "label_selector",
        label_selector = { selector = "role=web" } } } } } },
    status = 422, code = "firewall_managed_by_label_selector",
    call = { "POST", "/firewalls/$2/actions/remove_from_resources",
      { remove_from = target "$1" } } },
  { what = "removing where it is not applied succeeds", before = { server "s", firewall },
    status = 201, call = { "POST", "/firewalls/$2/actions/remove_from_resources",
      { remove_from = target "$1" } } },
  { before = { server "s",
    { "POST", "/firewalls", { name = "f", apply_to = target "$1" } } },
    status = 422, code = "resource_in_use", call = { "DELETE", "/firewalls/$2" } },
  { status = 422, code = "invalid_input", field = "rules[0].port",
    call = { "POST", "/firewalls", { name = "f", rules = { { direction = "in",
      protocol = "tcp", source_ips = { "0.0.0.0/0" } } } } } },
  { status = 422, code = "invalid_input", field = "rules[0].source_ips[0]",
    call = { "POST", "/firewalls", { name = "f", rules = { { direction = "in",
      protocol = "icmp", source_ips = { "192.0.2.1/24" } } } } } },
  -- zones and their records
  { before = { { "POST", "/zones", { name = "a.example", mode = "secondary",
      primary_nameservers = { { address = "192.0.2.1" } } } } }, status = 422,
    code = "incorrect_zone_mode", call = { "GET", "/zones/a.example/rrsets" } },
  { before = { { "POST", "/zones", { name = "a.example", mode = "secondary" } } },
    status = 422, code = "incorrect_zone_mode",
    call = { "POST", "/zones/a.example/actions/change_ttl", { ttl = 60 } } },
  { status = 422, code = "invalid_input", field = "ttl",
    call = { "POST", "/zones", { name = "a.example", mode = "primary", ttl = 59 } } },
  { before = { { "POST", "/zones", { name = "a.example", mode = "primary" } } },
    status = 422,
    code = "invalid_input", field = "records[0].value",
    call = { "POST", "/zones/$1/rrsets", { name = "@", type = "TXT",
      records = { { value = "not quoted" } } } } },
  { before = { { "POST", "/zones", { name = "a.example", mode = "primary" } } },
    status = 409,
    code = "uniqueness_error",
    call = { "POST", "/zones/$1/rrsets", { name = "@", type = "NS",
      records = { { value = "ns.example." } } } } },
  { before = { { "POST", "/zones", { name = "a.example", mode = "primary" } },
      { "POST", "/zones/$1/actions/change_protection", { delete = true } } },
        status = 423,
    code = "protected", call = { "DELETE", "/zones/$1" } },
}
