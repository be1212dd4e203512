-- SPDX-License-Identifier: MIT
-- Creates and changes whose answer is lost or that are refused: never two boxes.
local ACT = "POST /storage_boxes/ID/actions/"
local POST = { method = "POST", path = "/storage_boxes" }

local function want()
  local password = require("tests.types.harness.modules").secret "Aa1-0123456789"
  return { type = "bx11", location = "fsn1", password = password }
end

local function executed_once(w)
  local posts = 0
  for _, call in ipairs(w:requests_executed()) do
    posts = posts + (call == "POST /storage_boxes" and 1 or 0)
  end
  assert(posts == 1, "executed POSTs: " .. posts)
end

local function count(expected)
  return function(w)
    local total = w:call("GET", "/storage_boxes").json.meta.pagination.total_entries
    assert(total == expected, "storage boxes: " .. total)
  end
end

local function lost(fault)
  return { what = fault .. ": found by its step label", type = "hetzner.storage_box",
    steps = {
      { faults = { fault = fault, match = POST } },
      { want = want, plan = "create" },
      { run = count(1) }, { run = executed_once }, { want = want, plan = "none" },
    } }
end

local function before(fault)
  return { what = fault .. ": uncertain, since it may still happen",
    type = "hetzner.storage_box", steps = {
      { faults = { fault = fault, match = POST } },
      { want = want, fails = { kind = "uncertain" } },
      { run = count(0) }, { want = want, plan = "create" }, { run = count(1) },
    } }
end

local function refused(fault, code)
  return { what = fault .. ": nothing was made", type = "hetzner.storage_box", steps = {
    { faults = { fault = fault, match = POST } },
    { want = want, fails = { code = code, kind = "error" } },
    { run = count(0) },
  } }
end

return {
  lost "502_after", lost "504_after", lost "reset_after", lost "drop_after", lost "cut",
  lost "late", lost "garbage",
  before "502_before", before "504", before "reset_before",
  refused("500", "server_error"), refused("maintenance", "maintenance"),
  refused("limit", "resource_limit_exceeded"),
  { what = "the action fails late", type = "hetzner.storage_box", steps = {
    { faults = { fault = "action_error", match = POST } },
    { want = want, fails = { code = "action_failed", why = "create ended in an error" } },
    { run = count(0) }, { want = want, plan = "create" }, { run = count(1) },
  } },
  { what = "a change that is locked is repeated", type = "hetzner.storage_box", steps = {
    { want = want, plan = "create" },
    { faults = { fault = "locked", times = 2, match = { method = "POST",
      path = "/storage_boxes/*/actions/change_type" } } },
    { want = function()
      local all = {}
      for name, value in pairs(want()) do all[name] = value end
      all.type = "bx21"
      return all
    end, plan = "update", calls = { ACT .. "change_type" } },
  } },
  { what = "the name is somebody else's", type = "hetzner.storage_box", steps = {
    { drift = { "POST", "/storage_boxes", { name = "app", storage_box_type = "bx11",
      location = "fsn1", password = "Aa1-0123456789" } } },
    { want = want, fails = { code = "uniqueness_error", next = "choose another name" } },
    { run = count(1) },
  } },
}
