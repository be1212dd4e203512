-- SPDX-License-Identifier: MIT
return {
  type = "hetzner.firewall", name = "web",
  steps = {
    { want = { inbound = { 22, 80, 443 } }, plan = "create",
      calls = { "POST /firewalls" } },
    { want = { inbound = { 443, 80, 22 } }, plan = "none", reads = 1 },
    { want = { inbound = { "22/tcp", { port = 80 }, 443 } }, plan = "none" },
    { want = { inbound = { 22, 80, 443, "icmp", "60000-61000/udp" } }, plan = "update",
      fields = { "inbound" }, calls = { "POST /firewalls/ID/actions/set_rules" } },
    { want = { inbound = { { port = 22, source_ips = { "192.0.2.1", "2001:DB8::/32" },
        description = "office" } } },
      plan = "update", notes = "shuts us out" },
    { want = { inbound = { 22 }, outbound = { "53/udp", 443 }, labels = { a = "b" },
        apply_to = { "role=web" } },
      plan = "update", fields = { "apply_to", "inbound", "labels", "outbound" } },
    { drift = function(w)
      local path = "/firewalls/" .. w:id "hetzner.firewall/web" .. "/actions/set_rules"
      assert(w:call("POST", path, { rules = { { direction = "in", protocol = "tcp",
        port = "any", source_ips = { "0.0.0.0/0" } } } }).status == 201)
      w.sleep(5)
    end },
    { want = { inbound = { 22 }, outbound = { "53/udp", 443 }, labels = { a = "b" },
        apply_to = { "role=web" } },
      plan = "update", fields = { "inbound", "outbound" } },
    { want = { inbound = {} }, plan = "update",
      fields = { "apply_to", "inbound", "labels", "outbound" },
      found = { inbound = {} } },
    { destroy = true, plan = "delete", calls = { "DELETE /firewalls/ID" } },
  },
}
