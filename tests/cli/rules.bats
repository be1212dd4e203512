#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Business triggers: what they say at which moment, what is accepted and what comes of it.
# The clock is given, and what came in is put into the state as `revenue` would.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
rule "bigger" {
  doc = "Milestone 3",
  when = { revenue = "> $500", customers = ">= 50" },
  hold = "14d",
  release = { revenue = "< $400" },
  release_hold = "7d",
  cooldown = "30d",
  afford = { below = "10%", warn = "15%" },
  fit = { disk = "< 70%", over = "3d" },
  metric = { p95_ms = "< 200ms", over = "3d", text = "answers stay fast" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
P
  on -1 run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}
teardown() { stop_lab; }

# The days of 2026 and later, by their number from the first of October.
day() { echo $((1790812800 + $1 * 86400)); } # NUMBER

on() { # DAY COMMAND…
  local at
  at=$(day "$1")
  shift
  SOURCE_DATE_EPOCH=$at run "$pipster" --lab "$@"
}

# A reading of that day that is fresh for 24 hours.
revenue() { # DAY EURO CUSTOMERS [0: not accepted]
  local at=$(($(day "$1") * 1000))
  sqlite3 .pipster/state/lab.db "INSERT INTO revenue (read_at_ms, as_of_ms,
    fresh_until_ms, source, currency, gross, cautious, at_risk, customers, accepted)
    VALUES ($at, $at, $at + 86400000, 'typed in', 'EUR', '$2', '$2', '0', $3, ${4:-1})"
}

measure() { # DAY NAME VALUE
  sqlite3 .pipster/state/lab.db "INSERT INTO measurement (run, address, name, value, at_ms)
    VALUES (0, 'app:check.usage/app', '$2', $3, $(day "$1") * 1000)"
}

# That column of all evaluations.
stored() { # COLUMN
  sqlite3 .pipster/state/lab.db "SELECT group_concat($1) FROM evaluation"
}

says() { # TEXT
  [[ $output == *"$1"* ]] || { echo "$output"; return 1; }
}

@test "a rule opens when it held long enough, and says at each look what is missing" {
  on 0 rules --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says 'bigger  closed'
  says '? revenue is not known: nobody told it'
  revenue 0 400 50
  on 0 rules
  says '✗ revenue is 434.00 $ (400.00 €): 66.00 $ from > $500'
  says '✓ customers >= 50 is 50'
  revenue 30 600 52
  on 30 rules --detailed-exitcode
  [ "$status" -eq 0 ]
  says 'holds, not long enough yet since 2026-10-31; opens on 2026-11-14'
  revenue 37 600 52
  on 37 rules
  says 'opens on 2026-11-14'
  revenue 44 600 52
  on 44 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  says 'bigger  open since 2026-11-14'
  says 'hetzner.server/app type = "cx33"'
  says '/month ('
  says 'pipster rules accept bigger'
}

@test "looks that are too far apart say nothing of what was between them" {
  revenue 0 600 52
  on 0 rules
  revenue 30 600 52
  on 30 rules --detailed-exitcode
  [ "$status" -eq 0 ]
  says 'opens on 2026-11-14'
}

@test "rules of one name in two playbooks have their own times, and are accepted apart" {
  { echo 'include(tip())'; sed -n '/^rule/,$p' playbooks/shop.lua; } >playbooks/a.lua
  sed 's/> \$500/> $100/; s/cx33/cx43/' playbooks/a.lua >playbooks/b.lua
  sed -i '/^rule/,$d' playbooks/shop.lua
  on -1 run --yes
  for at in 30 37 44; do
    revenue "$at" 600 52
    on "$at" rules playbooks/a.lua
  done
  says 'bigger  open since 2026-11-14'
  on 44 rules playbooks/b.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says 'holds, not long enough yet since 2026-11-14; opens on 2026-11-28'
  on 44 rules playbooks/a.lua
  says 'bigger  open since 2026-11-14'
  on 44 rules accept bigger playbooks/a.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  revenue 58 600 52
  on 58 rules playbooks/b.lua --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  says 'bigger  open since 2026-11-28'
  says 'bigger  accepted of playbooks/a.lua, and not said here: pipster rules withdraw bigger'
  on 58 rules accept bigger playbooks/b.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 58 plan
  says '"cx43"'
  on 58 rules withdraw bigger playbooks/b.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 58 plan
  says '"cx33"'
  # What another playbook said is taken back by its name too.
  on 58 rules withdraw bigger playbooks/b.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 58 rules withdraw bigger playbooks/b.lua --yes
  [ "$status" -eq 64 ]
}

@test "a rule whose condition is written anew has not held it yet" {
  opened
  sed -i 's/> \$500/> $600/' playbooks/shop.lua
  on 44 rules --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says 'holds, not long enough yet since 2026-11-14; opens on 2026-11-28'
}

@test "stale figures and a jump that nobody accepted fire nothing" {
  revenue 0 600 52
  on 0 rules
  revenue 10 600 52
  on 10 rules
  on 14 rules --detailed-exitcode
  [ "$status" -eq 0 ]
  says '? revenue is not known: the reading of 2026-10-11 is too old'
  revenue 14 900 52 0
  on 14 rules --detailed-exitcode
  [ "$status" -eq 0 ]
  says 'the reading of 2026-10-15 is too far from the one before'
  says 'pipster revenue accept'
  sqlite3 .pipster/state/lab.db 'UPDATE revenue SET accepted = 1'
  on 14 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
}

@test "what costs too great a share of the revenue is blocked, and a little less warned of" {
  sed -i 's/> \$500/> $40/; s/< \$400/< $30/; s/hold = "14d"/hold = "0"/' playbooks/shop.lua
  revenue 0 40 52
  on 0 rules --detailed-exitcode
  [ "$status" -eq 5 ] || { echo "$output"; return 1; }
  says 'it would cost over 15 % of the revenue'
  revenue 1 75 52
  on 1 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  says 'it would cost 10 % of the revenue or more'
}

@test "evidence is what checks measured without gaps, all of it" {
  sed -i 's/hold = "14d",/hold = "0", evidence = { cpu = "> 80%", over = "3d" },/' \
    playbooks/shop.lua
  revenue 10 600 52
  on 10 rules
  says '? cpu is not known: no check measured it in the last 3 days'
  measure 9 cpu 95
  measure 10 cpu 95
  on 10 rules
  says '? cpu is not known: it was measured 2 times in the last 3 days, and not for 2 days'
  measure 8 cpu 70
  on 10 rules
  says '✗ cpu is at times 70%: 10% from > 80%'
  sqlite3 .pipster/state/lab.db 'UPDATE measurement SET value = 81.5 WHERE value = 70'
  on 10 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  says '✓ cpu > 80% is at least 81.5'
  sqlite3 .pipster/state/lab.db "UPDATE measurement SET unit = 'ms' WHERE name = 'cpu'"
  on 10 rules
  says '? cpu cannot be compared with > 80%: it is in ms'
}

@test "what fell silent on one host is not known, though another one is still measured" {
  sed -i 's/hold = "14d",/hold = "0", evidence = { cpu = "> 80%", over = "3d" },/' \
    playbooks/shop.lua
  revenue 10 600 52
  for at in 7 8 9 10; do measure "$at" cpu 95; done
  sqlite3 .pipster/state/lab.db "INSERT INTO measurement (run, address, name, value, at_ms)
    SELECT 0, 'web:check.usage/web', name, value, at_ms FROM measurement"
  on 10 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  sqlite3 .pipster/state/lab.db "DELETE FROM measurement
    WHERE address LIKE 'web:%' AND at_ms > $(day 8) * 1000"
  on 10 rules --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says '? cpu is not known: web measured it last on 2026-10-09, another one since then'
  # Several checks of one host make up for each other.
  sqlite3 .pipster/state/lab.db "UPDATE measurement SET address = 'app:check.metrics/app'
    WHERE address LIKE 'web:%'"
  on 10 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
}

@test "a rule is explained to machines too, and a wrong name is told the nearest" {
  revenue 0 600 52
  on 0 rules bigger --json
  [ "$status" -eq 0 ]
  jq -es '.[1] | .type == "rule" and .name == "bigger" and .state == "holding" and
    .proposed == false and .when.holds == "yes" and (.when.saw | length) == 2 and
    .proposal.price.currency == "EUR" and .opens == "2026-10-15T00:00:00Z" and
    (.where | startswith("playbooks/shop.lua:3"))' <<<"$output"
  on 0 rules biger
  [ "$status" -eq 64 ]
  says 'did you mean bigger?'
  on 0 rules accept
  [ "$status" -eq 64 ]
}

@test "a plan stores nothing of what rules say, and a look at them does" {
  revenue 0 600 52
  on 0 plan
  [ "$(stored state)" = closed ]
  on 0 rules
  [ "$(stored state)" = closed,holding ]
  [ "$(stored "figures ->> '$.revenue.value'")" = 600 ]
}

# The rule is open on day 44.
opened() {
  revenue 30 600 52
  on 30 rules
  revenue 37 600 52
  on 37 rules
  revenue 44 600 52
  on 44 rules
  says 'bigger  open since 2026-11-14'
}

@test "an accepted proposal is part of every plan until it is withdrawn" {
  opened
  on 44 plan --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  says 'rule bigger is open since 2026-11-14: pipster rules bigger'
  on 44 rules accept bigger
  [ "$status" -eq 64 ]
  says 'nobody can be asked here'
  on 44 rules accept bigger --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says 'Accepted: bigger.'
  on 44 rules accept bigger --yes
  [ "$status" -eq 64 ]
  says 'is accepted already'
  on 45 plan
  says '~ hetzner.server/app'
  says '"cx33"'
  on 45 run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 46 plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 46 rules
  says 'bigger  accepted since 2026-11-14'
  says 'answers stay fast: not known'
  on 47 rules withdraw bigger --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says 'It is not known that disk and load fit without it.'
  on 47 plan --detailed-exitcode
  [ "$status" -eq 2 ]
  says '"cx33" → "cx23"'
  on 47 rules withdraw bigger --yes
  [ "$status" -eq 64 ]
}

@test "a declined proposal rests, and its times begin anew" {
  on 0 rules decline bigger
  [ "$status" -eq 64 ]
  says 'proposes nothing that could be declined'
  opened
  on 44 rules decline bigger
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  for at in 50 56 62 68; do
    revenue "$at" 600 52
    on "$at" rules --detailed-exitcode
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  done
  says 'rests after its last change'
  says 'opens on 2026-12-14'
  revenue 74 600 52
  on 74 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
}

@test "to go down is proposed only where it is known that it fits" {
  opened
  on 44 rules accept bigger --yes
  on 44 run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  for at in 75 79 83; do
    revenue "$at" 300 40
    on "$at" rules --detailed-exitcode
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  done
  says 'accepted, and no longer needed since 2026-12-15'
  says 'it is not known whether disk and load fit'
  measure 81 disk 40
  measure 82 disk 41
  measure 83 disk 42
  on 83 rules --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  says '-3.00 €/month (8.99 € → 5.99 €'
  says 'pipster rules withdraw bigger'
}

@test "a run stores what the rules say, and what is not proposed is accepted with a reason only" {
  revenue 0 600 52
  on 0 run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(stored state)" = closed,holding ]
  on 0 rules accept bigger --yes
  [ "$status" -eq 1 ]
  says 'proposes nothing now'
  says 'it did not hold for long enough yet'
  on 0 rules accept bigger --yes --override 'a fair comes'
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $(sqlite3 .pipster/state/lab.db 'SELECT evidence FROM amendment') == *'overridden: a fair comes'* ]]
}

@test "what was accepted stays though its rule is gone, and can be taken back" {
  opened
  on 44 rules accept bigger --yes
  sed -i '/^rule/,$d' playbooks/shop.lua
  on 45 plan
  says '"cx23" → "cx33"'
  on 45 rules
  says 'bigger  accepted of playbooks/shop.lua, and not said here: pipster rules withdraw bigger'
  on 45 rules withdraw bigger --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 45 plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "what was accepted for something that is not declared any more is told, and left out" {
  opened
  on 44 rules accept bigger --yes
  sed -i 's/^hetzner.server "app"/hetzner.server "web"/; /^rule/,$d' playbooks/shop.lua
  local note='nothing declares hetzner.server/app: what rule bigger, which is accepted, '
  note+='changes of it is left out: pipster rules withdraw bigger'
  on 45 plan
  [ "$(grep -c "Note: $note" <<<"$output")" = 1 ] || { echo "$output"; return 1; }
  says 'hetzner.server/web'
  on 45 rules
  [ "$(grep -c "Note: $note" <<<"$output")" = 1 ] || { echo "$output"; return 1; }
  on 45 rules --format markdown
  says '- **Left out:** nothing declares'
  on 45 plan --json
  jq -es 'any(.[]; .type == "left_out" and .address == "hetzner.server/app" and
    .rule == "bigger")' <<<"$output"
  on 45 rules withdraw bigger --yes
  on 45 plan
  [[ $output != *"$note"* ]] || { echo "$output"; return 1; }
}

@test "what a rule proposes can depend on what is in force" {
  cat >>playbooks/shop.lua <<'P'
rule "next" {
  when = { revenue = "> $500" },
  propose = function(in_force)
    local now = in_force("hetzner.server/app").type
    if now == "cx53" then return "the server is cx53, the largest" end
    local larger = { cx23 = "cx33", cx33 = "cx43", cx43 = "cx53" }
    return {
      text = "larger than " .. now,
      amend = { ["hetzner.server/app"] = { type = larger[now] } },
    }
  end,
}
P
  revenue 0 600 52
  on 0 rules next
  says 'proposes  larger than cx23'
  says 'hetzner.server/app type = "cx33"'
  on 0 rules accept bigger --yes --override 'a fair comes' # which is cx33
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 0 rules next
  says 'hetzner.server/app type = "cx43"'
  says '+7.50 €/month (8.99 € → 16.49 €'
  on 0 rules accept next --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 0 rules next # what was accepted stays what it proposes
  says 'hetzner.server/app type = "cx43"'
  on 0 run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  sed -i 's/type = "cx23"/type = "cx53"/; s/type = "cx33"/type = "cx53"/' playbooks/shop.lua
  on 0 rules withdraw bigger --yes
  on 0 rules withdraw next --yes
  on 0 rules next
  says 'proposes  nothing: the server is cx53, the largest'
  on 0 rules --json
  jq -es 'any(.[]; .name == "next" and .proposed == false and
    .proposal.nothing == "the server is cx53, the largest")' <<<"$output"
}

@test "a forecast asks what a rule would propose by then: it makes nothing smaller" {
  cat >>playbooks/shop.lua <<'P'
rule "third" {
  when = { revenue = "> $600" },
  propose = function(in_force)
    local now = in_force("hetzner.server/app").type
    if now ~= "cx23" then return "the server is larger already" end
    return { amend = { ["hetzner.server/app"] = { type = "cx33" } } }
  end,
}
P
  sed -i 's/type = "cx33" } } },$/type = "cx43" } } },/; s/hold = "14d"/hold = "0"/' \
    playbooks/shop.lua
  revenue 0 1000 60
  on 0 forecast --growth 1%/month --months 2
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says '5.99 € → 16.49 €/month'
  says '16.49 € → 16.49 €/month' # cx43 stays: by then there is nothing to make larger
}

@test "a proposal whose playbook is not there is priced as far as it goes, and not accepted" {
  sed -i 's/propose = {/propose = { include = "playbooks\/phase6.lua",/' playbooks/shop.lua
  opened
  says 'at least +3.00 €/month'
  says 'playbooks/phase6.lua is not there yet'
  on 44 rules accept bigger --yes
  [ "$status" -eq 1 ]
  says 'cannot be accepted: playbooks/phase6.lua is not there yet'
  playbook phase6 <<<'require("hetzner").firewall "more" { inbound = { 443 } }'
  on 44 rules accept bigger --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 44 plan
  says '+ hetzner.firewall/more'
  says '~ hetzner.server/app'
}

@test "rules go by what revenue was told, also by a source that is asked when it is due" {
  on 0 revenue set 600 --customers 52
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  on 0 rules
  says '✓ revenue > $500 is 651.00 $ (600.00 €)'
  on 1 revenue set 900 --customers 60
  on 1 rules
  says 'the reading of 2026-10-02 is too far from the one before'
  on 1 revenue accept
  on 1 rules
  says '✓ revenue > $500 is 976.50 $ (900.00 €)'
  printf 'date,mrr,customers,churned\n2026-10,910,60,3\n' >mrr.csv
  echo 'revenue.csv { file = "mrr.csv", max_age = "60d" }' >>playbooks/shop.lua
  sed -i 's/customers = ">= 50"/customers = ">= 50", churn = "< 6%"/' playbooks/shop.lua
  on 2 rules
  [ "$status" -eq 0 ]
  says '(910.00 €)'
  says '✓ churn < 6% is '
}

@test "exchange rates that are too old are said to be so" {
  revenue 0 600 52
  on 0 rules
  [[ $output != *Beware* ]] || { echo "$output"; return 1; }
  sed -i 's/2026-09-30/2025-09-30/' pipster.lua
  on 0 rules
  says 'Beware: '
}

@test "what was accepted can be taken back though no plan can be made with it any more" {
  sed -i 's/propose = {/propose = { include = "playbooks\/phase6.lua",/' playbooks/shop.lua
  playbook phase6 <<<'require("hetzner").firewall "more" { inbound = { 443 } }'
  opened
  on 44 rules accept bigger --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  rm playbooks/phase6.lua
  on 44 plan
  [ "$status" -ne 0 ]
  says 'there is no playbook playbooks/phase6.lua'
  says 'pipster rules withdraw bigger'
  on 44 rules withdraw bigger --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says 'Withdrawn: bigger.'
  on 44 plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}
