-- SPDX-License-Identifier: MIT
-- The general error codes, as the stand-in gives them.
local api = require "tests.types.harness.api"

local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm0o1l3qZxRrM7q5oJb2c3d4e5fAAAAAA"
local key = { "POST", "/ssh_keys", { name = "k", public_key = KEY } }
local server = { "POST", "/servers", {
  name = "s", server_type = "cx23", image = "debian-12", location = "nbg1",
} }

local function fault(name, more)
  local body = { fault = name, match = { path = "/servers*" } }
  for field, value in pairs(more or {}) do body[field] = value end
  return { "POST", "/_lab/faults", body }
end

return api.cases {
  { call = { "POST", "/ssh_keys", "{" }, status = 400, code = "json_error" },
  { call = { "GET", "/nothing" }, status = 404, code = "not_found",
    message = "api route not found" },
  { call = { "GET", "/servers/1" }, status = 404, code = "not_found" },
  { call = { "PATCH", "/servers" }, status = 405, code = "method_not_allowed" },
  { before = { key },
    call = { "POST", "/ssh_keys", { name = "other", public_key = KEY } },
    status = 409, code = "uniqueness_error", field = "public_key",
    message = "SSH key with the same fingerprint already exists" },
  { before = { server }, call = server, status = 409, code = "uniqueness_error",
    message = "server name is already used", field = "name" },
  { before = { fault "limit" }, call = server, status = 403,
    code = "resource_limit_exceeded", limit = "servers" },
  { lab = { limits = { servers = 0 } }, call = server, status = 403,
    code = "resource_limit_exceeded" },
  { before = { fault "maintenance" }, call = server, status = 403, code = "maintenance" },
  { before = { fault "forbidden" }, call = server, status = 403, code = "forbidden" },
  { before = { fault "conflict" }, call = server, status = 409, code = "conflict" },
  { call = { "GET", "/datacenters" }, status = 410, code = "deprecated_api_endpoint" },
  { call = { "GET", "/actions" }, status = 410, code = "deprecated_api_endpoint" },
  { before = { fault "sold_out" }, call = server, status = 412,
    code = "resource_unavailable", message = "error during placement" },
  { before = { fault "service_error" }, call = server, status = 422,
    code = "service_error" },
  { lab = { driver_kind = "own" }, call = { "POST", "/servers", {
      name = "s", server_type = "cx23", image = "ubuntu-24.04" } },
    status = 422, code = "unsupported_error",
    message = "the lab cannot run image ubuntu-24.04: only Debian images boot here" },
  { what = "423 while an action runs", lab = { speed = 1 }, before = { server },
    call = { "POST", "/servers/$1/actions/poweroff" }, status = 423, code = "locked",
    message = "cannot perform operation because server is locked" },
  { what = "409 while an action runs on a firewall", lab = { speed = 100 },
    before = { { "POST", "/firewalls", { name = "f" } },
      { "POST", "/firewalls/$1/actions/set_rules", { rules = {} } } },
    call = { "POST", "/firewalls/$1/actions/set_rules", { rules = {} } },
    status = 409, code = "conflict" },
  { what = "423 protected server",
    before = { server, { "POST", "/servers/$1/actions/change_protection",
      { delete = true, rebuild = true } } },
    call = { "DELETE", "/servers/$1" }, status = 423, code = "protected" },
  { what = "423 protected rebuild",
    before = { server, { "POST", "/servers/$1/actions/change_protection",
      { delete = true, rebuild = true } } },
    call = { "POST", "/servers/$1/actions/rebuild", { image = "debian-12" } },
    status = 423, code = "protected" },
  { before = { fault "429" }, call = server, status = 429, code = "rate_limit_exceeded" },
  { before = { fault "500" }, call = server, status = 500, code = "server_error" },
  { before = { fault "502_before" }, call = server, status = 502, code = "bad_gateway" },
  { before = { fault "503" }, call = server, status = 503, code = "unavailable" },
  { before = { fault "504" }, call = server, status = 504, code = "timeout" },
  { what = "504 after the effect", before = { fault "504_after" }, call = server,
    status = 504,
    check = function(_, w)
      assert(w:call("GET", "/servers").json.meta.pagination.total_entries == 1)
    end },
  { what = "an unknown fault is refused",
    call = { "POST", "/_lab/faults", { fault = "x" } },
    status = 422, code = "invalid_input" },
}
