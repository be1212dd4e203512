-- SPDX-License-Identifier: MIT
local rows = {
  { type = "docker.compose", name = "shop", attributes = { path = "/opt/the shop" } },
  { type = "caddy.site", name = "front", attributes = { domain = "shop.example",
    extra = "log {\n\toutput file /var/log/caddy/shop.log\n}" } },
  { type = "caddy.site", name = "logged", attributes = { domain = "logged.example",
    log = "/var/log/caddy/logged.log" } },
  { type = "caddy.site", name = "plain", attributes = { domain = "plain.example" } },
  { type = "service", name = "worker", attributes = { unit = "shop-worker" } },
  { type = "backup.postgres", name = "orders", attributes = { path = "/var/backups" } },
  { type = "file", name = "/etc/motd", attributes = { path = "/etc/motd" } },
}

local function command(target, more)
  local asked = { target = target, rows = rows, host = { name = "app" } }
  for key, value in pairs(more or {}) do asked[key] = value end
  return require("logs").script(asked)
end

local function says(steps, text, ...)
  for _, words in ipairs { ... } do
    steps.same(words, true, text:find(words, 1, true) ~= nil)
  end
end

return {
  { what = "the journal of the host, and of what state knows as a unit",
    run = function(_, steps)
      says(steps, command(nil, { lines = "5" }), "journalctl -q --no-pager", " -n 5")
      says(steps, command("worker"), " -u shop-worker")
      says(steps, command("orders"), " -u 'pipster-*-orders.service'")
      says(steps, command("shop-worker", { since = 60 }), " -u shop-worker",
        "--since=-60s")
    end },
  { what = "containers of a Compose project, by name or folder", run = function(_, steps)
    says(steps, command("shop", { lines = "7", since = 3600 }), "cd '/opt/the shop'",
      "docker logs  --since 3600s --tail 7")
    says(steps, command("/opt/the shop"), "working_dir")
  end },
  { what = "a site: its file, or its lines in the journal", run = function(_, steps)
    says(steps, command("shop.example", { lines = "9" }),
      "tail -n 9 -- /var/log/caddy/shop.log")
    says(steps, command("front"), "tail -n +1 --")
    says(steps, command("logged"), "-- /var/log/caddy/logged.log")
    says(steps, command("plain"), " -u caddy", "grep --line-buffered -F -- plain.ex")
  end },
  { what = "what is said of two things says neither", run = function(_, steps)
    table.insert(rows, { type = "service", name = "shop", attributes = {} })
    local ok, problem = pcall(command, "shop")
    says(steps, command("docker.compose/shop"), "working_dir")
    table.remove(rows)
    steps.same("refused", false, ok)
    steps.same("both", "docker.compose/shop and service/shop", problem.why)
  end },
  { what = "what state does not know the host is asked for", run = function(_, steps)
    says(steps, command("it's"), "systemctl cat -- 'it'\\''s'",
      "docker inspect -- 'it'\\''s'", "exit 66")
    says(steps, command("/etc/motd"), "systemctl cat")
  end },
  { what = "what is followed ends when nobody listens", run = function(_, steps)
    local text = command("worker", { follow = true })
    says(steps, text, " -f\n}\n", "kill -TERM 0")
    steps.same("sh takes it", true, os.execute("sh -n -c "
      .. require("shell").quote(text)))
  end },
}
