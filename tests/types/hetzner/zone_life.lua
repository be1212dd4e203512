-- SPDX-License-Identifier: MIT
return {
  type = "hetzner.zone", name = "main",
  steps = {
    { want = { name = "pipster.app" }, plan = "create",
      calls = { "POST /zones", "POST /zones/ID/actions/change_protection" },
      found = { delegation_status = "valid", delete_protection = true } },
    { want = { name = "pipster.app" }, plan = "none", reads = 1 },
    { want = { name = "pipster.app", ttl = 300, labels = { a = "b" } }, plan = "update",
      fields = { "labels", "ttl" },
      calls = { "POST /zones/ID/actions/change_ttl", "PUT /zones/ID" } },
    { drift = function(w)
      w:call("POST", "/zones/pipster.app/actions/change_ttl", { ttl = 900 })
      w:call("POST", "/zones/pipster.app/actions/change_protection", { delete = false })
      w.sleep(20)
    end },
    { want = { name = "pipster.app", ttl = 300, labels = { a = "b" } }, plan = "update",
      fields = { "delete_protection", "ttl" } },
    { want = { name = "pipster.dev" }, plan = "replace", data = "all records",
      lost = "records of pipster.app", survives = "made again", notes = "registrar",
      actions = { "DELETE /zones/ID", "POST /zones" } },
    { want = { name = "pipster.dev", delete_protection = false }, plan = "update" },
    { destroy = true, plan = "delete", calls = { "DELETE /zones/ID" } },
  },
}
