-- SPDX-License-Identifier: MIT
--
-- A systemd socket: what listens before its service runs.
local type = require "type"
local unit = require "host_unit"

local suffix = ".socket"

return type {
  name = "socket",
  doc = "A systemd socket that listens (or not) and does so from boot on (or not); with"
    .. " content the unit itself.",
  link = "https://manpages.debian.org/bookworm/systemd/systemd.socket.5.en.html",
  on_host = true,
  attributes = unit.attributes "\"docker\", \"docker.socket\"",
  example = [[
host:socket "hello" { content = [==[
[Socket]
ListenStream=127.0.0.1:7000
[Install]
WantedBy=sockets.target
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
