-- SPDX-License-Identifier: MIT
-- Reads that go wrong: what passes is repeated, what does not is said.
local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm0o1l3qZxRrM7q5oJb2c3d4e5fAAAAAA"
local want = { public_key = KEY }
local GET = { method = "GET", path = "/ssh_keys" }

local function passes(fault, times)
  return { what = fault .. " passes", type = "hetzner.ssh_key", steps = {
    { faults = { fault = fault, times = times, match = GET } },
    { want = want, plan = "create" },
  } }
end

local function stays(fault, fails)
  return { what = fault .. " stays", type = "hetzner.ssh_key", steps = {
    { faults = { fault = fault, times = 20, match = GET } },
    { want = want, fails = fails },
  } }
end

return {
  passes("429", 3), passes("500", 1), passes("502_before", 3), passes("503", 3),
  passes("504", 3), passes("reset_before", 3), passes("drop_after", 1), passes("slow", 1),
  passes("cut", 2),
  stays("429", { code = "rate_limit_exceeded", next = "3600 requests an hour" }),
  stays("500", { code = "server_error", what = "listing ssh_keys failed" }),
  stays("503", { code = "unavailable" }), stays("reset_before", { kind = "unreachable" }),
  stays("garbage", { why = "no JSON in the answer" }),
  { what = "a label taken off by hand: asked by id before it counts as gone",
    type = "hetzner.ssh_key", steps = {
      { want = want },
      { drift = function(w)
        w:call("PUT", "/ssh_keys/" .. w:id "hetzner.ssh_key/app", { labels = {} })
      end },
      { want = want, plan = "update", fields = { "labels" }, reads = 2,
        calls = { "PUT /ssh_keys/ID" } },
      { run = function(w)
        local key = w:call("GET", "/ssh_keys/" .. w:id "hetzner.ssh_key/app").json.ssh_key
        assert(key.labels["pipster-name"] == "app" and key.labels["pipster-project"])
      end },
      { want = want, plan = "none", reads = 1 },
    } },
  { what = "what a row knows by id is not found by the name of another", run = function(w)
    local observe = require "hetzner.observe"
    local settings = require "settings"
    local id = w:call("POST", "/ssh_keys", { name = "old", public_key = want.public_key,
      labels = { ["pipster-project"] = settings.project_id, ["pipster-name"] = "old",
        ["pipster-type"] = "hetzner.ssh_key" } }).json.ssh_key.id
    local kind = { type = "hetzner.ssh_key", list = "ssh_keys", key = "ssh_key",
      found = function(object) return { id = object.id } end }
    local found = observe.labelled(kind, {
      { name = "old", want = want }, { name = "new", recorded = { id = id } } })
    assert(found[1] == nil and found[2].id == id and found[2].ours)
  end },
  { what = "the price list is read once a run and kept", run = function(w)
    local catalogue = require "hetzner.catalogue"
    catalogue.load()
    catalogue.load()
    assert(#w.calls == 3 and w.cache["hetzner.catalogue"])
    package.loaded["hetzner.catalogue"] = nil
    local again = require "hetzner.catalogue"
    assert(again.server_price("cx23", "nbg1") == "5.4900000000" and #w.calls == 3)
    assert(again.server_price("cx23", "ash") == nil)
  end },
  { what = "types that ask at the same moment share one list", run = function(w, steps)
    local client, catalogue = require "hetzner.client", require "hetzner.catalogue"
    local sleep = w.sleep
    local http = require "http"
    local request = http.request
    http.request = function(call)
      sleep(0.5)
      return request(call)
    end
    local bodies = {}
    for i = 1, 4 do
      bodies[i] = coroutine.create(function()
        client.list_shared "zones"
        catalogue.load()
      end)
    end
    for _ = 1, 200 do
      for _, body in ipairs(bodies) do
        if coroutine.status(body) ~= "dead" then assert(coroutine.resume(body)) end
      end
      w.time = w.time + 0.01
    end
    table.sort(w.calls)
    steps.same("calls", { "GET /v1/locations", "GET /v1/pricing", "GET /v1/server_types",
      "GET /v1/zones" }, w.calls)
  end },
  { what = "without a price list nothing is priced", run = function(w, steps)
    local lines = w:kind("hetzner.server").price { type = "cx23", location = "nbg1",
      backups = true }
    steps.same("lines", { { "server cx23 in nbg1", nil, "EUR" },
      { "backups of cx23", nil, "EUR" }, { "primary IPv4 in nbg1", nil, "EUR" } }, lines)
  end },
}
