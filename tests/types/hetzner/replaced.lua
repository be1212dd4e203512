-- SPDX-License-Identifier: MIT
-- What a replacement tells of itself beforehand.

local function preview(type_name, change)
  return require("hetzner." .. type_name).preview(change)
end

local have = {
  id = 1, disk = 40, backups = true, ipv4 = "192.0.2.1", ipv6 = "2001:db8::1",
  public_net = { ipv4 = 7 },
}

return {
  { what = "a server: an address of its own survives, one that came with it does not",
    run = function()
      local lost, survives = require("hetzner.server_lost").replaced(have)
      assert(table.concat(lost, "; ") == "the disk (40 GB) and all that is on it; "
        .. "the address 2001:db8::1; its host key; its backups")
      assert(survives[1] == "the primary IP 192.0.2.1")
    end },
  { what = "a server rebuilt keeps its addresses and backups", run = function()
    local lost, survives = require("hetzner.server_lost").rebuilt(have)
    assert(#lost == 2 and lost[2] == "its host key")
    assert(survives[1] == "the address 192.0.2.1" and survives[3] == "its backups")
  end },
  { what = "what there cannot be two of at a time says why", run = function()
    local lost = require "hetzner.server_lost"
    assert(lost.alone { public_net = { ipv4 = 7 } }:find("primary IP 7"))
    assert(lost.alone { public_net = { ipv4 = true } } == nil and lost.alone {} == nil)
    local told = preview("primary_ip",
      { action = "replace", have = { ip = "192.0.2.9" }, want = { server = 3 } })
    assert(told.alone_because and told.lost[1] == "the address 192.0.2.9")
  end },
  { what = "calls stand in the order in which they are made", run = function()
    local change = { action = "replace", have = {}, want = {}, create_first = true }
    local told = preview("ssh_key", change)
    assert(table.concat(told.actions, ", ")
      == "PUT /ssh_keys/ID (name), POST /ssh_keys, DELETE /ssh_keys/ID")
    change.create_first = false
    told = preview("ssh_key", change)
    assert(table.concat(told.actions, ", ") == "DELETE /ssh_keys/ID, POST /ssh_keys")
    told = preview("rrset", { action = "update", fields = { "records", "ttl" } })
    assert(#told.actions == 2)
  end },
}
