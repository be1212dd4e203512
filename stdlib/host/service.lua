-- SPDX-License-Identifier: MIT
--
-- A systemd unit: running or not, enabled or not, masked; its file where it is given.
local type = require "type"
local unit = require "host_unit"

local suffix = ".service"

return type {
  name = "service",
  doc = "A systemd unit that runs (or not) and starts at boot (or not); with content the"
    .. " unit itself.",
  link = "https://manpages.debian.org/bookworm/systemd/systemd.service.5.en.html",
  on_host = true,
  attributes = unit.attributes "\"caddy\", \"backup.timer\", \"worker@1\"",
  example = [[
host:service "fail2ban" { }
host:service "worker" { content = [==[
[Service]
ExecStart=/usr/bin/sleep infinity
[Install]
WantedBy=multi-user.target
]==] }]],
  shorthand = unit.shorthand,

  probe = function(items) return unit.probe(items, suffix) end,
  read = unit.read,
  writes = function(attributes) return unit.writes(attributes, suffix) end,
  units = function(attributes) return unit.units(attributes, suffix) end,
  commands = function(have, want, context)
    return unit.commands(have, want, context and context.following, suffix)
  end,
}
