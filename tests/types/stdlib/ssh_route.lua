-- SPDX-License-Identifier: MIT
--
-- What counts of a resource and of ~/.ssh/config, and which sessions are opened for it.
local configured = {
  plain = {},
  web = { host_name = "web.example", port = 2222, user = "deploy",
    identities = { "/k/web" }, only_identities = true },
  inner = { host_name = "10.0.0.5", jump = "op@bastion:2200,[fd00::7]:23" },
  bastion = { host_name = "192.0.2.1", user = "other", jump = "gate" },
  gate = {},
  circle = { host_name = "10.0.0.9", jump = "round" },
  round = { host_name = "10.0.0.8", jump = "circle" },
  command = { proxy_command = "nc" },
}

local function route(world, extra)
  world.settings.ssh = { identities = { "/usual" }, config = "/c" }
  for key, value in pairs(extra or {}) do world.settings.ssh[key] = value end
  package.loaded.ssh.config = function(_, name)
    local known = { host_name = name }
    for key, value in pairs(configured[name] or {}) do known[key] = value end
    return known
  end
  return require("ssh_route")
end

local function told(target)
  return ("%s@%s:%d %s"):format(table.concat(target.login, "+"), target.address,
    target.port, table.concat(target.identities, "+"))
end

local function fails(world, host, words)
  host.name = "x"
  local ok, problem = pcall(route(world).of, host)
  assert(not ok, "it was not refused")
  local all = problem.what .. (problem.why or "") .. (problem.next or "")
  assert(all:find(words, 1, true), all)
end

local function fake_sessions(world, opened)
  route(world)
  package.loaded.ssh.connect = function(target)
    opened[#opened + 1] = target.name .. (target.via and " via " .. target.via.name or "")
    world.sleep(1)
    return { name = target.name, login = target.logins[1], close = function() end,
      alive = function() return true end }
  end
  return require("session")
end

return {
  { what = "a host of which nothing is said", run = function(w, steps)
    local host = { name = "a", address = "plain" }
    steps.same("target", "root@plain:22 /usual", told(route(w).of(host)))
    steps.same("hops", {}, route(w).of(host).hops)
  end },
  { what = "what the file says counts", run = function(w, steps)
    local target = route(w).of { name = "a", address = "web" }
    steps.same("target", "deploy@web.example:2222 /k/web", told(target))
    steps.same("only", true, target.only_identities)
  end },
  { what = "what the resource says counts more", run = function(w, steps)
    local target = route(w).of { name = "a", address = "web", port = 1,
      login = { "x", "y" }, identity = "/mine" }
    steps.same("target", "x+y@web.example:1 /mine", told(target))
  end },
  { what = "an identity named by the project counts more", run = function(w, steps)
    local target = route(w, { identity_named = true }).of { name = "a", address = "web" }
    steps.same("target", "deploy@web.example:2222 /usual", told(target))
  end },
  { what = "no file is read when there is none", run = function(w, steps)
    local target = route(w, { config = false }).of { name = "a", address = "web" }
    steps.same("target", "root@web:22 /usual", told(target))
  end },
  { what = "jumps in their order, the first by its own way", run = function(w, steps)
    local target = route(w).of { name = "a", address = "inner" }
    local hops = {}
    for index, hop in ipairs(target.hops) do hops[index] = told(hop) end
    steps.same("hops", { "root@gate:22 /usual", "op@192.0.2.1:2200 /usual",
      "root@fd00::7:23 /usual" }, hops)
  end },
  { what = "a resource that needs no jump", run = function(w, steps)
    steps.same("hops", {},
      route(w).of({ name = "a", address = "inner", jump = "none" }).hops)
    steps.same("names a jump", "root@gate:22 /usual",
      told(route(w).of({ name = "a", address = "plain", jump = "gate" }).hops[1]))
  end },
  { what = "what cannot be gone", run = function(w)
    fails(w, { address = "circle" },
      "[10.0.0.9]:22, through [10.0.0.8]:22, through [10.0.0.9]")
    fails(w, { address = "command" }, "ProxyCommand")
    fails(w, { address = "plain", jump = "a:b:c" }, "in brackets")
    fails(w, { address = "plain", jump = "@gate" }, "user@host:port")
  end },
  { what = "hosts behind one jump share its session", run = function(w, steps)
    local opened = {}
    local session = fake_sessions(w, opened)
    local tasks, names = require "tests.types.harness.tasks", { "a", "b", "c" }
    local bodies = {}
    for index, name in ipairs(names) do
      bodies[index] = function()
        session.open { name = name, address = "10.0.0." .. index, jump = "gate" }
      end
    end
    tasks.run(w, bodies)
    table.sort(opened)
    steps.same("opened", { "host/a via jump gate", "host/b via jump gate",
      "host/c via jump gate", "jump gate" }, opened)
  end },
}
