-- SPDX-License-Identifier: MIT
--
-- The share of requests that a site answers with 5xx, over a window, by Caddy's access
-- log. It is read backwards, as far as the window goes.
local attribute = require "attribute"
local fault = require "fault"
local handle = require "handle"
local shell = require "shell"
local watch = require "alert_watch"

-- "status": with its quotes is in no text of JSON: there the quotes are escaped.
local measure = [[
  log=@LOG from=$((now - window))
  # Where Caddy has begun a new file within the window, also the one before.
  first=$(head -n 1 -- "$log" 2>/dev/null | sed -n 's/.*"ts":\([0-9]*\).*/\1/p')
  before=
  [ "${first:-$now}" -lt "$from" ] ||
    before=$(ls -t -- "${log%.log}"-*.log "${log%.log}"-*.log.gz 2>/dev/null | head -n 1)
  set -- $( {
    tac -- "$log"
    [ -z "$before" ] || zcat -f -- "$before" | tac
  } 2>/dev/null | awk -v from="$from" '
    match($0, /"ts":[0-9.]+/) {
      if (substr($0, RSTART + 5, RLENGTH - 5) + 0 < from) exit
      if (!match($0, /"status":[0-9]+/)) next
      all++
      if (substr($0, RSTART + 9, 1) == 5) bad++
    }
    END { print all + 0, bad + 0 }')
  says="$2 of $1 requests of "@SITE" ended in 5xx over @OVER"
  [ "$1" -ge @LEAST ] || return 0
  figure=$(awk -v all="$1" -v bad="$2" 'BEGIN { printf "%.1f", 100 * bad / all }')
  says="$figure % of requests of "@SITE" ended in 5xx over @OVER ($2 of $1)"]]

return watch.type {
  name = "errors",
  doc = "Tells contacts when a larger share than a limit of a site's requests ended in an"
    .. " error of the server (5xx) over a window.",
  above = "5%", windowed = true,
  over_doc = "the window whose requests count",
  attributes = {
    site = attribute.string { doc = "a caddy.site that has a log" },
    log = attribute.string { doc = "or the path of an access log of Caddy's, in JSON" },
    requests = attribute.integer { default = 20,
      doc = "fewer in the window say nothing: what was so before stays so" },
  },
  example = [[
local shop = caddy.site "shop" {
  on = host, domain = "shop.pipster.app", reverse_proxy = "localhost:5000", log = true,
}
alert.errors "shop" {
  on = host, site = shop, above = "5%", over = "5m",
  notify = { alert.contact "errors" { on = host, server = "mail.pipster.app",
    from = "alerts@pipster.app", to = { "ops@pipster.app" } } },
}]],
  shorthand = function(declared, name)
    if handle.is(declared.site) then
      declared.site, declared.log = declared.site.domain, declared.site.log
    end
    if name and declared.log == nil then
      fault("alert.errors/" .. name .. " names no log", {
        next = "site = a caddy.site with log = true, or log = \"/var/log/caddy/x.log\"" })
    end
    return declared
  end,
  measure = function(want)
    local filled = { LOG = shell.quote(want.log), OVER = want.over,
      SITE = shell.quote(want.site or want.log), LEAST = ("%d"):format(want.requests) }
    return (measure:gsub("@(%u+)", filled))
  end,
}
