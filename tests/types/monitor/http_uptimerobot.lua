-- SPDX-License-Identifier: MIT
-- The life of monitor.http at UptimeRobot.
local site = { service = "uptimerobot", url = "https://a.example/health" }

local function with(more)
  local all = {}
  for name, value in pairs(site) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

local function only_id(w)
  local list = w:call("GET", "/monitors").json.data
  assert(#list == 1, #list .. " monitors")
  return list[1].id
end

local MADE, CHANGED = { "POST /monitors" }, { "PATCH /monitors/ID" }

return { vendor = "uptimerobot", type = "monitor.http", name = "identity", steps = {
  { want = site, plan = "create", calls = MADE, reads = 1,
    found = { name = "identity", url = site.url, every = "5m", paused = false } },
  { want = site, plan = "none" },
  { want = with { every = 60, keyword = "ok" }, plan = "update", calls = CHANGED,
    fields = { "every", "keyword" }, found = { every = 60, keyword = "ok" } },
  { want = with { every = "1m" }, plan = "update", fields = { "keyword" },
    found = { keyword = "", every = "1m" } },
  { want = with { every = "1m", paused = true }, plan = "update",
    calls = { "PATCH /monitors/ID", "POST /monitors/ID/pause" } },
  { want = with { every = "1m" }, plan = "update",
    calls = { "PATCH /monitors/ID", "POST /monitors/ID/start" } },
  -- By hand, in the console.
  { drift = function(w)
    w:call("PATCH", "/monitors/" .. only_id(w), { friendlyName = "mine", interval = 900 })
  end, want = with { every = "1m" }, plan = "update", fields = { "every", "name" } },
  { drift = function(w) w:call("DELETE", "/monitors/" .. only_id(w)) end,
    want = with { every = "1m" }, plan = "create", calls = MADE },
  { drift = function(w) w:call("DELETE", "/monitors/" .. only_id(w)) end,
    destroy = true },
  { want = site, plan = "create" },
  { destroy = true, plan = "delete", calls = { "DELETE /monitors/ID" } },
} }
