-- SPDX-License-Identifier: MIT
-- Heartbeats, contacts and status pages at both services.
local function with(base, more)
  local all = {}
  for _, part in ipairs { base, more or {} } do
    for name, value in pairs(part) do all[name] = value end
  end
  return all
end

local function heartbeat(vendor)
  local nightly = { service = vendor, every = "24h", grace = "1h" }
  return { what = vendor .. ": heartbeat", vendor = vendor, type = "monitor.heartbeat",
    name = "nightly", steps = {
    { want = nightly, plan = "create", found = { every = "24h", grace = "1h" } },
    { run = function(w)
      local ping = w:found("monitor.heartbeat/nightly").ping
      assert(ping:find "^https://.*/heartbeat/", ping)
      local path = ping:match "^https://[^/]+(/.*)$"
      local reply = w.lab:handle { method = "GET", path = path, query = {}, headers = {} }
      assert(reply.status == 200)
    end },
    { want = with(nightly, { grace = 0, paused = true }), plan = "update",
      fields = { "grace", "paused" } },
    { faults = { fault = "502_after", match = { method = "POST" } }, name = "weekly",
      want = with(nightly, { every = "20h" }), plan = "create" },
    { destroy = true, plan = "delete" },
  } }
end

local function hook(vendor, list)
  local ops = { service = vendor, webhook = "https://hooks.example/ops" }
  return { what = vendor .. ": webhook", vendor = vendor, type = "monitor.contact",
    name = "ops", steps = {
    { want = ops, plan = "create", calls = { "POST " .. list } },
    { want = ops, plan = "none" },
    { want = with(ops, { name = "Operations" }), plan = "update", fields = { "name" },
      calls = { "PATCH " .. list .. "/ID" } },
    { want = with(ops, { name = "Operations", webhook = "https://hooks.example/other" }),
      plan = "update", fields = { "webhook" } },
    { drift = function(w)
      local id = w:call("GET", list).json.data[1].id
      w:call("DELETE", list .. "/" .. id)
    end, want = ops, plan = "create" },
    { destroy = true, plan = "delete", calls = { "DELETE " .. list .. "/ID" } },
  } }
end

local function mail_steps()
  local ops = { service = "uptimerobot", email = "ops@a.example" }
  return {
    { want = ops, plan = "create", found = { status = "notactivated" } },
    { run = function(w) w:call("POST", "/_lab/confirm", {}) end, want = ops,
      plan = "none" },
    { want = with(ops, { name = "Ops" }), plan = "update",
      calls = { "PATCH /alert-contacts/ID" } },
    { type = "monitor.http", name = "app", plan = "create",
      want = function(w) return { service = "uptimerobot", url = "https://a.example/",
        notify = { w:found "monitor.contact/ops" } } end },
    -- By hand, in the console: nobody is told any more.
    { drift = function(w)
      local id = w:call("GET", "/monitors").json.data[1].id
      local made = w:call("PATCH", "/monitors/" .. id,
        require("json").decode '{"assignedAlertContacts":[]}')
      assert(made.status == 200)
    end, type = "monitor.http", name = "app", plan = "update", fields = { "notify" },
      want = function(w) return { service = "uptimerobot", url = "https://a.example/",
        notify = { w:found "monitor.contact/ops" } } end },
    { type = "monitor.http", name = "app", destroy = true, plan = "delete" },
    { destroy = true, plan = "delete", calls = { "DELETE /alert-contacts/ID" } },
  }
end

local function refused(what, want, pattern)
  return { what = what, vendor = "betterstack", run = function(w)
    local ok, problem = pcall(w.check, w, w:kind(want.type), want.attributes, "x")
    assert(not ok and tostring(problem):find(pattern), tostring(problem))
  end }
end

local function page(vendor, list, more)
  local function want(w)
    return with({ service = vendor, homepage = "https://a.example",
      monitors = { w:found "monitor.http/a" } }, more)
  end
  return { what = vendor .. ": status page", vendor = vendor,
    type = "monitor.status_page", name = "status", steps = {
    { type = "monitor.http", name = "a",
      want = { service = vendor, url = "https://a.example/" }, plan = "create" },
    { type = "monitor.http", name = "b",
      want = { service = vendor, url = "https://b.example/" }, plan = "create" },
    { want = want, plan = "create" },
    { want = want, plan = "none" },
    { want = function(w)
      local more_of = want(w)
      more_of.monitors = { w:found "monitor.http/b" }
      more_of.name = "State"
      return more_of
    end, plan = "update", fields = { "monitors", "name" } },
    { destroy = true, plan = "delete", calls = { "DELETE " .. list .. "/ID" } },
  } }
end

return {
  heartbeat "uptimerobot", heartbeat "betterstack",
  hook("uptimerobot", "/integrations"), hook("betterstack", "/outgoing-webhooks"),
  { what = "mail", vendor = "uptimerobot", type = "monitor.contact", name = "ops",
    steps = mail_steps() },
  page("uptimerobot", "/psps"),
  page("betterstack", "/status-pages", { subdomain = "pipster" }),
  refused("mail at Better Stack", { type = "monitor.contact",
    attributes = { service = "betterstack", email = "a@a.example" } }, "takes webhooks"),
  refused("a contact without an address", { type = "monitor.contact",
    attributes = { service = "uptimerobot" } }, "wants one of"),
  refused("a page without a subdomain", { type = "monitor.status_page",
    attributes = { service = "betterstack", monitors = {}, homepage = "x" } },
    "wants a subdomain"),
  { what = "uptime is measured, a miss is a warning", vendor = "betterstack",
    run = function(w, steps)
    local made = w:call("POST", "/monitors",
      { url = "https://a.example", monitor_type = "status" }).json.data
    local watch = w.lab.world.monitors[math.tointeger(tonumber(made.id))].watch
    w.sleep(1000)
    watch.downs[1] = { from = w.lab.now_ms() - 500000 }
    local told = w:kind("check.uptime").check({ service = "betterstack",
      monitor = made.id, days = { 7, 30 }, at_least = 99 }, { name = "a" })
    steps.same("name", "uptime_7d", told.measured[1].name)
    steps.same("value", true, told.measured[1].value > 49 and told.measured[1].value < 51)
    steps.same("warnings", 2, #told.warnings)
    steps.same("words", true, told.warnings[1]:find "of 7 days, under 99 %%$" ~= nil)
  end },
}
