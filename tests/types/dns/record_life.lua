-- SPDX-License-Identifier: MIT
local function record(more)
  local want = { domain = "identity.pipster.app", value = "192.0.2.1" }
  for key, value in pairs(more or {}) do want[key] = value end
  return want
end

local zone = { type = "hetzner.zone", name = "main", want = { name = "pipster.app" } }

return {
  { what = "life", type = "dns.record", name = "identity", steps = {
    zone,
    { want = record(), plan = "create", calls = { "POST /zones/ID/rrsets" },
      found = { id = "pipster.app/identity/A", value = "192.0.2.1" } },
    { want = record(), plan = "none", reads = 2 },
    { want = record { value = { "192.0.2.1" } }, plan = "none" },
    { want = record { value = { "192.0.2.2", "192.0.2.1" }, ttl = 60 }, plan = "update",
      fields = { "ttl", "value" } },
    { drift = { "DELETE", "/zones/pipster.app/rrsets/identity/A" } },
    { want = record(), plan = "create" },
    { drift = { "POST", "/zones/pipster.app/rrsets/identity/A/actions/set_records",
      { records = { { value = "192.0.2.77" } } } } },
    { want = record(), plan = "update", fields = { "value" } },
    { want = record { domain = "id.pipster.app" }, plan = "replace",
      calls = { "DELETE /zones/ID/rrsets/identity/A", "POST /zones/ID/rrsets" } },
    { want = record(), plan = "replace" },
    { destroy = true, plan = "delete", calls = { "DELETE /zones/ID/rrsets/identity/A" } },
  } },
  { what = "the zone with the longest suffix", type = "dns.record", steps = {
    zone,
    { type = "hetzner.zone", name = "deep", want = { name = "eu.pipster.app" } },
    { type = "hetzner.zone", name = "like", want = { name = "notpipster.app" } },
    { want = record { domain = "a.eu.pipster.app" }, plan = "create",
      found = { id = "eu.pipster.app/a/A" } },
    { name = "apex", want = record { domain = "pipster.app" }, plan = "create",
      found = { id = "pipster.app/@/A" } },
    { name = "given", want = function(w)
      return record { domain = "b.eu.pipster.app", zone = w:id "hetzner.zone/main" }
    end, plan = "create", found = { id = "pipster.app/b.eu/A" } },
  } },
  { what = "one list of sets for records and sets of a zone", run = function(w, steps)
    w:call("POST", "/zones", { name = "pipster.app", mode = "primary" })
    local id = w:call("GET", "/zones").json.zones[1].id
    local item = { want = record { type = "A" }, name = "identity" }
    w:kind("dns.record").observe { item }
    w:kind("hetzner.rrset").observe { {
      name = "www",
      want = { zone = id, name = "www", type = "A", records = { "192.0.2.1" } },
    } }
    steps.same("calls", { "GET /v1/zones", "GET /v1/zones/" .. id .. "/rrsets" }, w.calls)
  end },
  { what = "no zone", type = "dns.record", steps = {
    { want = record(),
      fails = { what = "no zone of the project", next = "hetzner.zone" } },
  } },
  { what = "not known yet", type = "dns.record", run = function(w)
    local kind = w:kind "dns.record"
    local found = kind.observe { { want = record { value = w.unknown, type = "A" } } }
    assert(found[1] == nil)
  end },
}
