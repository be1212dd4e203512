#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/ci-rules: the commands of its workflows, as a runner carries them out, day by
# day; what stands in summaries and annotations.

load helpers
setup() {
  setup_project
  cp -r "$root/examples/ci-rules/." .
  start_lab
  export PIPSTER_LAB=1 PATH=$(dirname "$pipster"):$PATH
  export GITHUB_STEP_SUMMARY=$project/summary.md
  income 45000 48
  on 0 pipster run playbooks/shop.lua --yes
  pipster state export state.json
}
teardown() { stop_lab; }

on() { # DAY COMMAND…
  local at=$((1790812800 + $1 * 86400))
  shift
  SOURCE_DATE_EPOCH=$at run "$@"
}

commands_of() { # WORKFLOW STEP
  awk -v step="- name: $2" 'index($0, step) { on = 1 }
    on && /^ +- / && !index($0, step) { exit }
    found { sub(/^          /, ""); print }
    on && /run: \|/ { found = 1 }' ".github/workflows/$1.yml"
}

# A runner knows what is in the repository, and nothing else.
judge() { # DAY
  commands_of rules 'Judge the rules' >step.sh
  [ "$(wc -l <step.sh)" -ge 5 ]
  rm -rf .pipster/state config
  : >summary.md
  on "$1" bash -e step.sh
}

income() { # CENTS CUSTOMERS
  curl -sf "${STRIPE_ENDPOINT%/v1}/_lab/revenue" -d "{\"cents\":$1,\"customers\":$2}" >/dev/null
}

says() { # TEXT
  [[ $output == *"$1"* ]] || { echo "not said: $1"; echo "$output"; return 1; }
}

sums_up() { # TEXT
  grep -qF -- "$1" summary.md || { echo "not in the summary: $1"; cat summary.md; return 1; }
}

@test "every morning: two weeks over the bound, then the proposal with its price and reason" {
  judge 0
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  sums_up '### bigger-server: closed'
  [[ $output != *'::warning'* ]]
  income 60000 52
  for day in 1 8; do
    judge "$day"
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
    sums_up 'not long enough yet since 2026-10-02'
    [[ $output != *'::warning'* ]]
  done
  judge 15
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says '::warning file=playbooks/shop.lua,line=6,title=rule bigger-server::'
  says 'pipster rules accept bigger-server'
  sums_up '### bigger-server: open'
  sums_up 'hetzner.server/app type = "cx33"'
  sums_up '**Costs:**'
  sums_up '✓ customers'
  sums_up '`pipster rules accept bigger-server`'
  jq -e '.revenues | length >= 4' state.json
  jq -e '.evaluations[0].is_proposed' state.json
  ! grep -q "$STRIPE_API_KEY" state.json summary.md
}

@test "a proposal that costs too much fails the job" {
  sed -i 's/below = "10%", warn = "15%"/below = "0.1%", warn = "0.2%"/' playbooks/shop.lua
  income 60000 52
  for day in 1 8 15; do judge "$day"; done
  [ "$status" -ne 0 ]
  says '::error file=playbooks/shop.lua,line=6,title=rule bigger-server::'
}

@test "a pull request: what it changes, from the state in the repository, nothing written" {
  sed -i 's/"cx23"/"cx33"/' playbooks/shop.lua
  rm -rf .pipster/state config
  commands_of plan Plan >step.sh
  [ "$(wc -l <step.sh)" -ge 2 ]
  before=$(sha256sum state.json)
  on 1 bash -e step.sh
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  says '::notice file=playbooks/shop.lua,line=4,title=update hetzner.server/app::'
  sums_up '| update | hetzner.server/app |'
  sums_up 'Cost: +'
  grep -q '### bigger-server: closed' rules.md
  [ "$before" = "$(sha256sum state.json)" ]
  [ -z "$(ls .pipster/state 2>/dev/null | grep -v cache)" ]
}

@test "plan: 0 nothing, 2 a proposal, 5 one that costs too much; with an exported state too" {
  income 60000 52
  on 1 pipster revenue --refresh
  on 1 pipster rules
  for state in '' '--state state.json'; do
    on 1 pipster plan playbooks/shop.lua --detailed-exitcode $state
    [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  done
  on 8 pipster rules
  on 15 pipster revenue --refresh
  on 15 pipster rules
  pipster state export state.json
  for state in '' '--state state.json'; do
    on 15 pipster plan playbooks/shop.lua --detailed-exitcode $state
    [ "$status" -eq 2 ] || { echo "$output"; return 1; }
    on 15 pipster rules --detailed-exitcode $state
    [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  done
  sed -i 's/below = "10%", warn = "15%"/below = "0.1%", warn = "0.2%"/' playbooks/shop.lua
  for state in '' '--state state.json'; do
    on 15 pipster plan playbooks/shop.lua --detailed-exitcode --format markdown $state
    [ "$status" -eq 5 ] || { echo "$output"; return 1; }
    says '### bigger-server: open, and costs too much'
    says '### Plan of playbooks/shop.lua'
  done
}

@test "an exported state that is missing or cut off is told, with what to type" {
  pipster state export state.json
  head -c 300 state.json >cut.json
  on 1 pipster rules --state cut.json
  [ "$status" -eq 1 ] || { echo "$output"; return 1; }
  says 'where cut.json'
  says 'next  export it anew: pipster state export cut.json'
  on 1 pipster rules --state none.json
  [ "$status" -eq 64 ] || { echo "$output"; return 1; }
  says 'next  pipster state export none.json'
}

@test "plan and rules agree on what is no proposal: whether it can be paid is not known" {
  cat >>playbooks/shop.lua <<'END'
rule "audited" {
  evidence = { soc2 = "yes" },
  afford = { below = "10%" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
END
  sed -i 's/exchange = {[^}]*},//' pipster.lua # the revenue is in dollars, the costs are not
  on 1 pipster review answer soc2 yes
  for verb in plan rules; do
    on 1 pipster "$verb" playbooks/shop.lua --detailed-exitcode
    [ "$status" -eq 0 ] || { echo "$verb"; echo "$output"; return 1; }
  done
  on 1 pipster rules playbooks/shop.lua audited
  says 'what it would be of the revenue is not known'
}

@test "what stops a job is an annotation too" {
  sed -i '2a guard.budget { max = "$1/month" }' playbooks/shop.lua
  sed -i 's/"cx23"/"cx33"/' playbooks/shop.lua
  run pipster plan playbooks/shop.lua --state state.json --format github
  [ "$status" -eq 5 ] || { echo "$output"; return 1; }
  grep -q '^::error .*title=.*::' <<<"$output" || { echo "$output"; return 1; }
  echo 'server "' >>playbooks/shop.lua
  run pipster plan playbooks/shop.lua --state state.json --format github
  [ "$status" -eq 1 ]
  says '::error file=playbooks/shop.lua,line='
}

@test "--format: one of three, for those that speak it" {
  run pipster rules playbooks/shop.lua --format html
  [ "$status" -eq 64 ]
  says 'markdown, github or json'
  run pipster doctor --format markdown
  [ "$status" -eq 64 ]
  run pipster rules playbooks/shop.lua --format json
  [ "$status" -eq 0 ]
  [ "$(jq -r 'select(.type == "rule") | .name' <<<"$output")" = bigger-server ]
}
