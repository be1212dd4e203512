#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pipster cost: what things cost, what a run would change in that, in which currency.

load helpers

setup() {
  setup_project
  start_lab
  playbook shop <<'P'
phase(1, "Shop")
local hetzner, cost = require "hetzner", require "cost"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
hetzner.server "app" {
  type = input("type", { default = "cx23" }), image = "debian-12", location = "nbg1",
  ssh_keys = { key }, tags = { "core", "web" },
}
cost.item "domain" { price = "$12/year" }
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

@test "before anything is there, and when it is" {
  run "$pipster" --lab cost playbooks/shop.lua
  tells 0 'server cx23 in nbg1' '5.49 €' 'primary IPv4' \
    '6.91 €/month net when it is applied; now 0.00 €/month'
  [ -z "$(requests '.method != "GET"')" ]
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab cost
  tells 0 '6.91 €/month net'
  [[ $output != *"when it is applied"* ]]
  run "$pipster" --lab cost --diff
  tells 0 'Nothing gets dearer or cheaper.' '6.91 €/month net'
}

@test "what a larger server would cost more" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab cost --diff --var type=cx33
  tells 0 'server cx33 in nbg1' '5.49 € →' '+3.00 €' '(was: server cx23 in nbg1)' \
    '9.91 €/month net when it is applied; now 6.91 €/month'
  [[ $output != *domain* ]]
  [ "$("$pipster" --lab cost --diff --json --var type=cx33 |
    jq -r 'select(.type == "cost_line") | "\(.address) \(.before) \(.after)"')" = \
    'hetzner.server/app 5.49 8.49' ]
}

@test "in groups" {
  run "$pipster" --lab cost playbooks/shop.lua --by phase
  tells 0 'phase 1  '
  run "$pipster" --lab cost playbooks/shop.lua --by tag
  tells 0 'core  ' 'web  ' 'without a tag' '6.91 €/month net'
  run "$pipster" --lab cost playbooks/shop.lua --by colour
  tells 64 'costs cannot be told by "colour"' '--by phase, type, tag or host'
}

@test "in another currency, at a dated rate" {
  run "$pipster" --lab cost playbooks/shop.lua --currency USD
  tells 0 '1.00 $' '7.50 $/month net' '1 EUR = 1.085 USD of 2026-09-30'
  run "$pipster" --lab cost playbooks/shop.lua --currency CHF
  tells 64 'no exchange rate from EUR to "CHF"' 'exchange = {'
}

@test "a rate that is none is told, not passed over" {
  sed -i.bak 's/EUR_USD = /USD = /' pipster.lua
  run "$pipster" --lab cost playbooks/shop.lua --currency USD
  mv pipster.lua.bak pipster.lua
  tells 1 'exchange.USD in pipster.lua is no rate' 'EUR_USD = "1.085"'
}

@test "at the reference rates of a file" {
  printf 'Date, USD, JPY, CHF, \n29 September 2026, 1.0900, 160.5, N/A, \n' >rates.csv
  echo 'cost.item "mail" { price = "3210 JPY/month" }' >>playbooks/shop.lua
  sed -i 's/exchange = {.*}, }/exchange = { file = "rates.csv", max_age = "9y" } }/' pipster.lua
  run "$pipster" --lab cost playbooks/shop.lua --currency USD
  tells 0 '21.80 $' '29.33 $/month' '1 EUR = 1.09 USD of 2026-09-29'
  [[ $output != *warning* ]]
  run "$pipster" --lab cost playbooks/shop.lua --currency CHF
  tells 64 'no exchange rate from EUR to "CHF"'
  # Every day, the newest first.
  printf 'Date,USD,JPY\n2026-09-30,1.0850,N/A\n2026-09-29,1.0900,160.5\n' >rates.csv
  run "$pipster" --lab cost playbooks/shop.lua
  tells 0 'cost.item/mail' 'not priced' 'at least 6.91'
  echo 'Date;USD' >rates.csv
  run "$pipster" --lab cost playbooks/shop.lua
  tells 1 'rates.csv has no rates' 'exchange.file of pipster.lua'
  echo '1;2' >>rates.csv
  run "$pipster" --lab cost playbooks/shop.lua
  tells 1 'this is no list of reference rates'
  printf 'Date,USD\n2026-09-30,1.0850\n' >rates.csv
}

@test "rates that are too old are used, and it is said" {
  sed -i 's/date = "2026-09-30"/date = "2025-01-05", max_age = "90d"/' pipster.lua
  run "$pipster" --lab cost playbooks/shop.lua
  tells 0 '6.91 €/month net' 'warning: the exchange rates are of 2025-01-05, ' 'days old'
  run "$pipster" --lab plan playbooks/shop.lua
  tells 0 'warning: the exchange rates are of 2025-01-05, '
  [ "$("$pipster" --lab cost playbooks/shop.lua --json | tail -1 | jq -r .stale | cut -c1-18)" = \
    'the exchange rates' ]
  # Where nothing is converted nothing is said.
  sed -i '/cost.item/d' playbooks/shop.lua
  sed -i '/budget/d' pipster.lua
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output != *'exchange rates'* ]]
  sed -i 's/date = "2025-01-05", //' pipster.lua
  run "$pipster" --lab cost playbooks/shop.lua --currency USD
  tells 0 'warning: the exchange rates have no date'
}

@test "what is really paid is said by hand, and told beside the list" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab cost set hetzner.server/app '4.15 €'
  tells 0 'hetzner.server/app: 4.15 €/month is paid.'
  run "$pipster" --lab cost
  tells 0 '6.91 €/month net' 'hetzner.server/app: paid, 4.15 €/month as said on ' \
    '5.99 € by the list' 'Paid now, at those prices: 5.07 €/month'
  [ "$("$pipster" --lab cost --json | jq -c 'select(.type == "cost_paid") |
    [.address, .paid, .listed, .run]')" = '["hetzner.server/app","4.15","5.99",null]' ]
  [ "$("$pipster" --lab cost --json | tail -1 | jq -r '.paid_now[:5]')" = 5.071 ]
  # Under another name it is still the same thing.
  sed -i 's/hetzner.server "app"/hetzner.server "web"/' playbooks/shop.lua
  echo 'moved { from = "hetzner.server/app", to = "hetzner.server/web" }' >>playbooks/shop.lua
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab cost
  tells 0 'hetzner.server/web: paid, 4.15 €/month'
  run "$pipster" --lab cost unset hetzner.server/web
  tells 0 'counts again'
  run "$pipster" --lab cost
  [[ $output != *'Paid now'* ]] || { echo "$output"; return 1; }
  run "$pipster" --lab cost set hetzner.server/none '1 €'
  tells 64 'nothing is recorded as hetzner.server/none'
  run "$pipster" --lab cost set hetzner.server/web
  tells 64 'an address and a price'
  run "$pipster" --lab cost set hetzner.server/web cheap
  tells 1 'is no budget'
}

@test "without a network: the list as it was read, with its day" {
  run "$pipster" --lab cost playbooks/shop.lua --at cached
  tells 64 'no price list was read yet'
  "$pipster" --lab run playbooks/shop.lua --yes
  forget
  run "$pipster" --lab cost --at cached
  tells 0 'server cx23 in nbg1' '6.91 €/month net' "Prices: Hetzner's list as it was read on 20"
  [ -z "$(requests)" ]
  # The vendor does not answer: nobody has to ask for it.
  run env HCLOUD_ENDPOINT=http://127.0.0.1:1 "$pipster" -e lab cost playbooks/shop.lua
  tells 0 'only what is declared is priced' '6.91 €/month net' 'as it was read on 20'
  sqlite3 .pipster/state/lab.cache "update fact set read_at_ms = 1781481600000"
  run "$pipster" --lab cost --at cached
  tells 0 'as it was read on 2026-06-15T00:00:00Z'
  rm .pipster/state/lab.cache*
  run env HCLOUD_ENDPOINT=http://127.0.0.1:1 "$pipster" -e lab cost playbooks/shop.lua
  tells 4 'No answer'
}

@test "with VAT the sum is told gross too" {
  sed -i 's/return {/return { vat = "19%",/' pipster.lua
  run "$pipster" --lab cost playbooks/shop.lua
  # 6.911658… net: 8.224873… gross
  tells 0 '6.91 €/month net, 8.22 € gross with 19% VAT'
  [ "$("$pipster" --lab cost playbooks/shop.lua --json | tail -1 | jq -c '[.gross[:6], .vat]')" = \
    '["8.2248","19%"]' ]
  local wrong
  for wrong in 19 '"19"' '"much"' '{}'; do
    sed "s/vat = \"19%\"/vat = $wrong/" pipster.lua >wrong.lua
    mkdir -p other && mv wrong.lua other/pipster.lua && cp -r playbooks other
    run "$pipster" --lab -C other cost playbooks/shop.lua
    tells 1 'vat of pipster.lua is a share' 'vat = "19%"'
  done
}

@test "by the hour, and never more than the month" {
  sed -i 's/ssh_keys = { key }/backups = true, &/' playbooks/shop.lua
  # 48 × 0.0088, a fifth of that, 48 × 0.0008; the domain whole.
  run "$pipster" --lab cost playbooks/shop.lua --hours 48
  tells 0 '0.42 €' '0.08 €' '0.04 €' '0.92 €' '1.47 € net for 48 hours'
  # 624 hours are the month, and so is every hour more.
  local hours
  for hours in 624 700 744; do
    run "$pipster" --lab cost playbooks/shop.lua --hours "$hours"
    tells 0 '5.49 €' '1.10 €' "8.01 € net for $hours hours"
  done
  run "$pipster" --lab cost playbooks/shop.lua --hours 623
  tells 0 '5.48 €'
  [ "$("$pipster" --lab cost playbooks/shop.lua --hours 48 --json | tail -1 | jq .hours)" = 48 ]
  run "$pipster" --lab cost playbooks/shop.lua --hours 48 --at roadmap
  tells 64 'a price book has no prices by the hour'
}

@test "what a budget forbids has its price, and nothing is hidden" {
  sed -i '1i guard.budget { max = "$1/month" }' playbooks/shop.lua
  echo 'cost.item "oracle" { price = "3 CHF/month" }' >>playbooks/shop.lua
  run "$pipster" --lab cost playbooks/shop.lua
  tells 0 'not priced' 'cost.item/oracle' 'at least 6.91 €/month net'
  # Each line of a plan has its price, or says that it has none.
  sed -i '/guard.budget/d' playbooks/shop.lua
  echo 'cost.item "nobody" { entry = "no-such" }' >>playbooks/shop.lua
  run "$pipster" --lab plan playbooks/shop.lua
  tells 0 'hetzner.server/app'
  [[ $output =~ hetzner.server/app\ [^$'\n']*\+5\.99\ €/month ]] || { echo "$output"; return 1; }
  [[ $output =~ cost.item/domain\ [^$'\n']*\+1\.00\ \$/month ]] || { echo "$output"; return 1; }
  [[ $output =~ cost.item/nobody\ [^$'\n']*not\ wholly\ priced ]] || { echo "$output"; return 1; }
}

@test "each line that OPERATIONS.md shows" {
  "$pipster" --lab run playbooks/shop.lua --yes
  local shown=0 words
  while read -ra words; do
    run "$pipster" --lab "${words[@]:1}"
    tells 0 '/month net'
    shown=$((shown + 1))
  done < <(sed -n '/^## What it costs/,/^## /s/^\(pipster cost[^#]*\).*/\1/p' "$root/docs/OPERATIONS.md")
  [ "$shown" = 5 ]
}

@test "what costs takes one request of the price list a day" {
  "$pipster" --lab plan playbooks/shop.lua >/dev/null
  [ "$(requests '.path == "/v1/pricing"' | wc -l)" = 1 ]
  forget
  run "$pipster" --lab plan playbooks/shop.lua
  tells 0 '+5.99 €/month'
  [ -z "$(requests '.path == "/v1/pricing" or .path == "/v1/locations"')" ]
  [ "$(requests '.path == "/v1/server_types"' | wc -l)" = 1 ] # what is sold out by now
  sqlite3 .pipster/state/lab.cache "update fact set read_at_ms = read_at_ms - 86400001
    where key = 'hetzner.catalogue'"
  "$pipster" --lab plan playbooks/shop.lua >/dev/null
  [ "$(requests '.path == "/v1/pricing"' | wc -l)" = 1 ]
}
