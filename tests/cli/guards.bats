#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Guards block with exit code 5 and say which, what and what next; --override goes on once
# and is kept.

load helpers

setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

# shop GUARDS…: the playbook with these lines before it.
shop() {
  { printf '%s\n' "$@"; cat <<'P'; } >playbooks/shop.lua
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
hetzner.server "app" {
  type = input("type", { default = "cx23" }), image = "debian-12", location = "nbg1",
  ssh_keys = { key }, labels = { team = "core" },
}
P
}

blocked() { # WORD…
  run "$pipster" --lab run playbooks/shop.lua --yes "${more[@]}"
  [ "$status" -eq 5 ] || { echo "$status: $output"; return 1; }
  for word in "$@" 'playbooks/shop.lua:1' '--override REASON'; do
    [[ $output == *"$word"* ]] || { echo "not told: $word"; echo "$output"; return 1; }
  done
  [ -z "$(requests '.method != "GET"')" ]
}

@test "a forbidden type" {
  more=()
  shop 'guard.forbid { types = { "hetzner.server" }, because = "we rent no machines" }'
  blocked 'hetzner.server/app may not be' 'we rent no machines'
}

@test "a required label" {
  more=()
  shop 'guard.require_labels { "team", "cost-center", types = "hetzner.server" }'
  blocked 'hetzner.server/app has no label "cost-center"' 'labels = { ["cost-center"]'
}

@test "a downtime that is too long" {
  shop
  "$pipster" --lab run playbooks/shop.lua --yes
  forget
  more=(--var type=cx33)
  shop 'guard.forbid_downtime { over = "1m" }'
  blocked 'hetzner.server/app would be down: 1 to 2 minutes'
  shop 'guard.forbid_downtime { over = "2m" }'
  run "$pipster" --lab run playbooks/shop.lua --yes "${more[@]}"
  [ "$status" -eq 0 ]
}

@test "a rule of its own" {
  more=()
  shop 'guard.rule "few" { check = function(plan) return #plan.changes < 2, plan.changes[2].address .. " is too much" end }'
  blocked 'the guard "few" forbids this plan' 'is too much'
  shop 'guard.rule "broken" { check = function(plan) return plan.no.more end }'
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/shop.lua:1'* ]]
}

@test "a share of the revenue is not judged before there is one" {
  shop 'guard.budget { max_share_of_revenue = "10%" }'
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output == *'no revenue is known'* ]]
}

@test "a plan that is blocked is shown, and so it is by plan" {
  shop 'guard.budget { max = "€1/month" }'
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 5 ]
  [[ $output == *'+ hetzner.server/app'*'over the budget of €1/month'* ]]
}

@test "an override goes on, is shown, and is kept with the run" {
  shop 'guard.budget { max = "€1/month" }' 'guard.forbid { types = "hetzner.server" }'
  run "$pipster" --lab run playbooks/shop.lua --yes --override 'the shop is down'
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'over the budget of €1/month'*'overridden, "the shop is down"'* ]]
  [[ $output == *'hetzner.server/app may not be'*'overridden, "the shop is down"'* ]]
  [ "$(sqlite3 .pipster/state/lab.db 'select options from run' | jq -r .override)" = \
    'the shop is down' ]
}

@test "an override wants a reason, and lifts no protection" {
  run "$pipster" --lab run playbooks/shop.lua --yes --override
  [ "$status" -eq 64 ]
  run "$pipster" --lab run playbooks/shop.lua --yes --override=
  [ "$status" -eq 64 ]
  [[ $output == *'reason'* ]]
  playbook kept <<'P'
require("hetzner").primary_ip "app" { type = "ipv4", location = input("at", { default = "nbg1" }) }
P
  "$pipster" --lab run playbooks/kept.lua --yes
  run "$pipster" --lab run playbooks/kept.lua --yes --var at=fsn1 --override 'it is only a test'
  [ "$status" -eq 5 ]
  [[ $output == *'--allow-destroy'* ]]
}

@test "what destroys all is judged by the guards too, and a budget has no say in it" {
  shop 'guard.budget { max = "€100/month" }'
  "$pipster" --lab run playbooks/shop.lua --yes
  shop 'guard.rule "kept" { check = function(plan) return plan.destroy < 2, "it earns money" end }'
  forget
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 5 ] || { echo "$output"; return 1; }
  [[ $output == *'- hetzner.server/app'*'the guard "kept" forbids this plan'*'it earns money'* ]]
  [[ $output == *'playbooks/shop.lua:1'*'--override REASON'* ]]
  [ -z "$(requests '.method != "GET"')" ]
  shop 'guard.budget { max = "€1/month", max_share_of_revenue = "1%" }' 'this is no Lua'
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 1 ] || { echo "$output"; return 1; }
  [[ $output == *'while reading the guards of playbooks/shop.lua'*'--override REASON'* ]]
  shop 'guard.budget { max = "€1/month", max_share_of_revenue = "1%" }'
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output != *budget* ]]
}
