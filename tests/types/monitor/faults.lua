-- SPDX-License-Identifier: MIT
-- What the API of a service for uptime may do to a plan and a run of monitors: in the end
-- there is one of each, as it was declared.
local URL = "https://a.example/health"

local vendors = {
  { name = "uptimerobot", title = "UptimeRobot", key = "UPTIMEROBOT_API_KEY",
    by_hand = { friendlyName = "app", url = URL, type = "HTTP", interval = 900,
      timeout = 30 } },
  { name = "betterstack", title = "Better Stack", key = "BETTERSTACK_API_TOKEN",
    by_hand = { pronounceable_name = "app", url = URL, monitor_type = "status",
      check_frequency = 900, request_timeout = 30 } },
}

local cases = {}

local function count(w) return #w:call("GET", "/monitors").json.data end

local function one(w)
  assert(#w:call("GET", "/_lab/faults").json.faults == 0, "the fault was not met")
  assert(count(w) == 1, count(w) .. " monitors")
end

local function site_of(vendor, more)
  local site = { service = vendor.name, url = URL }
  for name, value in pairs(more or {}) do site[name] = value end
  return site
end

local function add(vendor, what, steps, more)
  local case = { what = vendor.name .. ": " .. what, vendor = vendor.name,
    type = "monitor.http", steps = steps }
  for name, value in pairs(more or {}) do case[name] = value end
  cases[#cases + 1] = case
end

local on_create = { "429", "500", "502_before", "503", "504", "reset_before",
  "404_after", "502_after", "504_after", "reset_after", "drop_after", "garbage", "cut",
  "late" }
local on_read = { "429", "500", "502_before", "503", "reset_before" }
local on_delete = { "502_after", "reset_after", "drop_after", "502_before" }
local on_change = { "502_after", "500", "drop_after", "garbage" }

local function add_faults(vendor)
  local site = site_of(vendor)
  for _, fault in ipairs(on_create) do
    add(vendor, fault .. " on a create", {
      { faults = { fault = fault, match = { method = "POST" } }, want = site,
        plan = "create" },
      { run = one },
    })
  end
  for _, fault in ipairs(on_read) do
    add(vendor, fault .. " on a read", {
      { faults = { fault = fault, match = { method = "GET" } }, want = site,
        plan = "create" },
      { run = one },
    })
  end
end

local function add_later_faults(vendor)
  local made = { want = site_of(vendor), plan = "create" }
  for _, fault in ipairs(on_delete) do
    add(vendor, fault .. " on a delete", {
      made,
      { faults = { fault = fault, match = { method = "DELETE" } }, destroy = true,
        plan = "delete" },
      { run = function(w) assert(count(w) == 0) end },
    })
  end
  for _, fault in ipairs(on_change) do
    add(vendor, fault .. " on a change", {
      made,
      { faults = { fault = fault, match = { method = "PATCH" } },
        want = site_of(vendor, { every = "10m" }), plan = "update" },
      { run = one },
    })
  end
end

local function add_words(vendor)
  local site = site_of(vendor)
  add(vendor, "garbage on a read", {
    { faults = { fault = "garbage", match = { method = "GET" } }, want = site,
      fails = { what = "listing monitors at " .. vendor.title .. " failed",
        why = "no JSON" } },
    { want = site, plan = "create" },
  })
  add(vendor, "one that was made by hand is taken over, and told", {
    { run = function(w)
      assert(w:call("POST", "/monitors", vendor.by_hand).status == 201)
    end },
    { want = site, plan = "update", fields = { "every" },
      notes = vendor.title .. " has it already .id %d+.*taken over" },
    { want = site, plan = "none", run = one },
  })
  add(vendor, "a plan that is refused tells the service's words", {
    { want = site_of(vendor, { every = 10 }),
      fails = { what = "creating monitor app failed", why = "must not be less" } },
  })
end

local function add_keys(vendor)
  local site = site_of(vendor)
  add(vendor, "a wrong key", {
    { want = site, fails = { code = "unauthorized", kind = "unreachable",
      next = vendor.key, why = "not valid.*HTTP 401" } },
    { run = function(w) assert(#w:requests_executed() == 0) end },
  }, { lab = { token = "right" } })
  add(vendor, "no key", {
    { run = function(w) w.token = nil end },
    { want = site, fails = { code = "unauthorized", kind = "unreachable",
      next = vendor.key } },
  })
  add(vendor, "a key that only reads", {
    { faults = { fault = "forbidden", match = { method = "POST" } }, want = site,
      fails = { code = "forbidden", next = "may change" } },
  })
end

for _, vendor in ipairs(vendors) do
  add_faults(vendor)
  add_later_faults(vendor)
  add_words(vendor)
  add_keys(vendor)
end

return cases
