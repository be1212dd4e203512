-- SPDX-License-Identifier: MIT
-- What the stand-in of the second API refuses, and where it is not asked.
local api = require "tests.types.harness.api"

local function box(more)
  local body = { name = "b", storage_box_type = "bx11", location = "fsn1",
    password = "Aa1-0123456789" }
  for field, value in pairs(more or {}) do body[field] = value end
  return { "POST", "/storage_boxes", body }
end

local function act(verb, body)
  return { "POST", "/storage_boxes/$1/actions/" .. verb, body }
end

local function wrong(field, more)
  return { what = "a box with another " .. field, call = box(more), status = 422,
    code = "invalid_input", field = field }
end

local function refused(verb, field, body)
  return { before = { box() }, call = act(verb, body), status = 422,
    code = "invalid_input", field = field }
end

local rows = {
  wrong("name", { name = "" }), wrong("location", { location = "nbg1" }),
  wrong("storage_box_type", { storage_box_type = "bx10" }),
  wrong("password", { password = "Aa1-" }),
  wrong("password", { password = "a1-0123456789" }),
  wrong("password", { password = "Aa1-01234 56789" }),
  wrong("password", { password = "Aa10123456789" }),
  wrong("access_settings.ftp", { access_settings = { ftp = true } }),
  wrong("ssh_keys.0", { ssh_keys = { "no key" } }), wrong("server", { server = "x" }),
  refused("change_type", "storage_box_type", { storage_box_type = "bx99" }),
  refused("reset_password", "password", { password = "short" }),
  refused("change_protection", "delete", { delete = "yes" }),
  refused("update_access_settings", "access_settings.ssh_enabled", { ssh_enabled = 1 }),
  refused("enable_snapshot_plan", "max_snapshots",
    { max_snapshots = 11, hour = 1, minute = 1 }),
  refused("enable_snapshot_plan", "hour", { max_snapshots = 1, hour = 24, minute = 1 }),
  refused("enable_snapshot_plan", "minute", { max_snapshots = 1, hour = 2 }),
  refused("disable_snapshot_plan", "now", { now = true }),
  { before = { box() }, call = box(), status = 409, code = "uniqueness_error" },
  { before = { box(), act("change_protection", { delete = true }) }, status = 423,
    code = "protected", call = { "DELETE", "/storage_boxes/$1" } },
  { what = "while an action runs", before = { { "POST", "/storage_boxes",
    box()[3], wait = 0.01 } }, call = act("change_type", { storage_box_type = "bx21" }),
    status = 423, code = "locked" },
  { call = { "GET", "/storage_boxes/1" }, status = 404, code = "not_found" },
  { call = { "GET", "/storage_box_types/bx11" }, status = 200 },
}

local cases = api.cases(rows)
cases[#cases + 1] = { what = "the API of the cloud knows no storage boxes",
  run = function(w)
    local reply = w.lab:handle { method = "GET", path = "/v1/storage_boxes",
      headers = { Authorization = "Bearer " .. w.token } }
    assert(reply.status == 404, reply.status)
    reply = w.lab:handle { method = "GET", path = "/storage/v1/servers",
      headers = { Authorization = "Bearer " .. w.token } }
    assert(reply.status == 404, reply.status)
  end }
return cases
