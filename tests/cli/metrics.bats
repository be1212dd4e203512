#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What was sampled between the runs, and rules that look back over it.

load helpers
setup() {
  setup_project
  start_lab
  cat >server.lua <<'P'
local hetzner = require "hetzner"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
P
  playbook shop <server.lua
  "$pipster" --lab run playbooks/shop.lua --yes
  { cat server.lua; cat <<'P'; } | playbook shop
local check = require "check"
check.metrics "app" { server = app.id }
rule "bigger" {
  when = { customers = ">= 50" }, evidence = { cpu = "> 80%" }, hold = "0",
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
P
}
teardown() { stop_lab; }

# So busy since then: percent of one core, of which a cx23 has two.
busy() { # PERCENT SINCE
  curl -sf "$PIPSTER_LAB_URL/load" -H 'Content-Type: application/json' -d \
    "{\"server\":\"app\",\"cpu\":$1,\"since\":\"$(date -ud "$2" +%Y-%m-%dT%H:%M:%SZ)\"}"
}

customers() { # NUMBER
  local now=$(($(date +%s) * 1000))
  sqlite3 .pipster/state/lab.db "INSERT INTO revenue (read_at_ms, as_of_ms,
    fresh_until_ms, source, currency, gross, cautious, at_risk, customers, accepted)
    VALUES ($now, $now, $now + 86400000, 'typed in', 'EUR', '600', '600', '0', $1, 1)"
}

stored() { # COLUMNS
  sqlite3 .pipster/state/lab.db "SELECT $1 FROM measurement WHERE name = 'cpu'"
}

@test "a rule over seven days opens after one run, by what was sampled before it" {
  busy 170 '8 days ago'
  customers 52
  run "$pipster" --lab rules
  [[ $output == *'? cpu is not known: no check measured it in the last 7 days'* ]]
  run "$pipster" --lab run playbooks/shop.lua --yes
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'169 samples'* ]]
  [ "$(stored 'min(value), max(value), count(*), count(DISTINCT at_ms)')" = '85.0|85.0|169|169' ]
  run "$pipster" --lab rules --detailed-exitcode
  echo "$output"
  [ "$status" -eq 2 ]
  [[ $output == *'✓ cpu > 80% is 85%'* ]]
}

@test "an hour that was idle, days before the run, is seen" {
  busy 170 '8 days ago'
  busy 60 '75 hours ago'
  busy 190 '73 hours ago'
  customers 52
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab rules --detailed-exitcode
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'✗ cpu is at times 30%: 50% from > 80%'* ]]
}

@test "the next run asks only for what is new, and keeps no sample twice" {
  busy 170 '8 days ago'
  "$pipster" --lab run playbooks/shop.lua --yes
  forget
  run "$pipster" --lab run playbooks/shop.lua --yes
  [[ $output == *'nothing new yet'* ]]
  [ -z "$(requests 'select(.path | endswith("/metrics"))')" ]
  # As if the last two hours had not been read.
  local first
  first=$(stored 'count(*)')
  sqlite3 .pipster/state/lab.db "DELETE FROM measurement WHERE at_ms >
    $(date -d '150 minutes ago' +%s) * 1000"
  run "$pipster" --lab run playbooks/shop.lua --yes
  [[ $output == *'3 samples'* ]]
  [ "$(stored 'count(*), count(DISTINCT at_ms)')" = "$first|$first" ]
}

@test "the history tells the samples of a run in a line, and each of them to machines" {
  busy 170 '8 days ago'
  busy 60 '1 day ago'
  run "$pipster" --lab run playbooks/shop.lua --yes --json
  jq -es '[.[] | select(.type == "measurement")] | length == 169 and
    all(.[]; .name == "cpu" and .unit == "%" and (.at | endswith("Z"))) and
    (map(.at) | . == sort)' <<<"$output"
  run "$pipster" --lab history 2
  echo "$output"
  [[ $output == *'cpu 169 times, 30 to 85 %, last 30 %'* ]]
  [ "$(grep -c ' cpu ' <<<"$output")" -eq 1 ]
}

@test "on a host the figure is that of the host" {
  busy 170 '8 days ago'
  customers 52
  sed -i 's/{ server = app.id }/{ on = app:host { }, server = app.id }/
    s/{ cpu = "> 80%" }/{ ["app:cpu"] = "> 80%" }/' playbooks/shop.lua
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab rules --detailed-exitcode
  echo "$output"
  [ "$status" -eq 2 ]
  [[ $output == *'✓ app:cpu > 80% is 85%'* ]]
}
