-- SPDX-License-Identifier: MIT
local function server(w) return w:id "hetzner.server/app" end
local app = { type = "hetzner.server", name = "app" }

local function with(base, more)
  for key, value in pairs(more) do base[key] = value end
  return base
end

local place = { type = "cx23", image = "debian-12", location = "nbg1" }

return {
  { what = "life", type = "hetzner.primary_ip", name = "front", steps = {
    { want = { location = "nbg1" }, plan = "create",
      calls = { "POST /primary_ips", "POST /primary_ips/ID/actions/change_protection" },
      prices = { { "primary IPv4 in nbg1", "0.5000000000", "EUR" } } },
    { want = { location = "nbg1" }, plan = "none", reads = 1 },
    { want = { location = "nbg1", labels = { a = "b" } }, plan = "update",
      fields = { "labels" }, calls = { "PUT /primary_ips/ID" } },
    { want = { location = "nbg1", delete_protection = false, auto_delete = true },
      plan = "update", fields = { "auto_delete", "delete_protection", "labels" } },
    { want = { location = "nbg1" }, plan = "update",
      fields = { "auto_delete", "delete_protection" } },
    { drift = function(w)
      w:call("POST", "/primary_ips/" .. w:id "hetzner.primary_ip/front"
        .. "/actions/change_protection", { delete = false })
      w.sleep(5)
    end },
    { want = { location = "nbg1" }, plan = "update", fields = { "delete_protection" } },
    { want = { location = "fsn1" }, plan = "replace", data = "given back" },
    { destroy = true, plan = "delete" },
  } },
  { what = "moves between servers", type = "hetzner.primary_ip", name = "front", steps = {
    with({ want = with({ public_net = { ipv4 = false } }, place) }, app),
    { type = "hetzner.server", name = "next",
      want = with({ public_net = { ipv4 = false } },
      place) },
    { want = function(w) return { location = "nbg1", server = server(w) } end,
      plan = "create", calls = { "POST /primary_ips", "POST /servers/ID/actions/shutdown",
        "POST /primary_ips/ID/actions/assign", "POST /servers/ID/actions/poweron",
        "POST /primary_ips/ID/actions/change_protection" } },
    { want = function(w)
        return { location = "nbg1", server = w:id "hetzner.server/next" }
      end, plan = "update", fields = { "server" }, downtime = "each server" },
    { destroy = true, plan = "delete" },
  } },
  { what = "IPv6 costs nothing", type = "hetzner.primary_ip", steps = {
    { want = { location = "nbg1", type = "ipv6" }, plan = "create", prices = {} },
  } },
}
