#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The service ends: both monitors see it from outside, and tell it; then it is back.

load ../life/helpers
setup() { setup_deployed; }

second=(--var better_stack=true --var 'budget=$25/month')

# What the stand-in of that endpoint did by itself.
extra() { # ENDPOINT PATH [curl flags]
  local origin
  origin=$(sed -E 's|^(https?://[^/]*).*|\1|' <<<"$1")
  curl -fsS "${@:3}" "$origin/_lab/$2"
}

uptimerobot_says() { # WORD
  [ "$(curl -fsS -H "Authorization: Bearer $UPTIMEROBOT_API_KEY" \
    "$UPTIMEROBOT_ENDPOINT/monitors" | jq -r '.data[0].status')" = "$1" ]
}
better_stack_says() { # WORD
  [ "$(curl -fsS -H "Authorization: Bearer $BETTERSTACK_API_TOKEN" \
    "$BETTERSTACK_ENDPOINT/monitors" | jq -r '.data[0].attributes.status')" = "$1" ]
}
mails() { grep -rhi '^Subject:' "$lab/mail/new"; }

@test "a message for trial arrives" {
  ends 0 test alerts
  tells ops
  extra "$SENDGRID_ENDPOINT" messages | grep -q 'test of the contact ops'
}

@test "the second monitor: over the budget, and then with a larger one" {
  ends 5 run playbooks/phase2.lua --yes --var better_stack=true
  tells 'over the budget of $15/month' 'Better Stack'
  ends 0 run playbooks/phase2.lua --yes "${second[@]}"
  tells '+ monitor.http/identity-better-stack' 'Cost: +9.22 €/month'
  ends 0 plan --detailed-exitcode "${second[@]}"
}

@test "the address is confirmed, and no plan speaks of it any more" {
  ends 0 plan
  tells 'has to be confirmed'
  extra "$UPTIMEROBOT_ENDPOINT" confirm -X POST -o /dev/null
  ends 0 plan
  [[ $output != *'has to be confirmed'* ]]
}

# We ask more often than the vendors let us.
ask_freely() {
  local endpoint
  for endpoint in "$UPTIMEROBOT_ENDPOINT" "$BETTERSTACK_ENDPOINT"; do
    extra "$endpoint" limit -H 'Content-Type: application/json' -d '{"requests": 100000, "seconds": 60}' -o /dev/null
  done
}

@test "stopped: both monitors see it and mail comes; started: both see that, and mail comes" {
  ask_freely
  within 300 uptimerobot_says UP
  within 300 better_stack_says up
  on 'cd /opt/pipster/identity && docker-compose stop identity' >/dev/null
  within 300 uptimerobot_says DOWN
  within 300 better_stack_says down
  within 300 eval 'mails | grep -qi down'
  # A run finds it stopped, and starts it.
  ends 0 run --yes "${second[@]}"
  tells '~ app:docker.compose/identity'
  within 300 uptimerobot_says UP
  within 300 better_stack_says up
  within 300 eval 'mails | grep -qi up'
}

@test "without the second monitor again: it is gone, and so is its price" {
  ends 0 run --yes
  tells '- monitor.http/identity-better-stack' 'Cost: -9.22 €/month'
  [ "$(curl -fsS -H "Authorization: Bearer $BETTERSTACK_API_TOKEN" \
    "$BETTERSTACK_ENDPOINT/monitors" | jq '.data | length')" = 0 ]
  nothing_to_do
}
