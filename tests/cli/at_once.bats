#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Two pipsters in one environment: one works, the other says who does, and since when.

load helpers

setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
P
}
teardown() { stop_lab; }

# The run that was held goes on undisturbed, and nothing was made twice.
held_one_succeeds() {
  release
  wait "$held"
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$(requests '.method == "POST" and .executed' | sort | uniq -d)" = "" ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
  [ "$(sqlite3 .pipster/state/lab.db "select count(*) from run")" = 1 ]
}

names_the_holder() { # VERB
  [ "$status" -eq 6 ] || { echo "$status"; echo "$output"; return 1; }
  [[ $output =~ "process $held runs \`pipster $1\` since "([0-9TZ:.-]+) ]] ||
    { echo "$output"; return 1; }
  local ago=$(($(date +%s) - $(date -d "${BASH_REMATCH[1]}" +%s)))
  [ "$ago" -ge 0 ] && [ "$ago" -le 60 ]
  [[ $output == *"kill $held"* ]]
}

@test "a second run, and every verb that writes, exits 6 with the holder and since when" {
  begin_and_hold
  run "$pipster" --lab run playbooks/shop.lua --yes
  names_the_holder run
  run "$pipster" --lab destroy --yes
  names_the_holder run
  run "$pipster" --lab state rm hetzner.ssh_key/deploy --yes
  names_the_holder run
  [ "$(requests '.method == "POST"' | grep -c ssh_keys)" = 1 ]
  held_one_succeeds
}

@test "the holder's verb is told: a run meets a destroy" {
  "$pipster" --lab run playbooks/shop.lua --yes
  hold DELETE
  "$pipster" --lab destroy --yes >held.log 2>&1 3>&- &
  held=$!
  wait_until fault_is_used_up
  run "$pipster" --lab run playbooks/shop.lua --yes
  names_the_holder destroy
  release
  wait "$held"
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .empty)" = true ]
}

three_are_refused() {
  [ "$(grep -l 'runs `pipster run` since' [1-4].log | wc -l)" = 3 ]
}

@test "of runs that start in the same moment exactly one works" {
  hold POST /servers
  local pids=() codes=() number code
  for number in 1 2 3 4; do
    "$pipster" --lab run playbooks/shop.lua --yes >"$number.log" 2>&1 3>&- &
    pids+=($!)
  done
  wait_until fault_is_used_up
  wait_until three_are_refused || { cat [1-4].log; return 1; }
  release
  for number in 0 1 2 3; do
    code=0
    wait "${pids[$number]}" || code=$?
    codes+=("$code")
  done
  [ "$(printf '%s\n' "${codes[@]}" | sort | paste -sd ' ')" = "0 6 6 6" ] || { cat ./*.log; return 1; }
  [ "$(requests '.method == "POST" and .executed' | sort | uniq -d)" = "" ]
}

@test "a plan beside a run reads, changes nothing and disturbs nothing" {
  begin_and_hold
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(requests '.method == "POST" and (.path | test("ssh_keys"))' | wc -l)" = 1 ]
  kill -0 "$held"
  held_one_succeeds
}

@test "the lock of a holder that was killed is free at once" {
  begin_and_hold
  kill -KILL "$held"
  wait "$held" || true
  release
  wait_until carried_out
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
}
