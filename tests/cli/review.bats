#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pipster review: computed from the state, answered for a quarter, or not known.

load helpers

setup() {
  setup_project
  start_lab
  export SOURCE_DATE_EPOCH=1769904000 # 2026-02-01
}
teardown() { stop_lab; }

tells() { # CODE WORDS…: of the last `run`
  [ "$status" = "$1" ] || { echo "exit $status"; echo "$output"; return 1; }
  local words
  for words in "${@:2}"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

shop() {
  playbook shop <<'P'
phase(1, "Shop")
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
local host = app:host { }
local token = secret("token", { length = 24, rotate_every = "90d" })
host:file "/etc/token" { content = token, mode = "0600" }
P
  "$pipster" --lab run playbooks/shop.lua --yes
}

state() { # SQL
  sqlite3 .pipster/state/lab.db "$1"
}

line() { # NAME: "state: what it saw"
  "$pipster" --lab review --json |
    jq -r --arg name "$1" 'select(.type == "review_line" and .name == $name) |
      "\(.state): \(.saw)"'
}

# No line of the roadmap's two lists is left out, or said in other words.
@test "the checklist has the nine lines of the quarter and all success criteria" {
  "$pipster" --lab review --json >lines
  [ "$(jq -r 'select(.part == "Every quarter") | .text' lines)" = \
    'Review server costs vs. revenue
Check if scaling needed
Update all system packages
Rotate secrets (passwords, keys)
Test backup restoration
Review security audit logs
Update documentation
Review and optimize costs
Plan next quarter improvements' ]
  [ "$(jq -r 'select(.type == "review_line" and (.part | test("^Phase|^Long"))) | .text' \
    lines)" = \
    'App deployed and accessible via HTTPS
Health checks passing
Under $15/month total cost
99%+ uptime
Automated backups working
Monitoring in place
CI/CD pipeline working
Push-to-deploy functioning
Zero-downtime deployments
All services deployed
End-to-end signal processing working
Still under $30/month
Infrastructure < 10% of revenue
99.9%+ uptime
Profitable business
Happy customers' ]
}

@test "before anything is there nothing is met, nothing is asked of the API, nothing is written" {
  forget
  run "$pipster" --lab review --detailed-exitcode
  tells 2 '? Test backup restoration  (restore)' 'Was a backup restored for trial this quarter?' \
    'pipster review answer restore "yes"' 'cost is not known: nothing was run yet' \
    '0 met, 2 missed,' 'Never gone through, due on 2026-05-01.'
  [ -z "$(requests)" ]
  [ ! -e .pipster/state/lab.db ]
}

@test "what the state shows is computed" {
  shop
  [ "$(line phase1-cost)" = 'met: cost < $15 is 6.50 $ (5.99 €)' ]
  [[ $(line packages) == 'missed: stale_hosts is 1: 1 from <= 0'* ]]
  [ "$(line secrets)" = 'met: secret_days <= 92 is 0; secrets_due <= 0 is 0' ]
  [[ $(line restore) == 'not known: Was a backup restored'* ]]
  [[ $(line phase2-uptime) == 'not known: uptime_30d is not known: no check of it'* ]]
  [[ $(line phase2-monitoring) == 'missed: '* ]]
  state "insert into measurement (run, address, name, value, unit, at_ms) values
    (1, 'check.uptime/a', 'uptime_30d', 99.95, '%', 1769904000000),
    (1, 'check.uptime/b', 'uptime_30d', 99.4, '%', 1769904000000),
    (1, 'app:check.backup/db', 'drill_age', 86400, 's', 1769904000000),
    (1, 'app:check.backup/db', 'age', 3600, 's', 1769904000000);"
  [ "$(line phase2-uptime)" = 'met: uptime_30d >= 99% is 99.4%' ]
  [[ $(line long-uptime) == 'missed: uptime_30d is 99.4%: 0.5% from >= 99.9%' ]]
  [ "$(line restore)" = 'met: drill_days <= 92 is 1' ]
  [ "$(line phase2-backups)" = 'met: backup_hours <= 26 is 1' ]
  # An age goes on; what was measured long ago says nothing of today.
  export SOURCE_DATE_EPOCH=$((1769904000 + 93 * 86400))
  [[ $(line restore) == 'missed: drill_days is 94: 2 from <= 92' ]]
  [[ $(line secrets) == 'missed: secret_days is 93: 1 from <= 92; secrets_due is 1: '* ]]
  [[ $(line phase2-uptime) == 'not known: uptime_30d is not known: it was measured too long ago'* ]]
}

@test "costs beside the revenue, as long as that is fresh" {
  shop
  [[ $(line long-share) == 'not known: share is not known: nobody told it'* ]]
  state "insert into revenue (read_at_ms, as_of_ms, fresh_until_ms, source, currency, gross,
      cautious, at_risk, customers, accepted)
    values (1769904000000, 1769904000000, 1769990400000, 'typed in', 'USD', '70', '65', '0',
      3, 1);"
  [[ $(line long-share) == 'met: share < 10% is 9.99'* ]]
  [[ $(line costs) == 'met: share < 10% is 9.99'* ]]
  state "update revenue set cautious = '64.9';"
  [[ $(line long-share) == 'missed: share is 10.01'* ]]
  state "update revenue set accepted = 0;"
  [[ $(line long-share) == 'not known: '* ]]
  state "update revenue set accepted = 1, fresh_until_ms = 1769903999000;"
  [[ $(line long-share) == 'not known: '* ]]
}

@test "an answer is kept with its date and counts for a quarter" {
  run "$pipster" --lab review answer audit 'by Anna, two findings'
  tells 0 'audit: "by Anna, two findings", counts until 2026-05-01.'
  "$pipster" --lab review answer soc2 no
  [ "$(line audit)" = \
    'met: "by Anna, two findings", answered on 2026-02-01, counts until 2026-05-01' ]
  [[ $(line soc2) == 'missed: "no", answered on 2026-02-01'* ]]
  export SOURCE_DATE_EPOCH=1777593599 # the last second of 2026-04-30
  [[ $(line soc2) == 'missed: '* ]]
  export SOURCE_DATE_EPOCH=1777593600
  [[ $(line soc2) == 'not known: '*'"no", of 2026-02-01, counted until 2026-05-01' ]]
  run "$pipster" --lab status --detailed-exitcode
  tells 2 'the answer to audit is of 2026-02-01 and counts no more'
  "$pipster" --lab review answer soc2 yes
  [[ $(line soc2) == 'met: "yes", answered on 2026-05-01'* ]]
  [ "$(state 'select count(*) from answer')" = 3 ]
}

@test "a name that nothing asks for is refused with those that are" {
  run "$pipster" --lab review answer soc3 no
  tells 64 'nothing asks for "soc3"' 'asked are: costs, ' 'did you mean soc2?'
  run "$pipster" --lab review answer packages yes
  tells 64 'packages is computed: nobody is asked'
  run "$pipster" --lab review answer soc2
  tells 64 'takes a name and the answer'
  run "$pipster" --lab review answer soc2 ''
  tells 64 'an answer has 1 to 2000 bytes'
}

@test "what a rule of the playbook last run asks for can be answered too" {
  shop
  run "$pipster" --lab review answer warehouse yes
  tells 64 'nothing asks for "warehouse"'
  cat >>playbooks/shop.lua <<'P'
rule "larger" { when = { warehouse = "yes" }, propose = { text = "a larger one" } }
P
  "$pipster" --lab review answer warehouse yes
  echo 'error("broken")' >playbooks/shop.lua
  run "$pipster" --lab review answer warehouse no
  tells 64 'nothing asks for' 'of a playbook that could not be read: playbooks/shop.lua'
}

@test "three months after the first run every plan and status says that it is due" {
  shop
  export SOURCE_DATE_EPOCH=1777593599 # the last second of 2026-04-30
  run "$pipster" --lab plan
  [[ $output != *'the review is due'* ]]
  export SOURCE_DATE_EPOCH=1777593600
  run "$pipster" --lab plan --detailed-exitcode
  tells 0 'the review is due since 2026-05-01: pipster review'
  [ "$(grep -c 'the review is due' <<<"$output")" = 1 ]
  [ "$("$pipster" --lab plan --json | grep -c 'the review is due')" = 1 ]
  run "$pipster" --lab status
  tells 0 'review    the review is due since 2026-05-01: pipster review'
}

@test "it is done once nothing that is asked is open, and due again a quarter later" {
  shop
  export SOURCE_DATE_EPOCH=1777593600
  run "$pipster" --lab review done
  tells 1 'some of it is not answered' 'asked is still: ' 'restore, audit, '
  [[ $output != *soc2* ]] # no decision is waiting
  for name in $("$pipster" --lab review --json |
    jq -r 'select(.type == "review_line" and .next != null) | .name'); do
    "$pipster" --lab review answer "$name" yes
  done
  run "$pipster" --lab review done
  tells 0 'counts until 2026-08-01.'
  run "$pipster" --lab plan
  [[ $output != *'the review is due'* ]]
  export SOURCE_DATE_EPOCH=1785542400 # 2026-08-01
  run "$pipster" --lab plan
  tells 0 'the review is due since 2026-08-01: pipster review'
  run "$pipster" --lab review
  tells 0 'Gone through on 2026-05-01, due since 2026-08-01.'
}

@test "a checklist of one's own" {
  playbook review <<'P'
include "phase0"
review "tea" { text = "Buy tea", ask = "Is there tea?" }
P
  playbook phase0 <<'P'
review "cheap" { part = "Money", text = "Under ten", when = { cost = "< 10 EUR" } }
P
  [[ $(line cheap) == 'not known: '* ]]
  "$pipster" --lab review answer tea yes
  run "$pipster" --lab review
  tells 0 'Money' 'Under ten' 'Buy tea' '1 met, 0 missed, 1 not known.'
  echo 'local x = 1' >playbooks/empty.lua
  run "$pipster" --lab review playbooks/empty.lua
  tells 64 'has no line of a checklist'
}

@test "the lines of REVIEW.md are read, and its table has every figure" {
  sed -n '/^```lua$/,/^```$/{/^```/d;p}' "$root/docs/REVIEW.md" | playbook review
  [ "$(grep -c '^review ' playbooks/review.lua)" = 2 ]
  run "$pipster" --lab review
  tells 0 'A hundred customers' 'Insurance paid' 'Test backup restoration' 'Need SOC2'
  sed -n '/^| figure /,/^$/p' "$root/docs/REVIEW.md" | grep -o '^|[^|]*|' |
    grep -o '`[a-z_0-9]*`' | tr -d '`' | sort >told
  echo 'review "a" { text = "a", when = { none = "< 1" } }' >playbooks/review.lua
  run "$pipster" --lab review
  tells 1 'there is no figure "none"'
  sed -n 's/.*known are: //p' <<<"$output" | tr -d ' ' | tr ',' '\n' | sort >known
  diff told known
}

@test "what is retired stands below the checklist, with what to take instead" {
  shop
  run "$pipster" --lab review
  [[ $output != *'Retired or dearer'* ]]
  sqlite3 .pipster/state/lab.cache "update fact set text = json_set(text,
    '\$.retired[#]', json('{\"type\":\"cx23\",\"location\":\"nbg1\",
      \"after\":\"2026-01-31T23:59:59Z\",\"take\":\"cx33\",\"price\":\"8.4900000000\"}'))
    where key = 'hetzner.radar'"
  run "$pipster" --lab review
  tells 0 'Retired or dearer' '! hetzner.server/app: cx23 in nbg1 is not sold any more' \
    'cx33 is as large, 8.49 €/month'
  [ "$("$pipster" --lab review --json | jq -r 'select(.type == "review_price") | .data.take')" = cx33 ]
}

@test "an exported state can be looked at, and not answered into" {
  shop
  "$pipster" --lab review answer soc2 no
  "$pipster" --lab state export state.json
  rm -r .pipster/state
  run "$pipster" --lab review --state state.json
  tells 0 '"no", answered on 2026-02-01' 'stale_hosts is 1: ' \
    'cost is not known: an exported state has no runs in it'
  run "$pipster" --lab review answer soc2 yes --state state.json
  tells 64 'an exported state can only be looked at'
  [ ! -e .pipster/state/lab.db ]
}
