-- SPDX-License-Identifier: MIT
-- Backups of a database in a container, and of one at a URL with a password.
local fakes = ...

local pipe = assert(io.popen("age-keygen 2>/dev/null | tail -n 1"))
local key = fakes.box("secret", pipe:read("l"))
pipe:close()

local script = "/usr/local/lib/pipster/backup/"
local image = "registry.pipster.app:5000/pipster/postgres:15"
local query = "SELECT count(*) FROM orders"

local docker = [[
command -v docker >/dev/null || {
  apt-get update -qq && apt-get install -y -qq --no-install-recommends docker.io; } \
  >/dev/null 2>&1 || exit 1
docker inspect orders-db >/dev/null 2>&1 || docker run -d --name orders-db \
  -e POSTGRES_USER=shop -e POSTGRES_PASSWORD=canary-in-docker -e POSTGRES_DB=orders \
  -p 127.0.0.1:5499:5432 ]] .. image .. [[ >/dev/null || exit 1
n=0; until docker exec orders-db pg_isready -q -h 127.0.0.1 -U shop; do
  n=$((n + 1)); [ $n -lt 900 ] || exit 1; sleep 0.2; done
docker exec -i orders-db psql -q -U shop orders <<'SQL'
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, what text);
INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, 500) n
  ON CONFLICT DO NOTHING;
SQL
]]

-- As one that a drill left which was killed.
local volumes = "docker volume ls -q | sort"
local stale = volumes .. " > /run/volumes; docker create --name pipster-drill-orders-1 "
  .. image .. " >/dev/null && "

-- It is drilled, the throw-away is gone, what was noted is right.
local function drilled(name, left)
  return script .. "drill " .. name .. " >/dev/null 2>&1 && grep -qx drill_rows=500"
    .. " /var/lib/pipster/backup/" .. name .. " && [ -z \"$(" .. left .. ")\" ]"
end
local no_container = "docker ps -aq --filter name=pipster-drill"
local no_volume = " && " .. volumes .. " | cmp -s - /run/volumes"
local no_database = "docker exec orders-db psql -XAtq -U shop orders -c \"SELECT datname"
  .. " FROM pg_database WHERE datname LIKE 'pipster_drill%'\""

local function with(base, more)
  local copy = {}
  for name, value in pairs(base) do copy[name] = value end
  for name, value in pairs(more) do copy[name] = value end
  return copy
end

local contained = { container = "orders-db", database = "orders", user = "shop",
  key = key, drill = "monthly", drill_query = query }
local remote = { url = "postgresql://shop@127.0.0.1:5499/orders?sslmode=disable",
  password = fakes.box("secret", "canary-in-docker"), key = key, drill_query = query,
  every = "7h" }
local etc = "/etc/pipster/backup/"

return {
  {
    type = "backup.postgres", name = "orders", before = docker,
    steps = {
      { want = contained, look = stale .. drilled("orders", no_container) .. no_volume
        .. " && systemctl is-active -q pipster-backup-orders.timer" },
      { want = with(contained, { keep = "8d", every = "6h" }) },
      { drift = "rm " .. etc .. "orders/identity", fields = "key" },
      { drift = "echo '# mine' >> " .. script .. "run", fields = "as_written" },
      { drift = "systemctl disable -q --now pipster-drill-orders.timer",
        fields = "active" },
      { drift = "sed -i \"s/keep='8d'/keep='1d'/\" " .. etc .. "orders/settings",
        fields = "keep" },
      { drift = "rm /var/lib/pipster/backup/orders", fields = "proven" },
      { want = with(contained, { drill_query = "SELECT 0" }),
        look = "! " .. script .. "drill orders >/dev/null 2>&1 && grep -qx"
          .. " 'drill=refused' /var/lib/pipster/backup/orders && [ -z \"$("
          .. no_container .. ")\" ]" },
      { want = with(contained, { database = "none" }), fails = "none" },
      { want = with(contained, { container = "no-such" }), fails = "no%-such" },
    },
    after = "[ ! -e " .. etc .. " ] && [ ! -e " .. script .. " ] && [ -n \"$(ls"
      .. " /var/backups/pipster/orders)\" ] && ! systemctl -q cat"
      .. " pipster-backup-orders.timer 2>/dev/null",
  },
  {
    type = "backup.postgres", what = "at a URL", name = "far", before = docker,
    steps = {
      { want = remote, look = drilled("far", no_database) .. " && [ \"$(stat -c %a "
        .. etc .. "far/password)\" = 600 ] && ! grep -rq canary " .. etc
        .. "far/settings /etc/systemd/system" },
      { want = with(remote, { encrypt = false, key = fakes.box("secret", "x") }),
        look = "pg_restore --list $(ls /var/backups/pipster/far/*.dump) >/dev/null" },
      { drift = "chmod 644 " .. etc .. "far/password", fields = "password" },
      { want = with(remote, { password = fakes.box("secret", "wrong-canary") }),
        fails = "password authentication failed" },
    },
    after = "docker rm -f -v orders-db >/dev/null",
  },
}
