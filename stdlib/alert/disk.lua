-- SPDX-License-Identifier: MIT
--
-- A file system that fills up: its space, or its inodes.
local attribute = require "attribute"
local shell = require "shell"
local watch = require "alert_watch"

local measure = [[
  share() {
    df "--output=$1" -k -- @PATH 2>/dev/null | awk 'NR == 2 && $1 + $2 > 0 {
      printf "%.1f", 100 * $1 / ($1 + $2) }'
  }
  figure=$(share used,avail) inodes=$(share iused,iavail)
  [ -n "$figure" ] || { says=@PATH" is on no file system"; return 1; }
  says="disk "@PATH" is $figure % full"
  ! awk -v space="$figure" -v inodes="${inodes:-0}" 'BEGIN {
    exit !(inodes + 0 > space + 0) }' ||
    { figure=$inodes says="disk "@PATH" has $inodes % of its inodes in use"; }]]

return watch.type {
  name = "disk",
  doc = "Tells contacts when a file system is fuller than a limit (space, or inodes).",
  above = "80%",
  attributes = {
    path = attribute.string { default = "/", doc = "anything on that file system" },
  },
  example = [[
alert.disk "root" {
  on = host, above = "80%",
  notify = { alert.contact "disk" { on = host, server = "mail.pipster.app",
    from = "alerts@pipster.app", to = { "ops@pipster.app" } } },
}]],
  measure = function(want)
    return (measure:gsub("@PATH", function() return shell.quote(want.path) end))
  end,
}
