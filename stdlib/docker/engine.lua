-- SPDX-License-Identifier: MIT
--
-- Docker Engine and Compose from Debian's packages.
local apt = require "apt"
local attribute = require "attribute"
local shell = require "shell"
local type = require "type"

local start = [[
systemctl enable --now -q docker || { journalctl -q -u docker -n 20 --no-pager; exit 1; }
n=0
until docker version >/dev/null 2>&1; do
  n=$((n + 1)); [ $n -lt 60 ] || { journalctl -q -u docker -n 20 --no-pager; exit 1; }
  sleep 1
done]]

return type {
  name = "docker.engine",
  doc = "Docker Engine and Compose (docker.io, docker-compose), running and enabled.",
  link = "https://packages.debian.org/docker.io",
  on_host = true,
  nameless = true,
  attributes = {
    active = attribute.bool { default = true, doc = "the daemon runs and is enabled" },
    version = attribute.string { computed = true, doc = "of the engine" },
    compose = attribute.string { computed = true, doc = "how Compose is called there" },
  },
  example = [[docker.engine { on = host }]],

  -- Whoever installed it: dockerd is asked, not the package.
  probe = function()
    return [[
command -v dockerd >/dev/null || exit 0
if docker compose version >/dev/null 2>&1; then c="docker compose"
elif command -v docker-compose >/dev/null; then c=docker-compose; else c=; fi
printf '%s|%s|' "$c" "$(systemctl is-active docker)"
echo "$(systemctl is-enabled docker)|$(dockerd --version)"]]
  end,
  read = function(_, output)
    for line in shell.lines(output) do
      local compose, active, enabled,
        version = line:match("^([^|]+)|([%w-]*)|([%w-]*)|(.*)$")
      if compose then
        return { { compose = compose, version = version:match("(%d+%.%d[%w.+-]*)"),
          active = active == "active" and enabled == "enabled" } }
      end
    end
    return {}
  end,
  commands = function(have, want)
    if not want then
      return { { "apt-get purge docker.io docker-compose (images and volumes stay)",
        "systemctl disable --now -q docker.socket docker\n"
        .. apt.purge { "docker.io", "docker-compose" } } }
    end
    if have then return { { "systemctl enable --now docker", start } } end
    return {
      { "apt-get install docker.io docker-compose",
        apt.install { "docker.io", "docker-compose", "iptables", "apparmor",
          "ca-certificates" } },
      { "systemctl enable --now docker", start },
    }
  end,
  units = function() return { "docker.service", "docker.socket" } end,
  preview = function(change)
    if change.action ~= "delete" then return {} end
    return { downtime = "every container ends" }
  end,
}
