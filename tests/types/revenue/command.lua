-- SPDX-License-Identifier: MIT
-- What a command prints.

local function read(output, more)
  local source = { kind = "command", run = "./mrr", where = "pipster.lua:2",
    directory = "/srv/shop" }
  for name, value in pairs(more or {}) do source[name] = value end
  local ran
  package.loaded.process.run = function(call)
    ran = call
    return { status = more and more.status or 0, output = output, errors = "no such db" }
  end
  return require("revenue.command").read(source), ran
end

local function fails(output, more, what)
  local ok, problem = pcall(read, output, more)
  assert(not ok, "was read: " .. output)
  assert(problem.what:find(what, 1, true) or problem.why:find(what, 1, true), problem.why)
end

return {
  { what = "an amount", run = function(_, steps)
    steps.same("plain", { source = "command", gross = "640.00", currency = "USD" },
      (read("640.00 USD\n")))
    steps.same("of the source", { source = "command", gross = "640", currency = "EUR" },
      (read("640\n", { currency = "EUR" })))
  end },
  { what = "JSON", run = function(_, steps)
    steps.same("all", { source = "command", gross = "640.5", cautious = "600",
      at_risk = "12.5", currency = "USD", customers = 52, churned = 1,
      as_of = "2026-11-28" }, (read('{"mrr": 640.5, "cautious": "600", "at_risk": 12.5,'
      .. ' "currency": "USD", "customers": 52, "churned": 1, "as_of": "2026-11-28"}')))
  end },
  { what = "it runs in the project, by the shell or without", run = function(_, steps)
    local _, ran = read("1")
    steps.same("argv", { "sh", "-c", "./mrr" }, ran.argv)
    assert(ran.directory == "/srv/shop" and ran.timeout == 60)
    _, ran = read("1", { run = { "psql", "-c", "x" }, timeout = "5s" })
    steps.same("argv", { "psql", "-c", "x" }, ran.argv)
    assert(ran.timeout == 5)
  end },
  { what = "what cannot be read", run = function()
    fails("", nil, "nothing that can be read")
    fails("about 600", nil, "about 600")
    fails("{", nil, "JSON")
    fails('{"customers": 1}', nil, "no mrr")
    fails('{"mrr": "much"}', nil, "mrr is no amount")
    fails("5", { status = 2 }, "no such db")
  end },
}
