#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Rules over figures that are to come: pipster forecast and pipster what-if. The clock is
# given.

load helpers
setup() {
  setup_project
  start_lab
  export SOURCE_DATE_EPOCH=1796083200 # 2026-12-01
  playbook shop <<'P'
local hetzner, cost = require "hetzner", require "cost"
hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
rule "bigger" {
  when = { revenue = "> $500", customers = ">= 50" }, hold = "14d",
  afford = { below = "10%", warn = "15%" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
rule "busy" {
  when = { revenue = "> $600" }, evidence = { cpu = "> 80%" }, hold = "7d",
  release = { revenue = "< $550" }, fit = { cpu = "< 90%" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx43" } } },
}
rule "desk" {
  when = { customers = ">= 100" }, afford = { below = "1%", warn = "2%" },
  propose = { include = "playbooks/desk.lua" },
}
rule "high-availability" {
  when = { soc2 = "yes" }, propose = { include = "playbooks/not-there.lua" },
}
P
  playbook desk <<'P'
include "shop"
require("cost").item "desk" { price = "20 €/month" }
P
}
teardown() { stop_lab; }

tells() { # CODE WORDS…: of the last `run`
  [ "$status" = "$1" ] || { echo "exit $status"; echo "$output"; return 1; }
  local words
  for words in "${@:2}"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

forecast() {
  run "$pipster" --lab forecast playbooks/shop.lua "$@"
}

of_json() { # FILTER, of the lines that the last `run` printed
  jq -rc "$1" <<<"$output"
}

@test "revenue grows, and rules propose on the day that they have held for long enough" {
  forecast --growth 12%/month --mrr '$300' --customers 30 --months 12
  tells 0 '300.00 $ and 30 customers, growing 12% a month' \
    '2026-12           300.00 $         30       5.99 €       2.2%' \
    '2027-05           528.70 $         52       8.99 €       1.8%  + bigger' \
    '2027-05-15  bigger: change hetzner.server/app' \
    '5.99 € → 8.99 €/month, 1.8% of the revenue' \
    '2027-11-01  desk: would propose: include playbooks/desk.lua' \
    'it would cost over 2 % of the revenue' \
    'busy: cpu is not known' 'high-availability: soc2 is not known' '--assume cpu=85%' \
    'Exchange rates of 2026-09-30'
  [ "$(grep -c ' €  ' <<<"$output")" = 13 ]
}

@test "what nobody knows is assumed as told" {
  forecast --growth 12%/month --mrr '$300' --customers 30 --months 8 --assume cpu=85%
  tells 0 '2027-07-08  busy: change hetzner.server/app' 'Assumed all the time: cpu=85%.'
  [[ $output != *'cpu is not known'* ]]
  forecast --growth 0%/month --mrr '$300' --customers 30 --months 1 --assume soc2=yes
  # The playbook that it proposes is not there: what is there has its price.
  tells 0 '2026-12-01  high-availability: include playbooks/not-there.lua' \
    '5.99 € → ≥ 5.99 €/month'
}

@test "revenue shrinks, and what it carried goes back where that fits" {
  forecast --growth -5%/month --mrr '$700' --customers 10 --months 6 --assume cpu=85%
  tells 0 '2026-12-08  busy: change' '2027-05-01  busy: goes back: change hetzner.server/app'
  forecast --growth -5%/month --mrr '$700' --customers 10 --months 6 --assume cpu=95%
  tells 0 '2026-12-08  busy: change'
  [[ $output != *'goes back'* ]] || { echo "$output"; return 1; }
}

@test "as JSON lines, exactly" {
  forecast --growth 10%/month --mrr '$455' --customers 50 --months 2 --json
  tells 0
  [ "$(of_json 'select(.type == "forecast_month") | "\(.from) \(.revenue) \(.customers)"')" = \
    $'2026-12-01 455 50\n2027-01-01 500.5 55\n2027-02-01 550.55 60' ]
  [ "$(of_json 'select(.type == "rule_event") | "\(.date) \(.rule) \(.what) \(.before) \(.after)"')" = \
    '2027-01-15 bigger accepted 5.99 8.99' ]
  [ "$(of_json 'select(.type == "rule") | "\(.name) \(.state)"')" = \
    $'bigger accepted\nbusy closed\ndesk closed\nhigh-availability closed' ]
  [ "$(of_json 'select(.type == "forecast") | .cost')" = 5.99 ]
}

@test "as a plot" {
  forecast --growth 12%/month --mrr '$300' --customers 30 --svg plot.svg
  tells 0 'Written: plot.svg'
  grep -q '1  2027-05  bigger: 5.99 € → 8.99 €' plot.svg
  [ "$(grep -c '<title>2028-12: ' plot.svg)" = 4 ]
  forecast --growth 12%/month --mrr '$300' --svg no/such/folder.svg
  tells 1 'cannot create the file'
}

@test "with other figures at once: what-if" {
  run "$pipster" --lab what-if playbooks/shop.lua --mrr 5000 --customers 200 --assume cpu=85%
  tells 0 'If it were 5000.00 € and 200 customers, for long enough' \
    'bigger: change hetzner.server/app' 'busy: change' 'desk: include playbooks/desk.lua' \
    'high-availability: soc2 is not known'
  run "$pipster" --lab what-if playbooks/shop.lua --mrr 400 --currency USD --json
  [ "$(of_json 'select(.name == "bigger") | "\(.state): \(.obstacle)"')" = \
    'closed: revenue is 400.00 $: 100.00 $ from > $500' ]
}

@test "what-if goes by what is measured today, unless it is assumed" {
  SOURCE_DATE_EPOCH=1796083200 "$pipster" --lab run playbooks/shop.lua --yes
  local day
  for day in 0 1 2 3 4 5 6 7 8; do
    sqlite3 .pipster/state/lab.db "INSERT INTO measurement (run, address, name, value, at_ms)
      VALUES (0, 'app:check.usage/app', 'cpu', 88, (1796083200 - $day * 86400) * 1000)"
  done
  run "$pipster" --lab what-if --mrr 5000
  tells 0 'busy: change hetzner.server/app' 'bigger: customers is not known'
  run "$pipster" --lab what-if --mrr 5000 --assume cpu=20%
  tells 0 'busy: cpu is 20'
}

@test "a forecast begins with what was accepted" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab rules accept bigger --yes --override 'we know better'
  run "$pipster" --lab forecast --growth 12%/month --mrr '$300' --customers 30 --months 8
  tells 0 '2026-12           300.00 $         30       8.99 €' 'No rule would propose anything'
  run "$pipster" --lab what-if --mrr 5000 --customers 60 --json
  [ "$(of_json 'select(.name == "bigger") | .state')" = accepted ]
}

@test "nothing is changed, nothing is stored" {
  "$pipster" --lab run playbooks/shop.lua --yes
  cp .pipster/state/lab.db before.db
  forget
  forecast --growth 12%/month --mrr '$300' --customers 30
  run "$pipster" --lab what-if --mrr 5000 --customers 200 # the playbook last run
  tells 0 'bigger: change'
  [ -z "$(requests '.method != "GET"')" ]
  [ "$(sqlite3 before.db .dump)" = "$(sqlite3 .pipster/state/lab.db .dump)" ]
}

@test "by an exported state, without the database" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab rules accept bigger --yes --override 'we know better'
  "$pipster" --lab state export >state.jsonl
  mv .pipster/state elsewhere
  run "$pipster" --lab forecast playbooks/shop.lua --state state.jsonl --growth 12%/month \
    --mrr '$300' --customers 30 --months 1
  tells 0 '2026-12           300.00 $         30       8.99 €'
  run "$pipster" --lab what-if playbooks/shop.lua --state state.jsonl --mrr 5000 --json
  [ "$(of_json 'select(.name == "bigger") | .state')" = accepted ] || { echo "$output"; return 1; }
}

@test "what is not said well is told" {
  forecast --months 24
  tells 64 'wants to know how it grows' '--growth 12%/month'
  forecast --growth -200%/month --mrr 1
  tells 64 '"-200%/month" is no growth'
  forecast --growth 12% --months 0 --mrr 1
  tells 64 'a forecast is of 1 to 240 months, not of "0"'
  forecast --growth 12% --months 6x --mrr 1
  tells 64 'not of "6x"'
  forecast --growth 12%
  tells 1 'what comes in a month is not known' '--mrr 640 --customers 52'
  forecast --growth 12% --mrr lots
  tells 64 'revenue = "lots" is no figure'
  forecast --growth 12% --mrr 640 --customers 5.5
  tells 64 '"5.5" is no number of customers'
  forecast --growth 12% --mrr 640 --currency dollars
  tells 64 '"dollars" is no currency'
  forecast --growth 12% --mrr 640 --assume cpu
  tells 64 '"cpu" assumes nothing'
  run "$pipster" --lab what-if playbooks/shop.lua
  tells 64 'what-if wants to know what would be so'
  run "$pipster" --lab forecast --growth 12% --mrr 640
  tells 64 'wants a playbook: none was run yet'
}

@test "each line that FORECAST.md shows" {
  "$pipster" --lab run playbooks/shop.lua --yes
  local shown=0 words
  while read -r words; do
    eval "set -- $words"
    run "$pipster" --lab "${@:2}"
    tells 0
    shown=$((shown + 1))
  done < <(sed -n '/^```sh$/,/^```$/s/^\(pipster [fw].*\)/\1/p' "$root/docs/FORECAST.md")
  [ "$shown" = 4 ]
  grep -q '</svg>' growth.svg
}

@test "exchange rates that are too old are said to be so" {
  SOURCE_DATE_EPOCH=1830297600 forecast --growth 12%/month --mrr '$300' --months 1
  tells 0 'Exchange rates of 2026-09-30, all the time.' 'Beware: the exchange rates are of 2026-09-30, 458 days old'
}
