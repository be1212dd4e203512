#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service that stops and starts again, seen from outside; started by tests/lab/watched.

setup() {
  cd "$WATCHED" || return 1
  eval "$("$PIPSTER" lab env | sed 's/^/export /')"
  export PIPSTER_VAR_hook=$PIPSTER_LAB_HOOKS/hook/$PIPSTER_LAB_HOOKS_TOKEN
}

# ends CODE ARGUMENTS…: that pipster ends so; what it printed is $output.
ends() {
  local code=$1
  shift
  run "$PIPSTER" --lab "$@"
  [ "$status" = "$code" ] || { echo "pipster $*: exit $status"; echo "$output"; return 1; }
}

tells() { # WORDS…: each is in $output
  local words
  for words in "$@"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

on() { "$PIPSTER" --lab exec app -- "$1"; }

wait_until() { # COMMAND…
  local end=$((SECONDS + 300))
  until "$@"; do
    [ $SECONDS -lt $end ] || { echo "not within five minutes: $*"; return 1; }
    read -rt 0.1 <> <(:) || true
  done
}

hooked() { # PATTERN: a webhook was called with it
  curl -sf "$PIPSTER_LAB_HOOKS/_lab/messages" | jq -r '.messages[].text' | grep -q -- "$1"
}

mailed() { # PATTERN: it stands in a mail to the contact
  grep -rls 'ops@pipster.app' .pipster/lab/mail/new | xargs -r grep -qs -- "$1"
}

confirm() { # what the owner does by the link in the mail
  curl -sf -X POST "${UPTIMEROBOT_ENDPOINT%/v3}/_lab/confirm" >/dev/null
}

@test "it is set up, and then there is nothing to do" {
  ends 0 run playbooks/watched.lua --yes
  tells 'ops@pipster.app has to be confirmed' '✓ check.uptime/identity passed'
  [[ $output != *'identity was up'* ]] # it was not asked for before it was there
  confirm
  ends 0 plan --detailed-exitcode
  tells 'No changes.'
}

@test "the service is stopped: both see it, and tell by mail and by webhook" {
  on 'systemctl stop web'
  wait_until mailed 'identity is Down'
  wait_until hooked 'identity is Down'
  wait_until hooked '"Started"'
  ends 0 run --yes # it is started again, since it is declared
  tells 'app:service/web'
}

@test "it is back: both see that too, and the uptime that was missed is a warning" {
  wait_until mailed 'identity is Up'
  wait_until hooked 'identity is Up'
  wait_until hooked '"Resolved"'
  ends 0 run --yes
  tells 'identity was up' '% of 7 days, under 99.999 %'
}

@test "what ticks no more is told of" {
  on 'systemctl stop tick'
  wait_until mailed 'tick is Down'
  ends 0 run --yes
  wait_until mailed 'tick is Up'
}

@test "everything is removed, at the services too" {
  ends 0 destroy --yes --allow-destroy all
  for service in uptimerobot betterstack; do
    endpoint=${service^^}_ENDPOINT
    origin=$(sed 's|^\(http://[^/]*\)/.*|\1|' <<<"${!endpoint}")
    [ "$(curl -sf "$origin/_lab/status" | jq '[.objects[]] | add')" = 0 ]
  done
}
