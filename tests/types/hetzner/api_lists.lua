-- SPDX-License-Identifier: MIT
-- Paging, sorting, selectors, labels, rate limits and actions of the stand-in.
local function names(reply)
  local list = {}
  for i, zone in ipairs(reply.json.zones) do list[i] = zone.name end
  return table.concat(list, " ")
end

local function zones(w, count)
  for i = 1, count do
    w:call("POST", "/zones", { name = ("z%02d.example"):format(i), mode = "primary",
      labels = { n = tostring(i % 3), [i % 2 == 0 and "even" or "odd"] = "" } })
  end
end

local selectors = {
  { "n==1", 2 }, { "n=1", 2 }, { "n!=1", 4 }, { "even", 3 }, { "!even", 3 },
  { "n%20in%20(0,1)", 4 }, { "n%20notin%20(0,1)", 2 }, { "n==1,even", 1 },
  { "missing!=x", 6 }, { "n in (1),odd", 1 },
}

return {
  { what = "pages, meta and Link", run = function(w, steps)
    zones(w, 60)
    local reply = w:call("GET", "/zones?page=2&per_page=25")
    local at = reply.json.meta.pagination
    steps.same("first of page 2", "z26.example", reply.json.zones[1].name)
    steps.same("meta", { 60, 1, 3, 3 },
      { at.total_entries, at.previous_page, at.next_page, at.last_page })
    assert(reply.headers.Link:find('page=3>; rel="next"', 1, true))
    steps.same("too many", 422, w:call("GET", "/zones?per_page=51").status)
    steps.same("rrsets take 100", 200,
      w:call("GET", "/zones/z01.example/rrsets?per_page=100").status)
    local client = require "hetzner.client"
    steps.same("all pages", 60, #client.list("zones"))
  end },
  { what = "sorting", run = function(w, steps)
    zones(w, 3)
    steps.same("down", "z03.example z02.example z01.example",
      names(w:call("GET", "/zones?sort=name:desc")))
    steps.same("unknown field", 422, w:call("GET", "/zones?sort=ttl").status)
  end },
  { what = "selectors", run = function(w, steps)
    zones(w, 6)
    for _, row in ipairs(selectors) do
      local text = row[1]:gsub("%%20", " "):gsub(" ", "\1"):gsub("\1", " ")
      local reply = w.lab:handle { method = "GET", path = "/v1/zones", body = "",
        query = { { name = "label_selector", value = text } },
        headers = { authorization = "Bearer " .. w.token } }
      steps.same(text, row[2], #reply.json.zones)
    end
    local bad = w.lab:handle { method = "GET", path = "/v1/zones",
      query = { { name = "label_selector", value = "a==b==c" } },
      headers = { authorization = "Bearer " .. w.token } }
    steps.same("no selector", 422, bad.status)
  end },
  { what = "labels", run = function(w, steps)
    local function try(key, value)
      return w:call("POST", "/zones", { name = "z.example", mode = "primary",
        labels = { [key] = value } }).status
    end
    for _, row in ipairs { { "-a", "b" }, { "a", "b-" }, { "hetzner.cloud/a", "b" },
      { ("a"):rep(64), "" }, { "a", ("b"):rep(64) }, { "a/b/c", "" },
      { "a", "with space" } } do
      steps.same(row[1] .. "=" .. row[2], 422, try(row[1], row[2]))
    end
    steps.same("good", 201, try("example.com/a_b.c", "A-1.x"))
  end },
  { what = "a bucket of requests that refills", lab = { limit = 5 },
    run = function(w, steps)
    for i = 1, 5 do
      local reply = w:call("GET", "/zones")
      steps.same("left", tostring(5 - i), reply.headers["RateLimit-Remaining"])
    end
    local refused = w:call("GET", "/zones")
    steps.same("refused", 429, refused.status)
    steps.same("reset", tostring(math.floor(w.time) + 3600),
      refused.headers["RateLimit-Reset"])
    w.sleep(720)
    steps.same("one more", 200, w:call("GET", "/zones").status)
  end },
  { what = "every answer has a correlation id", run = function(w)
    assert(w:call("GET", "/zones").headers["X-Correlation-Id"]:find("^%x+$"))
    assert(w:call("GET", "/none").headers["X-Correlation-Id"]:find("^%x+$"))
  end },
  { what = "actions by ids, of a kind and of a server", lab = { speed = 1 },
    run = function(w, steps)
      local made = w:call("POST", "/servers",
        { name = "s", server_type = "cx23", image = "debian-12" }).json
      steps.same("first", { "create_server", "running" },
        { made.action.command, made.action.status })
      steps.same("next", "start_server", made.next_actions[1].command)
      assert(type(made.root_password) == "string" and made.server.locked)
      w.sleep(5)
      local ids = "id=" .. made.action.id .. "&id=" .. made.next_actions[1].id
      local seen = w:call("GET", "/actions?" .. ids .. "&sort=status").json.actions
      assert(#seen == 2 and seen[1].progress >= 40 and seen[1].progress < 100)
      w.sleep(11)
      local server = w:call("GET", "/servers/" .. made.server.id).json.server
      steps.same("up", { "running", false }, { server.status, server.locked })
      local all = w:call("GET", "/servers/actions?status=success&sort=command").json
      steps.same("of the kind", 2, all.meta.pagination.total_entries)
      steps.same("of the server", 2,
        #w:call("GET", "/servers/" .. made.server.id .. "/actions").json.actions)
    end },
  { what = "the log tells what was executed", run = function(w, steps)
    zones(w, 1)
    w:call("GET", "/zones")
    w:call("POST", "/zones", { name = "z01.example", mode = "primary" })
    local log = w:call("GET", "/_lab/requests").json.requests
    steps.same("executed", { true, false, false },
      { log[1].executed, log[2].executed, log[3].executed })
  end },
  { what = "the model of a host dies with its server", run = function(w, steps)
    local made = w:call("POST", "/servers",
      { name = "s", server_type = "cx23", image = "debian-12" }).json.server
    local path = "/_lab/model/" .. made.public_net.ipv4.ip
    steps.same("empty", "{}", w:call("GET", path).body)
    w:call("POST", path, '{"items":{"a":[]}}')
    steps.same("kept as it came", '{"items":{"a":[]}}', w:call("GET", path).body)
    w.sleep(5)
    w:call("POST", "/servers/" .. made.id .. "/actions/poweroff")
    w.sleep(5)
    steps.same("off", 404, w:call("GET", path).status)
    w:call("DELETE", "/servers/" .. made.id)
  end },
}
