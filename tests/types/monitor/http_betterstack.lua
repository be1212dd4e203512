-- SPDX-License-Identifier: MIT
-- The life of monitor.http at Better Stack.
local function site(more)
  local all = { service = "betterstack", url = "https://a.example/health" }
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

local function only_id(w)
  local list = w:call("GET", "/monitors").json.data
  assert(#list == 1, #list .. " monitors")
  return list[1].id
end

local MADE, CHANGED = { "POST /monitors" }, { "PATCH /monitors/ID" }

return {
  { what = "life", vendor = "betterstack", type = "monitor.http", name = "identity",
    steps = {
    { want = site(), plan = "create", calls = MADE, reads = 1,
      found = { name = "identity", every = "5m", paused = false, keyword = "" } },
    { want = site(), plan = "none" },
    { want = site { every = 60, keyword = "ok" }, plan = "update", calls = CHANGED,
      fields = { "every", "keyword" }, found = { every = 60, keyword = "ok" } },
    { want = site { every = "1m", timeout = "10s" }, plan = "update",
      fields = { "keyword", "timeout" }, found = { keyword = "", every = "1m" } },
    { want = site { every = "1m", paused = true }, plan = "update", calls = CHANGED },
    { drift = function(w)
      w:call("PATCH", "/monitors/" .. only_id(w),
        { pronounceable_name = "mine", paused = false })
    end, want = site { every = "1m", paused = true }, plan = "update",
      fields = { "name", "paused" } },
    { drift = function(w) w:call("DELETE", "/monitors/" .. only_id(w)) end,
      want = site(), plan = "create", calls = MADE },
    { destroy = true, plan = "delete", calls = { "DELETE /monitors/ID" } },
  } },
  { what = "lists of many pages", vendor = "betterstack", type = "monitor.http", steps = {
    { run = function(w)
      w:call("POST", "/_lab/limit", { requests = 1000, seconds = 1 })
      for i = 1, 300 do
        w:call("POST", "/monitors", { pronounceable_name = "m" .. i,
          check_frequency = 300, url = "https://m" .. i .. ".example/",
          monitor_type = "status" })
      end
    end },
    { name = "m300", want = { service = "betterstack", url = "https://m300.example/" },
      plan = "none", reads = 2 },
  } },
  { what = "a service that moved is another monitor", vendor = "betterstack",
    run = function(w, steps)
    local kind = w:kind "monitor.http"
    local change = w:plan(kind, "app", site())
    w:apply(kind, change)
    steps.same("action", "replace", (function()
      local _, replaces = w.diff(kind, w:check(kind,
        { service = "uptimerobot", url = "https://a.example/health" }, "app"),
        w:found "monitor.http/app")
      return replaces and "replace"
    end)())
  end },
  { what = "strict about fields", vendor = "betterstack", run = function(w, steps)
    local reply = w:call("POST", "/monitors", { monitor_type = "web", frequency = 3 })
    steps.same("status", 422, reply.status)
    steps.same("unknown", "should not exist", reply.json.errors.frequency[1])
    steps.same("missing", "is missing", reply.json.errors.url[1])
    local keyword = w:call("POST", "/monitors", { monitor_type = "keyword", url = "x" })
    steps.same("keyword", "can't be blank", keyword.json.errors.required_keyword[1])
  end },
}
