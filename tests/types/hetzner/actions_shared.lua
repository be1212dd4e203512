-- SPDX-License-Identifier: MIT
-- Many steps wait at once, few requests are made.
local function server(w, kind, i)
  local name = "s" .. i
  local want = { type = "cx23", image = "debian-12", location = "nbg1" }
  local change = w:plan(kind, name, want)
  return function()
    w:apply(kind, change)
    assert(w.records[change.address].status == "running")
  end
end

return {
  what = "fifty servers at once", lab = { speed = 1 }, run = function(w, steps)
    local kind = w:kind "hetzner.server"
    require("hetzner.catalogue").load()
    local bodies = {}
    for i = 1, 50 do bodies[i] = server(w, kind, i) end
    w.calls = {}
    local threads = {}
    for i, body in ipairs(bodies) do
      threads[i] = { at = w.time, thread = coroutine.create(body) }
    end
    repeat
      table.sort(threads, function(a, b) return a.at < b.at end)
      local task = threads[1]
      if task.at > w.time then w.sleep(task.at - w.time) end
      local ok, seconds = coroutine.resume(task.thread)
      if not ok then error(seconds, 0) end
      if coroutine.status(task.thread) == "dead" then
        table.remove(threads, 1)
      else
        task.at = w.time + seconds
      end
    until #threads == 0
    local polls = 0
    for _, call in ipairs(w.calls) do
      polls = polls + (call == "GET /v1/actions" and 1 or 0)
    end
    assert(polls <= 80, polls .. " polls")
    steps.same("servers", 50, w:call("GET", "/_lab/status").json.objects.servers)
    w.calls = {}
    local items = {}
    for i = 1, 50 do items[i] = { name = "s" .. i, address = "hetzner.server/s" .. i } end
    steps.same("found", 50, #kind.observe(items))
    steps.same("one list request", { "GET /v1/servers" }, w.calls)
  end,
}
