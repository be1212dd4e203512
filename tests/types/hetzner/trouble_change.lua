-- SPDX-License-Identifier: MIT
-- Changes and deletes that meet resistance.
local want = { type = "cx23", image = "debian-12", location = "nbg1" }

local function with(more)
  local all = {}
  for key, value in pairs(want) do all[key] = value end
  for key, value in pairs(more) do all[key] = value end
  return all
end

local function executed(w, call)
  for _, line in ipairs(w:requests_executed()) do
    if line == call then return true end
  end
  return false
end

return {
  { what = "a guest that ignores shutdown loses its power", type = "hetzner.server",
    steps = {
    { want = want },
    { faults = { fault = "ignore_shutdown", match = { path = "*/shutdown" } } },
    { want = with { type = "cx33" }, plan = "update", found = { type = "cx33" } },
    { run = function(w)
      assert(executed(w, "POST /servers/ID/actions/poweroff"))
      assert(w.lines[1]:find "power cut")
    end },
  } },
  { what = "an update whose answer is lost is uncertain; the next run goes on",
    type = "hetzner.server", steps = {
      { want = want },
      { faults = { fault = "502_after", match = { path = "*/change_type" } } },
      { want = with { type = "cx33" }, fails = { kind = "uncertain" } },
      { run = function(w) w.sleep(10) end },
      { want = with { type = "cx33" }, plan = "none", found = { status = "running" } },
    } },
  { what = "what a cut-off run began is waited for, and seen as it ended",
    type = "hetzner.server", lab = { speed = 3 }, steps = {
      { want = want },
      { run = function(w)
        local path = "/servers/" .. w:id "hetzner.server/app" .. "/actions/"
        w:call("POST", path .. "shutdown")
        w.sleep(60)
        assert(w:call("POST", path .. "change_type",
          { server_type = "cx33", upgrade_disk = false }).status == 201)
        w.notes["hetzner.server/app"] = {}
      end },
      { want = with { type = "cx33" }, plan = "none", found = { status = "running" } },
    } },
  { what = "a refused type change does not leave the server off",
    type = "hetzner.server", steps = {
      { want = want },
      { faults = { fault = "sold_out", match = { path = "*/change_type" } } },
      { want = with { type = "cx33" }, fails = { code = "resource_unavailable" } },
      { run = function(w)
        local id = w:id "hetzner.server/app"
        assert(w:call("GET", "/servers/" .. id).json.server.status == "running")
      end },
      { want = with { type = "cx33" }, plan = "update", fields = { "type" },
        found = { type = "cx33", status = "running" } },
    } },
  { what = "an action that fails", type = "hetzner.server", steps = {
    { want = want },
    { faults = { fault = "action_error", match = { path = "*/enable_backup" } } },
    { want = with { backups = true }, fails = { code = "action_failed",
      what = "changing server app failed", why = "enable_backup" } },
    { want = with { backups = true }, plan = "update" },
  } },
  { what = "already gone is deleted", type = "hetzner.server", steps = {
    { want = want },
    { run = function(w)
      local kind, id = w:kind "hetzner.server", w:id "hetzner.server/app"
      w:call("DELETE", "/servers/" .. id)
      w.sleep(5)
      kind.delete({ id = id }, w:step { name = "app", address = "hetzner.server/app" })
    end },
  } },
  { what = "a firewall is held for a moment by the server that went", steps = {
    { type = "hetzner.firewall", name = "web", want = { inbound = { 22 } } },
    { type = "hetzner.server", want = function(w)
      return with { firewalls = { w:id "hetzner.firewall/web" } }
    end },
    { run = function(w)
      local server, firewall = w:kind "hetzner.server", w:kind "hetzner.firewall"
      local function delete(kind, address)
        return function()
          kind.delete(w.records[address], w:step { name = address, address = address })
        end
      end
      w.lab.speed = 1
      -- Both at once: the firewall must wait for the server.
      local first = coroutine.create(delete(firewall, "hetzner.firewall/web"))
      local second = coroutine.create(delete(server, "hetzner.server/app"))
      while coroutine.status(first) ~= "dead" or coroutine.status(second) ~= "dead" do
        for _, thread in ipairs { first, second } do
          if coroutine.status(thread) ~= "dead" then assert(coroutine.resume(thread)) end
        end
        w.time = w.time + 1
      end
      assert(w:call("GET", "/_lab/status").json.empty)
    end },
  } },
  { what = "one that stays in use says so", type = "hetzner.firewall", steps = {
    { want = { inbound = { 22 } } },
    { drift = function(w)
      w:call("POST", "/servers",
        { name = "other", server_type = "cx23", image = "debian-12",
        firewalls = { { firewall = w:id "hetzner.firewall/app" } } })
    end },
    { destroy = true, fails = { code = "resource_in_use", why = "still in use" } },
  } },
  { what = "a primary IP in use by a server of others", type = "hetzner.primary_ip",
    steps = {
    { want = { location = "nbg1", delete_protection = false } },
    { drift = function(w)
      w:call("POST", "/servers",
        { name = "other", server_type = "cx23", image = "debian-12",
        location = "nbg1", public_net = { ipv4 = w:id "hetzner.primary_ip/app" } })
      w.sleep(5)
    end },
    { run = function(w)
      local kind = w:kind "hetzner.primary_ip"
      local ok, problem = pcall(kind.delete, { id = w:id "hetzner.primary_ip/app" },
        w:step { name = "app", address = "hetzner.primary_ip/app" })
      assert(not ok and problem.code == "must_be_unassigned")
    end },
  } },
  { what = "locked by somebody's action: waited for", type = "hetzner.server",
    lab = { speed = 0.05 }, steps = {
      { want = want },
      { drift = function(w)
        w:call("POST", "/servers/" .. w:id "hetzner.server/app" .. "/actions/reset")
      end },
      { want = with { labels = { a = "b" } }, plan = "update" },
    } },
}
