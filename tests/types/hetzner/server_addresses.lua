-- SPDX-License-Identifier: MIT
-- Public addresses: of one's own, none, changed in place.
local function want(net)
  return function(w)
    local given = type(net) == "function" and net(w) or net
    return { type = "cx23", image = "debian-12", location = "nbg1", public_net = given }
  end
end

local function own(w) return { ipv4 = w:id "hetzner.primary_ip/front" } end

return {
  { what = "changed in place", type = "hetzner.server", steps = {
    { type = "hetzner.primary_ip", name = "front", want = { location = "nbg1" } },
    { want = want(own), plan = "create", prices = {
      { "server cx23 in nbg1", "5.4900000000", "EUR" },
    } },
    { run = function(w)
      local ip = w:call("GET",
        "/primary_ips/" .. w:id "hetzner.primary_ip/front").json.primary_ip
      assert(ip.ip == w:found "hetzner.server/app".ipv4)
    end },
    { want = want { ipv6 = false, ipv4 = true }, plan = "update",
      fields = { "public_net" },
      downtime = "change addresses" },
    { want = want { ipv6 = true, ipv4 = false }, plan = "update",
      found = { status = "running" } },
    { run = function(w) assert(w:found "hetzner.server/app".ipv4 == nil) end },
    { want = want(own), plan = "update" },
    { want = want {}, plan = "none" },
    { destroy = true, plan = "delete" },
    { type = "hetzner.primary_ip", name = "front", destroy = true, plan = "delete" },
    { run = function(w)
      assert(w:call("GET", "/_lab/status").json.objects.primary_ips == 0)
    end },
  } },
}
