-- SPDX-License-Identifier: MIT
local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm0o1l3qZxRrM7q5oJb2c3d4e5fAAAAAA"
local OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm0o1l3qZxRrM7q5oJb2c3d4e5fBBBBBB"

return {
  type = "hetzner.ssh_key", name = "deploy",
  steps = {
    { want = { public_key = KEY .. " me@desk" }, plan = "create",
      calls = { "POST /ssh_keys" } },
    { want = { public_key = KEY .. " other comment" }, plan = "none", reads = 1 },
    { want = { public_key = KEY, labels = { team = "core" } }, plan = "update",
      fields = { "labels" }, calls = { "PUT /ssh_keys/ID" },
      found = { labels = { team = "core" } } },
    { drift = function(w)
      w:call("PUT", "/ssh_keys/" .. w:id "hetzner.ssh_key/deploy", { labels = {
        ["pipster-project"] = "p1a2b3", ["pipster-type"] = "hetzner.ssh_key",
        ["pipster-name"] = "deploy", foreign = "kept", team = "changed",
      } })
    end },
    { want = { public_key = KEY, labels = { team = "core" } }, plan = "update",
      fields = { "labels" } },
    { run = function(w)
      local key = w:call("GET",
        "/ssh_keys/" .. w:id "hetzner.ssh_key/deploy").json.ssh_key
      assert(key.labels.foreign == "kept" and key.labels.team == "core")
    end },
    { want = { public_key = KEY }, plan = "update", fields = { "labels" },
      found = { labels = {} } },
    { want = { public_key = OTHER }, plan = "replace",
      calls = { "DELETE /ssh_keys/ID", "POST /ssh_keys" } },
    { drift = function(w) w:call("DELETE",
      "/ssh_keys/" .. w:id "hetzner.ssh_key/deploy") end },
    { want = { public_key = OTHER }, plan = "create" },
    { destroy = true, plan = "delete", calls = { "DELETE /ssh_keys/ID" } },
  },
}
