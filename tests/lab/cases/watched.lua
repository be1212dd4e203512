-- SPDX-License-Identifier: MIT
-- Alerts of what Debian's packages measure or serve: each fires once, and is over.
local fakes = ...
local fires = require("tests.lab.harness.alerting").fires

-- What the kernel counts is given: others on this machine may keep its processors busy, and
-- have as much of its memory as they like. The files are written over, as long as before,
-- so that nobody reads a part of one.
local function counted(idle)
  return "echo " .. idle .. " > /run/idle"
end
local processors = counted(1) .. "; cat > /run/count <<'END'\n"
  .. [[
busy=0 idle=0
while :; do
  if [ "$(cat /run/idle)" = 1 ]; then idle=$((idle + 20)); else busy=$((busy + 20)); fi
  printf 'cpu  %012d 0 0 %012d 0 0 0 0 0 0\ncpu0 %012d 0 0 %012d 0 0 0 0 0 0\nintr 0\n'\
'ctxt 0\nbtime 1700000000\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n' \
    $busy $idle $busy $idle 1<> /run/stat
  sleep 0.1
done
END
: > /run/stat; systemd-run -q --unit counted sh /run/count
until [ -s /run/stat ]; do sleep 0.05; done; mount --bind /run/stat /proc/stat]]
local function available(percent)
  return "awk '/^MemTotal:/ { total = $2 } /^(MemFree|MemAvailable):/ {"
    .. " $0 = sprintf(\"%s %15d kB\", $1, total * " .. percent .. " / 100) } { print }'"
    .. " /proc/meminfo > /run/meminfo.new && cat /run/meminfo.new 1<> /run/meminfo"
end
local memory = ": > /run/meminfo; " .. available(50)
  .. "; mount --bind /run/meminfo /proc/meminfo"
-- A request each tenth of a second.
local function asks(unit, path)
  return "systemd-run -q --unit " .. unit .. " sh -c 'while :; do curl -s -o /dev/null"
    .. " localhost:8056" .. path .. "; sleep 0.1; done'"
end
local image = "registry.pipster.app:5000/pipster/postgres:15"
local serves = "docker rm -f lab-database >/dev/null 2>&1; docker run -d --name lab-database"
  .. " -e POSTGRES_PASSWORD=x " .. image .. " >/dev/null && i=0 && until docker exec"
  .. " lab-database pg_isready -q -h 127.0.0.1; do i=$((i + 1));" -- not its first start
  .. " [ $i -lt 600 ] || exit 1; sleep 0.5; done"

return {
  fires("alert.cpu", "busy", { above = "99%", below = "98%", over = "3s" }, {
    about = "CPU use was 100.0 %", over = "CPU use was ", before = processors,
    starts = counted(0), ends = counted(1),
    after = "umount /proc/stat && systemctl stop counted",
  }),
  fires("alert.memory", "used", { above = "55%", below = "54%", over = "3s" }, {
    about = "memory in use was ", before = memory,
    starts = available(30), ends = available(50), after = "umount /proc/meminfo",
  }),
  fires("alert.errors", "shop", { log = "/var/log/caddy/shop.log", over = "4s",
    requests = 2 }, {
    about = ".*shop.log ended in 5xx over 4s",
    things = { { "caddy.install", nil, want = {} },
      { "caddy.site", "shop", want = { domain = "http://:8056", log = true,
        extra = "respond /bad 503\nrespond 200" } } },
    before = "systemctl stop good bad 2>/dev/null; true",
    starts = "systemctl reload-or-restart caddy && " .. asks("good", "/") .. " && "
      .. asks("bad", "/bad"), ends = "systemctl stop bad",
    after = "systemctl stop good",
  }),
  fires("alert.database", "own", {}, {
    about = "the database postgres ",
    things = { { "package", "postgresql", want = {} } },
    starts = "systemctl stop 'postgresql@*'", ends = "systemctl start postgresql@15-main",
  }),
  fires("alert.database", "asked", { url = fakes.box("secret",
    "postgres://postgres:a%40b%2Fc%20d@127.0.0.1:5432/postgres?sslmode=disable") }, {
    about = "the database of alert.database/asked ",
    before = "runuser -u postgres -- psql -c \"alter user postgres password 'a@b/c d'\"",
    starts = "systemctl stop 'postgresql@*'", ends = "systemctl start postgresql@15-main",
    after = "systemctl stop 'postgresql@*'",
  }),
  fires("alert.database", "contained", { container = "lab-database" }, {
    about = "the database in lab-database ",
    before = "command -v docker >/dev/null || apt-get install -y -q"
      .. " --no-install-recommends docker.io >/dev/null; " .. serves,
    starts = "docker stop lab-database", ends = "docker start lab-database",
  }),
  fires("alert.downtime", "contained", { container = "lab-database" }, {
    about = "container lab-database is ", before = serves,
    starts = "docker kill lab-database", ends = "docker start lab-database",
    after = "docker rm -f lab-database",
  }),
}
