-- SPDX-License-Identifier: MIT
-- Alerts of what Debian's packages measure or serve: each fires once, and is over.
local fakes = ...
local fires = require("tests.lab.harness.alerting").fires

local busy = "for i in $(seq $(nproc)); do systemd-run -q --unit busy$i sh -c 'while :; do"
  .. " :; done'; done"
local memory = "free -k | awk '/^Mem:/ { printf \"%d\", 100 - 100 * $7 / $2 }'"
-- A request each tenth of a second.
local function asks(unit, path)
  return "systemd-run -q --unit " .. unit .. " sh -c 'while :; do curl -s -o /dev/null"
    .. " localhost:8056" .. path .. "; sleep 0.1; done'"
end
local image = "registry.pipster.app:5000/pipster/postgres:15"
local serves = "docker rm -f lab-database >/dev/null 2>&1; docker run -d --name lab-database"
  .. " -e POSTGRES_PASSWORD=x " .. image .. " >/dev/null && i=0 && until docker exec"
  .. " lab-database psql -U postgres -c 'select 1' >/dev/null 2>&1; do i=$((i + 1));"
  .. " [ $i -lt 120 ] || exit 1; sleep 0.5; done"

return {
  -- Others on this machine may keep its processors busy: that is how it is, then.
  fires("alert.cpu", "busy", { above = "99%", below = "98%", over = "3s" }, {
    about = "CPU use was ", may_be_so = true, within = 300,
    starts = busy, ends = "systemctl stop 'busy*'",
  }),
  fires("alert.memory", "used", function(used)
    return { above = tostring(used + 5), below = tostring(used + 4), over = "3s" }
  end, {
    about = "memory in use was ", before = memory, within = 60,
    starts = "head -c 2500M /dev/zero > /dev/shm/filled", ends = "rm /dev/shm/filled",
  }),
  fires("alert.errors", "shop", { log = "/var/log/caddy/shop.log", over = "4s" }, {
    about = ".*shop.log ended in 5xx over 4s", within = 60,
    things = { { "caddy.install", nil, want = {} },
      { "caddy.site", "shop", want = { domain = "http://:8056", log = true,
        extra = "respond /bad 503\nrespond 200" } } },
    before = "systemctl stop good bad 2>/dev/null; true",
    starts = "systemctl reload-or-restart caddy && " .. asks("good", "/") .. " && "
      .. asks("bad", "/bad"), ends = "systemctl stop bad",
    after = "systemctl stop good",
  }),
  fires("alert.database", "own", {}, {
    about = "the database postgres ", within = 60,
    things = { { "package", "postgresql", want = {} } },
    starts = "systemctl stop 'postgresql@*'", ends = "systemctl start postgresql@15-main",
  }),
  fires("alert.database", "asked", { url = fakes.box("secret",
    "postgres://postgres:a%40b%2Fc%20d@127.0.0.1:5432/postgres?sslmode=disable") }, {
    about = "the database of alert.database/asked ", within = 60,
    before = "runuser -u postgres -- psql -c \"alter user postgres password 'a@b/c d'\"",
    starts = "systemctl stop 'postgresql@*'", ends = "systemctl start postgresql@15-main",
    after = "systemctl stop 'postgresql@*'",
  }),
  fires("alert.database", "contained", { container = "lab-database" }, {
    about = "the database in lab-database ", within = 60,
    before = "command -v docker >/dev/null || apt-get install -y -q"
      .. " --no-install-recommends docker.io >/dev/null; " .. serves,
    starts = "docker stop lab-database", ends = "docker start lab-database",
  }),
  fires("alert.downtime", "contained", { container = "lab-database" }, {
    about = "container lab-database is ", within = 60, before = serves,
    starts = "docker kill lab-database", ends = "docker start lab-database",
    after = "docker rm -f lab-database",
  }),
}
