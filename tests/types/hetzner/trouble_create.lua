-- SPDX-License-Identifier: MIT
-- Creates whose answer is lost, that were made before, or that fail late: never two,
-- never an orphan, and *uncertain* only when nobody can know.
local want = { type = "cx23", image = "debian-12", location = "nbg1" }
local POST = { method = "POST", path = "/servers" }

local function count(w)
  return w:call("GET", "/servers").json.meta.pagination.total_entries
end

local function one(w) assert(count(w) == 1, "servers: " .. count(w)) end
local function none(w) assert(count(w) == 0, "servers: " .. count(w)) end

local function executed_once(w)
  local posts = 0
  for _, call in ipairs(w:requests_executed()) do
    posts = posts + (call == "POST /servers" and 1 or 0)
  end
  assert(posts == 1, "executed POSTs: " .. posts)
end

local function lost(fault)
  return { what = fault .. ": found by its step label", type = "hetzner.server", steps = {
    { faults = { fault = fault, match = POST } },
    { want = want, plan = "create" },
    { run = one }, { run = executed_once }, { want = want, plan = "none" },
  } }
end

local function before(fault)
  return { what = fault .. ": uncertain, since it may still happen",
    type = "hetzner.server",
    steps = {
      { faults = { fault = fault, match = POST } },
      { want = want, fails = { kind = "uncertain" } },
      { run = none }, { want = want, plan = "create" }, { run = one },
    } }
end

local function refused(fault, code)
  return { what = fault .. ": nothing was made", type = "hetzner.server", steps = {
    { faults = { fault = fault, match = POST } },
    { want = want, fails = { code = code, kind = "error" } },
    { run = none },
  } }
end

local function repeated(fault)
  return { what = fault .. ": repeated by itself", type = "hetzner.server", steps = {
    { faults = { fault = fault, times = 2, match = POST } },
    { want = want, plan = "create" }, { run = executed_once },
  } }
end

return {
  lost "502_after", lost "504_after", lost "reset_after", lost "drop_after", lost "cut",
  lost "late",
  before "502_before", before "504", before "reset_before",
  refused("500", "server_error"), refused("503", "unavailable"),
  refused("limit", "resource_limit_exceeded"),
  refused("placement_error", "placement_error"),
  refused("maintenance", "maintenance"), refused("forbidden", "forbidden"),
  repeated "429", repeated "conflict", repeated "locked",
  { what = "an answer that is no JSON: ours is found", type = "hetzner.server", steps = {
    { faults = { fault = "garbage", match = POST } },
    { want = want }, { run = one }, { run = executed_once },
    { want = want, plan = "none" },
  } },
  { what = "the name is ours already", type = "hetzner.server", run = function(w)
    local server = w:kind "hetzner.server"
    local change = w:plan(server, "app", want)
    w:apply(server, change)
    w.records["hetzner.server/app"] = nil
    w:apply(server, change)
    one(w)
    executed_once(w)
  end },
  { what = "the name is somebody else's", type = "hetzner.server", steps = {
    { drift = { "POST", "/servers",
      { name = "app", server_type = "cx23", image = "debian-12" } } },
    { want = want,
      fails = { code = "uniqueness_error", why = "server name is already used",
      next = "choose another name" } },
    { run = one },
  } },
  { what = "the action fails late", type = "hetzner.server", steps = {
    { faults = { fault = "action_error", code = "placement_error", match = POST } },
    { want = want, fails = { code = "placement_error", why = "create_server ended" } },
    { run = none }, { want = want, plan = "create" },
  } },
  { what = "the lab's host does not start", type = "hetzner.server",
    lab = { driver = {
      start = function() error({ what = "no root file system" }, 0) end,
      firewall = function() end, dns = function() end, status = function() end,
    } },
    steps = {
      { want = want, fails = { code = "action_failed", why = "no root file system" } },
      { run = none },
    } },
  { what = "cut off after the POST: found by the next run, with its host key",
    type = "hetzner.server", run = function(w)
      local server = w:kind "hetzner.server"
      local change = w:plan(server, "app", want)
      local step = w:step(change)
      local key
      step.remember = function(note) key = note.host_key end
      w.lab.driver.firewall = function() end
      w.sleep(1)
      local action = require "hetzner.action"
      local waits = action.wait
      action.wait = function() error("killed", 0) end
      pcall(server.create, change.want, step)
      action.wait = waits
      local found = server.observe {
        { address = change.address, name = "app", want = want,
          open = { label = step.label, note = { host_key = key } } },
      }
      assert(found[1].host_key == key and key:find "^ssh")
    end },
}
