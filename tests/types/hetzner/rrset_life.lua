-- SPDX-License-Identifier: MIT
local function www(more)
  return function(w)
    local want = { zone = w:id "hetzner.zone/main", name = "www", type = "A",
      records = { "192.0.2.1", "192.0.2.2" } }
    for key, value in pairs(more or {}) do want[key] = value end
    return want
  end
end

return {
  { what = "life", type = "hetzner.rrset", name = "www", steps = {
    { type = "hetzner.zone", name = "main", want = { name = "pipster.app" } },
    { want = www(), plan = "create", calls = { "POST /zones/ID/rrsets" } },
    { want = www { records = { "192.0.2.2", "192.0.2.1" } }, plan = "none", reads = 1 },
    { want = www { records = { "192.0.2.3" } }, plan = "update", fields = { "records" },
      calls = { "POST /zones/ID/rrsets/www/A/actions/set_records" } },
    { want = www { records = { "192.0.2.3" }, ttl = 120 }, plan = "update",
      fields = { "ttl" }, calls = { "POST /zones/ID/rrsets/www/A/actions/change_ttl" } },
    { drift = function(w)
      w:call("POST", "/zones/pipster.app/rrsets/www/A/actions/add_records",
        { records = { { value = "192.0.2.9" } } })
    end },
    { want = www { records = { "192.0.2.3" }, ttl = 120 }, plan = "update",
      fields = { "records" } },
    { drift = { "DELETE", "/zones/pipster.app/rrsets/www/A" } },
    { want = www(), plan = "create" },
    -- The set of the old name does not stay behind.
    { want = www { name = "app" }, plan = "replace",
      calls = { "DELETE /zones/ID/rrsets/www/A", "POST /zones/ID/rrsets" } },
    { want = www { name = "app", records = { "192.0.2.1" } }, plan = "update" },
    { destroy = true, plan = "delete", calls = { "DELETE /zones/ID/rrsets/app/A" } },
  } },
  { what = "the answer to a create is lost: it is found, and nothing more is done",
    type = "hetzner.rrset", name = "www", steps = {
      { type = "hetzner.zone", name = "main", want = { name = "pipster.app" } },
      { faults = { fault = "502_after",
          match = { method = "POST", path = "/zones/{id}/rrsets" } },
        want = www(), plan = "create", calls = { "POST /zones/ID/rrsets" } },
    } },
  { what = "values in the words of the API", type = "hetzner.rrset", name = "txt",
    steps = {
    { type = "hetzner.zone", name = "main", want = { name = "pipster.app" } },
    { want = { zone = "pipster.app", name = "@", type = "TXT",
        records = { 'v=spf1 -all', 'say "hi"' } }, plan = "create" },
    { want = { zone = "pipster.app", name = "@", type = "TXT",
        records = { '"v=spf1 -all"', 'say "hi"' } }, plan = "none" },
    { name = "mail", want = { zone = "pipster.app", name = "mail", type = "CNAME",
        records = { "mx.example.com" } }, plan = "create" },
  } },
  { what = "of a zone that is not there", type = "hetzner.rrset", steps = {
    { want = { zone = "pipster.app", name = "www", type = "A",
      records = { "192.0.2.1" } },
      fails = { code = "not_found" } },
  } },
}
