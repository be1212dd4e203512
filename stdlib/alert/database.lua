-- SPDX-License-Identifier: MIT
--
-- A PostgreSQL that cannot be asked: in a container, at a URL, or the host's own. It is
-- really asked (select 1), since a port that is open says little.
local apt = require "apt"
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local watch = require "alert_watch"

local judge = [[

  said=$(ask 2>&1)
  if [ "$said" = 1 ]; then figure=0 says=@WHAT" answers"
  else
    said=$(printf %s "${said:-no answer within 10 s}" | tr '\n' ' ' | tail -c 300)
    figure=1 says=@WHAT" cannot be asked: $said"
  fi]]

-- Its parts go by the environment: in no argument vector, and psql reads no URL there.
local by_url = [[
  url=@URL
  decode() { printf %s "$1" | awk -v hex=0123456789abcdef '{ out = ""
    while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
      code = tolower(substr($0, RSTART + 1, 2))
      out = out substr($0, 1, RSTART - 1) sprintf("%c", 16 * (index(hex,
        substr(code, 1, 1)) - 1) + index(hex, substr(code, 2, 1)) - 1)
      $0 = substr($0, RSTART + 3) }
    print out $0 }'; }
  ask() { (
    rest=${url#*://} options=
    case $rest in *\?*) options=${rest#*\?} rest=${rest%%\?*} ;; esac
    who= at=${rest%%/*}
    case $at in *@*) who=${at%@*} at=${at##*@} ;; esac
    export PGHOST="${at%:*}" PGPORT=5432 PGUSER="$(decode "${who%%:*}")"
    [ "$at" = "${at%:*}" ] || PGPORT=${at##*:}
    case $who in *:*) export PGPASSWORD="$(decode "${who#*:}")" ;; esac
    case $rest in */?*) export PGDATABASE="$(decode "${rest#*/}")" ;; esac
    case $options in *sslmode=*) options=${options#*sslmode=}
      export PGSSLMODE="${options%%&*}" ;; esac
    PGCONNECT_TIMEOUT=5 timeout 10 psql -XtAc 'select 1'
  ) }]]

local function ask_of(want)
  if want.url then
    return shell.join({ (by_url:gsub("@URL.*", "")), shell.quote(want.url),
      (by_url:match("@URL(.*)")) }, ""), "\"the database of $title\""
  end
  local select = "psql -XtA -U " .. shell.quote(want.user) .. " -d "
    .. shell.quote(want.database) .. " -c 'select 1'"
  if want.container then
    return "  ask() { timeout 10 docker exec " .. shell.quote(want.container) .. " "
      .. select .. "; }", shell.quote("the database in " .. want.container)
  end
  return "  ask() { cd / && timeout 10 runuser -u " .. shell.quote(want.user) .. " -- "
    .. select .. "; }", shell.quote("the database " .. want.database)
end

return watch.type {
  name = "database",
  doc = "Tells contacts when a PostgreSQL cannot be asked any more.",
  over = "1m",
  attributes = {
    container = attribute.string { doc = "of Docker, in which it runs" },
    url = attribute.any { secret = true,
      doc = "or postgres://USER:PASSWORD@HOST:PORT/DATABASE, a secret; neither: the"
        .. " host's own, by its socket" },
    user = attribute.string { default = "postgres", doc = "who asks, without a url" },
    database = attribute.string { default = "postgres", doc = "which, without a url" },
  },
  example = [[
alert.database "identity" {
  on = host, container = "pipster-postgres", user = "pipster", database = "identity",
  notify = { alert.contact "database" { on = host, server = "mail.pipster.app",
    from = "alerts@pipster.app", to = { "ops@pipster.app" } } },
}]],
  shorthand = function(declared, name)
    if name and declared.container ~= nil and declared.url ~= nil then
      fault("alert.database/" .. name .. " takes one of container and url")
    end
    return declared
  end,
  needs = function(want)
    return want.url and { { "apt-get install postgresql-client",
      apt.ensure("psql", { "postgresql-client" }) } } or {}
  end,
  measure = function(want)
    local ask, what = ask_of(want)
    return shell.join({ ask, (judge:gsub("@WHAT", function() return what end)) }, "")
  end,
}
