-- SPDX-License-Identifier: MIT
--
-- What a host is and has at the moment, in one round trip, for `pipster facts`. The names
-- are those of docs/OPERATIONS.md: they are added to, and never change their meaning.
local parse = require "facts_parse"
local remote = require "remote"

local facts = {}

-- Each part under its own mark; what a host does not have leaves its part empty.
local script = [[
mark() { printf '\n@FACT %s\n' "$1"; }
mark os; cat /etc/os-release
mark kernel; uname -r
mark architecture; uname -m
mark hostname; uname -n
mark machine_id; cat /etc/machine-id
mark boot_id; cat /proc/sys/kernel/random/boot_id
mark uptime; cat /proc/uptime
mark load; cat /proc/loadavg
mark cpu; cat /proc/cpuinfo
mark memory; cat /proc/meminfo
mark disks; df -PTk 2>/dev/null
mark addresses; ip -o addr show
mark reboot; for f in /run/reboot-required /var/run/reboot-required; do
  [ -e $f ] && { echo required; cat $f.pkgs; break; }
done
mark now; date +%s
mark timezone; readlink /etc/localtime || cat /etc/timezone
mark lists; cd /var/lib/apt && stat -c %Y lists/*Release periodic/update-success-stamp
mark packages; dpkg-query -W -f '${db:Status-Abbrev}\n' | grep -c '^.i'
mark ports; if command -v ss >/dev/null; then ss -Hltunp
else for p in tcp udp; do sed "s/^/$p /" /proc/net/$p /proc/net/${p}6; done; fi
mark failed; systemctl list-units --failed --plain --no-legend
mark init; cat /proc/1/comm
mark docker; command -v docker >/dev/null &&
  docker info --format '{{.ServerVersion}} {{.ContainersRunning}}'
mark end
]]

-- asked: { host, timeout }
function facts.read(asked)
  local opened = remote.open(asked.host)
  local result = opened:run("{ " .. script .. "} 2>/dev/null\ntrue",
    { timeout = asked.timeout })
  local found = parse.all(result.output)
  found.login = opened.login
  found.address = asked.host.address
  return found
end

return facts
