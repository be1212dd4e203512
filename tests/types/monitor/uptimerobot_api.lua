-- SPDX-License-Identifier: MIT
-- What is UptimeRobot's own: its limit, its pages, reads that lag, strict fields.
local site = { service = "uptimerobot", url = "https://a.example/health" }

local function count(w) return #w:call("GET", "/monitors").json.data end

local function by_hand(w)
  local reply = w:call("POST", "/monitors", {
    friendlyName = "app", url = site.url, type = "HTTP", interval = 900, timeout = 30 })
  assert(reply.status == 201, reply.status)
end

return {
  { what = "the limit of the free plan is waited for", vendor = "uptimerobot",
    type = "monitor.http", steps = {
    { run = function(w)
      w:call("POST", "/_lab/limit", { requests = 1, seconds = 3 })
    end, want = site, plan = "create", unsettled = true },
    { run = function(w)
      local refused = 0
      for _, line in ipairs(w.lab.requests) do
        if line.status == 429 then refused = refused + 1 end
      end
      assert(refused > 0, "429 was never met")
      w:call("POST", "/_lab/limit", { requests = 100, seconds = 1 })
      assert(count(w) == 1)
    end },
  } },
  { what = "lists of many pages", vendor = "uptimerobot", type = "monitor.http", steps = {
    { run = function(w)
      for i = 1, 120 do
        w:call("POST", "/monitors", { friendlyName = "m" .. i, interval = 300,
          url = "https://m" .. i .. ".example/", type = "HTTP", timeout = 30 })
      end
    end },
    { name = "m120", want = { service = "uptimerobot", url = "https://m120.example/" },
      plan = "none", reads = 3 },
  } },
  { what = "what was made just now is not at its own address yet",
    vendor = "uptimerobot", run = function(w, steps)
    by_hand(w)
    local id = w:call("GET", "/monitors").json.data[1].id
    steps.same("single", 404, w:call("GET", "/monitors/" .. id).status)
    w.sleep(1)
    steps.same("later", 200, w:call("GET", "/monitors/" .. id).status)
    w:call("DELETE", "/monitors/" .. id)
    steps.same("deleted", 200, w:call("GET", "/monitors/" .. id).status)
    steps.same("in the list", 0, count(w))
    w.sleep(1)
    steps.same("later", 404, w:call("GET", "/monitors/" .. id).status)
  end },
  { what = "what people wrote comes back as HTML has it", vendor = "uptimerobot",
    type = "monitor.http", steps = {
    { want = { service = "uptimerobot", url = "https://a.example/?a=1&b=<2>",
      name = "Tom & Jerry's" }, plan = "create", found = { name = "Tom & Jerry's",
      url = "https://a.example/?a=1&b=<2>" } },
    { run = function(w)
      local shown = w:call("GET", "/monitors").json.data[1]
      assert(shown.friendlyName == "Tom &amp; Jerry&#39;s", shown.friendlyName)
    end },
  } },
  { what = "moments are read", vendor = "uptimerobot", run = function(_, steps)
    local moment, clock = require "lab.moment", require "clock"
    for _, text in ipairs { "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z",
      "2026-11-28T00:00:01Z", "2100-03-01T12:00:00Z" } do
      steps.same("moment", text, clock.text(moment(text) // 1000))
    end
    steps.same("day", moment "2024-12-31T00:00:00Z", moment "2024-12-31")
    steps.same("none", nil, moment "yesterday")
  end },
  { what = "strict about fields", vendor = "uptimerobot", run = function(w, steps)
    local reply = w:call("POST", "/monitors", { friendlyName = "a", type = "HTTP",
      interval = 20, frequency = 3 })
    steps.same("status", 400, reply.status)
    steps.same("words", "property frequency should not exist; interval must not be less "
      .. "than 30; timeout is missing; url is missing",
      table.concat(reply.json.message, "; "))
  end },
}
