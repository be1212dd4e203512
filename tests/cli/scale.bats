#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# playbooks/scale.lua: the roadmap's milestones and decision points over phases 1 and 2. The
# clock is given, and what came in is put into the state as `revenue` would.

load helpers

setup() {
  setup_project
  start_lab
  cp "$root"/playbooks/*.lua playbooks
  on 0 run playbooks/phase1.lua --yes
  [ "$status" = 0 ] || { echo "$output"; return 1; }
}
teardown() { stop_lab; }

# The days from 2026-10-01 on, by their number.
day() { echo $((1790812800 + $1 * 86400)); } # NUMBER

on() { # DAY COMMAND…
  local at
  at=$(day "$1")
  shift
  SOURCE_DATE_EPOCH=$at run "$pipster" --lab "$@"
}

sql() { # TEXT
  sqlite3 .pipster/state/lab.db "$1"
}

# The only reading, of that day, and nothing is remembered of any rule.
earn() { # DAY DOLLARS CUSTOMERS
  local at=$(($(day "$1") * 1000))
  sql "DELETE FROM evaluation; DELETE FROM revenue;
    INSERT INTO revenue (read_at_ms, as_of_ms, fresh_until_ms, source, currency, gross,
      cautious, at_risk, customers, accepted)
    VALUES ($at, $at, $at + 100 * 86400000, 'typed in', 'USD', '$2', '$2', '0', $3, 1)"
}

answer() { # DAY NAME yes|no …
  local at=$1
  shift
  while [ $# -gt 0 ]; do
    on "$at" review answer "$1" "$2"
    [ "$status" = 0 ] || { echo "$output"; return 1; }
    shift 2
  done
}

measure() { # DAY NAME VALUE
  sql "INSERT INTO measurement (run, address, name, value, at_ms)
    VALUES (0, 'app:check.usage/idle', '$2', $3, $(day "$1") * 1000)"
}

# The rules that are not closed, in their order, become $opened.
look() { # DAY
  on "$1" rules playbooks/scale.lua
  opened=$(sed -n 's/^\([a-z0-9-]*\)  \(open\|holds\|accepted\).*/\1 \2/p' <<<"$output" |
    paste -sd, | sed 's/,/, /g')
}

opens() { # DAY WORDS: no others
  look "$1"
  [ "$opened" = "$2" ] || { echo "$opened"; echo "$output"; return 1; }
}

holds() { # DAY RULE
  look "$1"
  [[ $opened == *"$2 "* ]] || { echo "$output"; return 1; }
}

is_closed() { # DAY RULE
  look "$1"
  [[ $output == *"$2  closed"* ]] || { echo "$output"; return 1; }
}

# Looked at every third day from the first day on, as a timer does.
hold() { # FIRST LAST
  local at
  for ((at = $1; at <= $2; at += 3)); do
    on "$at" rules playbooks/scale.lua
    [ "$status" = 0 ] || { echo "$output"; return 1; }
  done
}

says() { # TEXT…
  local text
  for text in "$@"; do
    [[ $output == *"$text"* ]] || { echo "not said: $text"; echo "$output"; return 1; }
  done
}

@test "at each amount its milestone, and what the roadmap says of Azure" {
  local first='milestone-1 open' second='milestone-1 open, milestone-2 open'
  earn 1 0 0
  opens 1 "$first, stay-on-hetzner open"
  earn 1 200 20
  opens 1 "$second, stay-on-hetzner open" # over $200, not from it on
  earn 1 200.01 9
  opens 1 "$second, stay-on-hetzner open" # 10 customers, and over $200
  earn 1 200.01 10
  opens 1 "$second, milestone-3 holds, stay-on-hetzner open"
  earn 1 500 60
  opens 1 "$second, milestone-3 holds, stay-on-hetzner open"
  earn 1 1000 49
  opens 1 "$second, milestone-3 holds, stay-on-hetzner open"
  earn 1 1000 50
  second+=', milestone-3 holds, milestone-4 holds'
  opens 1 "$second, stay-on-hetzner open"
  earn 1 2000 80
  opens 1 "$second, azure-undecided open"
  earn 1 3000 100
  opens 1 "$second, azure-undecided open" # whether an SLA is wanted is not known
  says '? sla is not known: nobody answered'
  answer 1 sla no
  opens 1 "$second, azure-undecided open"
  earn 1 5000 200
  answer 1 sla yes
  opens 1 "$second, milestone-5 holds, azure-undecided open"
  earn 1 5000.01 200
  opens 1 "$second, milestone-5 holds"
}

@test "where no revenue is known no trigger is, and each says what would tell it" {
  opens 1 'milestone-1 open'
  says '? revenue is not known: nobody told it' '? sla is not known: nobody answered' \
    'pipster review answer soc2 yes' '? cpu is not known: no check measured it'
}

@test "milestone 3 is proposed after two weeks with its price, and a warning at its share" {
  earn 1 201 10
  hold 1 13
  on 15 rules playbooks/scale.lua milestone-3 --detailed-exitcode
  [ "$status" = 2 ] || { echo "$output"; return 1; }
  says 'open since 2026-10-16' 'hetzner.server/app type = "cx33"' \
    'include playbooks/better_stack.lua' '+12.82 €/month (8.01 € → 20.83 €' \
    'of the revenue 11.2%' 'it would cost 10 % of the revenue or more' 'pipster rules accept milestone-3'
}

@test "where it costs over 15 % of the revenue it is not proposed" {
  earn 1 201 10
  hold 1 13
  on 15 rules playbooks/scale.lua milestone-3 --detailed-exitcode --var type_cx31=cx53
  [ "$status" = 5 ] || { echo "$output"; return 1; }
  says 'open, and costs too much'
}

@test "what waits for a playbook that is not there names it, and has the price of the rest" {
  earn 1 1000 60
  hold 1 13
  on 15 rules playbooks/scale.lua milestone-4
  says 'hetzner.server/app type = "cx43"' 'include playbooks/phase6.lua' \
    'at least +' 'playbooks/phase6.lua is not there yet'
  answer 1 soc2 yes hetzner_works no margin_first no
  earn 1 6000 200
  holds 1 migrate-azure
  on 1 rules playbooks/scale.lua migrate-azure
  says 'include playbooks/azure.lua' 'playbooks/azure.lua is not there yet'
}

@test "each NO-if keeps from what its decision point asks" {
  answer 1 soc2 yes enterprise_features no hetzner_works no margin_first no
  earn 1 6000 200
  holds 1 migrate-azure
  local name
  for name in hetzner_works margin_first; do
    answer 1 "$name" yes
    earn 1 6000 200
    is_closed 1 migrate-azure
    answer 1 "$name" no
  done
  answer 1 soc2 no # and no feature of Azure is needed
  earn 1 6000 200
  is_closed 1 migrate-azure
  answer 1 enterprise_features yes
  holds 1 migrate-azure
  answer 1 high_availability yes can_scale_up no can_optimize no
  holds 1 another-server
  for name in can_scale_up can_optimize; do
    answer 1 "$name" yes
    earn 1 6000 200
    is_closed 1 another-server
    answer 1 "$name" no
  done
}

@test "a larger server is proposed where its load was high all through the week" {
  earn 1 1000 60
  local at
  for ((at = 1; at <= 8; at++)); do
    measure "$at" cpu 85
    measure "$at" memory 50
  done
  is_closed 8 upgrade-server # whether the setup can be optimized is not known
  answer 8 can_optimize no
  holds 8 upgrade-server
  on 8 rules playbooks/scale.lua upgrade-server
  says '✓ cpu > 80% is 85%' '✗ memory is 50%: 35% from > 85%' '? p95_ms is not known'
  answer 8 can_optimize yes
  sql 'DELETE FROM evaluation'
  is_closed 8 upgrade-server
  answer 8 can_optimize no
  measure 7 cpu 40 # once it was idle
  is_closed 8 upgrade-server
}

@test "an answer counts for a quarter, then its rules are not known again" {
  answer 1 sla yes
  earn 1 3000 100
  holds 1 milestone-5
  earn 93 3000 100
  is_closed 93 milestone-5
  says '? sla is not known: the answer of 2026-10-02 is too old: pipster review answer sla yes'
}

@test "the success metric is followed once the proposal is accepted" {
  earn 1 201 10
  on 1 rules accept milestone-1 playbooks/scale.lua --yes
  [ "$status" = 0 ] || { echo "$output"; return 1; }
  on 1 rules playbooks/scale.lua milestone-1
  says 'App accessible via HTTPS: met'
  on 1 rules accept milestone-2 playbooks/scale.lua --yes
  on 1 rules playbooks/scale.lua milestone-2
  says 'Customer successfully using platform: not known'
  answer 1 platform_used no
  on 1 rules playbooks/scale.lua milestone-2
  says 'Customer successfully using platform: missed'
}

@test "over phase 2 with Better Stack there the same is declared twice, and once made" {
  on 1 run playbooks/phase2.lua --yes --var better_stack=true \
    --var 'budget=$60/month'
  [ "$status" = 0 ] || { echo "$output"; return 1; }
  echo 'include "phase2" include "better_stack"' >playbooks/both.lua
  on 1 plan playbooks/both.lua --var better_stack=true --detailed-exitcode
  [ "$status" = 0 ] || { echo "$output"; return 1; }
  earn 1 1000 60
  holds 1 milestone-4
}

@test "each command of SCALE.md is run, and each rule and question of its tables is there" {
  earn 1 201 10
  local command count=0
  while IFS= read -r command; do
    read -ra words <<<"${command%%#*}"
    on 1 "${words[@]:1}"
    [ "$status" = 0 ] || { echo "$command: $output"; return 1; }
    count=$((count + 1))
  done < <(sed -n '/^```sh$/,/^```$/{/^pipster/p}' "$root/docs/SCALE.md")
  [ "$count" = 4 ]
  diff <(sed -n 's/^| `\([a-z0-9-]*\)` |.*/\1/p' "$root/docs/SCALE.md") \
    <(sed -n 's/^rule "\(.*\)" {/\1/p' playbooks/scale.lua)
  local asked
  for asked in $(grep -o '[a-z0-9_]* = "\(yes\|no\)"' playbooks/scale.lua | cut -d' ' -f1); do
    grep -q "^review \"$asked\"" playbooks/review_decisions.lua
    grep -q "\`$asked\`" "$root/docs/SCALE.md" || { echo "$asked"; return 1; }
  done
}

# What the state has of the server.
server_type() {
  sql "SELECT attributes ->> '$.type' FROM resource WHERE address = 'hetzner.server/app'"
}

accept() { # RULE
  on 1 rules accept "$1" playbooks/scale.lua --yes --override 'to see what becomes of it'
  [ "$status" = 0 ] || { echo "$output"; return 1; }
}

becomes() { # TYPE
  on 1 run playbooks/phase1.lua --yes --var 'budget=$200/month'
  [ "$status" = 0 ] || { echo "$output"; return 1; }
  [ "$(server_type)" = "$1" ] || { server_type; echo "$output"; return 1; }
}

@test "in whatever order they are accepted, no server becomes smaller" {
  local hetzner='require("hetzner").firewall "more" { inbound = { 443 } }'
  playbook phase6 <<<"$hetzner"
  earn 1 3000 60
  accept milestone-4
  becomes cx43
  on 1 rules playbooks/scale.lua milestone-3
  says 'hetzner.server/app is cx43 already, which is larger' 'include playbooks/better_stack.lua'
  [[ $output != *'type ='* ]] || { echo "$output"; return 1; }
  accept milestone-3
  becomes cx43
  on 1 rules playbooks/scale.lua upgrade-server
  says 'the next larger type than cx43' 'hetzner.server/app type = "cx53"'
  accept upgrade-server
  becomes cx53
  on 1 rules playbooks/scale.lua milestone-5
  says 'hetzner.server/app is cx53 already'
  accept milestone-5
  becomes cx53
  on 1 rules playbooks/scale.lua milestone-4 # what was accepted, not what it would say now
  says 'milestone-4  accepted' 'hetzner.server/app type = "cx43"'
}

@test "the largest server stays, and what has no place among the sizes is not compared" {
  on 1 rules playbooks/scale.lua upgrade-server
  says 'the next larger type than cx23 or cpx22' 'hetzner.server/app type = "cx33"'
  on 1 rules playbooks/scale.lua upgrade-server --var type=cx53
  says 'proposes  nothing: hetzner.server/app is cx53, the largest of cx23, cx33, cx43, cx53'
  on 1 rules accept upgrade-server playbooks/scale.lua --var type=cx53 --yes --override 'all the same'
  [ "$status" = 1 ] || { echo "$output"; return 1; }
  says 'rule "upgrade-server" proposes nothing'
  on 1 rules playbooks/scale.lua upgrade-server --var type=cax11
  says 'proposes  nothing: hetzner.server/app is cax11, which has no place among'
  on 1 rules playbooks/scale.lua upgrade-server --var type=cax11 \
    --var sizes=cax11,cax21,cax31,cax41
  says 'hetzner.server/app type = "cax21"'
  on 1 rules playbooks/scale.lua milestone-3 --var type=cax11
  says 'hetzner.server/app is cax11, which has no place among'
  [[ $output != *'type ='* ]] || { echo "$output"; return 1; }
  on 1 rules playbooks/scale.lua --var server=web
  [ "$status" = 1 ]
  says 'amends what nothing declares: hetzner.server/web'
}
