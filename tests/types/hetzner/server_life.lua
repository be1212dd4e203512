-- SPDX-License-Identifier: MIT
local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm0o1l3qZxRrM7q5oJb2c3d4e5fAAAAAA"

local function want(more)
  return function(w)
    local all = {
      type = { "cx23", "cpx22" }, image = "debian-12", location = { "nbg1", "fsn1" },
      ssh_keys = { w:id "hetzner.ssh_key/deploy" },
      firewalls = { w:id "hetzner.firewall/web" }, backups = true,
    }
    for key, value in pairs(more or {}) do all[key] = value end
    return all
  end
end

local function path(w) return "/servers/" .. w:id "hetzner.server/app" end

local function act(verb, body)
  return function(w)
    local reply = w:call("POST", path(w) .. "/actions/" .. verb, body or {})
    assert(reply.status == 201, verb)
    w.sleep(10)
  end
end

return {
  type = "hetzner.server", name = "app",
  steps = {
    { type = "hetzner.ssh_key", name = "deploy", want = { public_key = KEY } },
    { type = "hetzner.firewall", name = "web", want = { inbound = { 22 } } },
    { type = "hetzner.firewall", name = "other", want = { inbound = { 443 } } },
    { want = want(), plan = "create", reads = 4,
      calls = { "POST /servers", "POST /servers/ID/actions/enable_backup" },
      actions = { "POST /servers", "POST /servers/ID/actions/enable_backup" },
      found = { type = "cx23", location = "nbg1", status = "running", backups = true,
        ipv4 = "192.0.2.2", ipv6 = "2001:db8:1:2::1", disk = 40, architecture = "x86" },
      prices = {
        { "server cx23 in nbg1", "5.4900000000", "EUR" },
        { "backups of cx23", "1.0980000000", "EUR" },
        { "primary IPv4 in nbg1", "0.5000000000", "EUR" },
      } },
    { run = function(w)
      local found = w:found "hetzner.server/app"
      assert(found.host_key:find("^ssh%-ed25519 ") and not found.labels["pipster-name"])
    end },
    { want = want(), plan = "none", reads = 1 },
    { want = want { ssh_keys = {} }, plan = "none", births = { "ssh_keys" },
      unsettled = true },
    { want = want { labels = { role = "app" } }, plan = "update", fields = { "labels" },
      calls = { "PUT /servers/ID" } },
    { want = want { labels = { role = "app" }, backups = false }, plan = "update",
      fields = { "backups" }, data = "all backups",
      calls = { "POST /servers/ID/actions/disable_backup" } },
    { want = function(w)
        return want { labels = { role = "app" }, backups = false,
          firewalls = { w:id "hetzner.firewall/other" } }(w)
      end, plan = "update", fields = { "firewalls" },
      calls = { "POST /firewalls/ID/actions/apply_to_resources",
        "POST /firewalls/ID/actions/remove_from_resources" } },
    { want = want { type = "cx33" }, plan = "update",
      fields = { "backups", "firewalls", "labels", "type" }, downtime = "shut down",
      found = { type = "cx33", disk = 40, status = "running" } },
    { want = want { type = "cx43", keep_disk = false }, plan = "update",
      fields = { "type" },
      notes = "grows to 160 GB",
      calls = { "POST /servers/ID/actions/shutdown",
        "POST /servers/ID/actions/change_type" },
      found = { disk = 160 } },
    { want = want { type = "cx23" }, plan = "replace", only_plan = true,
      replace_because = "smaller than the server's" },
    { want = want { type = "cax31" }, plan = "replace", only_plan = true,
      replace_because = "arm" },
    { want = want { type = "cx43", power = "off" }, plan = "update", fields = { "power" },
      found = { status = "off" } },
    { want = want { type = "cx43" }, plan = "update", fields = { "power" },
      found = { status = "running" } },
    { want = want { type = "cx43", delete_protection = true }, plan = "update",
      fields = { "delete_protection" } },
    { drift = act("poweroff") },
    { want = want { type = "cx43", delete_protection = true }, plan = "update",
      fields = { "power" }, found = { status = "running" } },
    { drift = act("disable_backup") },
    { drift = act("change_protection", { delete = false, rebuild = false }) },
    { want = want { type = "cx43", delete_protection = true }, plan = "update",
      fields = { "backups", "delete_protection" } },
    { drift = function(w) w:call("PUT", path(w), { labels = {} }) end },
    { want = want { type = "cx43", delete_protection = true }, plan = "update",
      fields = { "labels" }, calls = { "PUT /servers/ID" }, reads = 2 },
    { want = want { type = "cx43", image = "ubuntu-24.04" }, plan = "replace",
      fields = { "delete_protection", "image" }, data = "160 GB" },
    { destroy = true, plan = "delete", calls = { "DELETE /servers/ID" }, data = "disk" },
    { type = "hetzner.firewall", name = "web", destroy = true, plan = "delete" },
  },
}
