#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A run that is stopped while the vendor takes its time: what is told, how it ends, and
# that the next run comes out right.

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

ends_with() { # CODE
  local code=0
  wait "$held" || code=$?
  [ "$code" = "$1" ] || { echo "ended with $code"; cat held.log; return 1; }
}

converges() {
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$(requests '.method == "POST" and .executed' | grep -cx 'POST /v1/servers')" = 1 ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
  [ -z "$(sqlite3 .pipster/state/lab.db \
    "select id from step where outcome in ('open', 'uncertain')")" ]
}

@test "the first signal finishes what runs and says so" {
  begin_and_hold
  kill -TERM "$held"
  wait_until grep -q 'waiting for .*hetzner.server/app' held.log
  grep -q 'Stopping: nothing new is begun' held.log
  release
  ends_with 143
  grep -q 'interrupted: what was begun was finished' held.log
  [ "$(sqlite3 .pipster/state/lab.db 'select outcome from run')" = interrupted ]
  converges
}

@test "a shell's low limit of open files is raised: each host takes one" {
  [ "$(ulimit -Hn)" -gt 300 ] || skip "the hard limit is too low"
  ulimit -Sn 300
  begin_and_hold
  [ "$(prlimit --pid "$held" --nofile --output SOFT --noheadings)" -gt 300 ]
  release
  ends_with 0
}

@test "where nobody can be asked the waiting ends within five seconds" {
  begin_and_hold
  kill -INT "$held"
  ends_with 130 # the answer has not come, and does not
  grep -q '1 step still running was not waited for' held.log
  [ "$(sqlite3 .pipster/state/lab.db \
    "select address from step where outcome = 'uncertain'")" = hetzner.server/app ]
  [ "$(sqlite3 .pipster/state/lab.db 'select outcome from run')" = interrupted ]
  # The stand-in still has it; meanwhile the next run asks, and is not put off.
  run "$pipster" --lab run --yes
  [[ $output == *'create hetzner.server/app of run 1'* ]]
  converges
}

@test "the second signal stops at once" {
  begin_and_hold
  kill -INT "$held"
  wait_until grep -q Stopping held.log
  kill -INT "$held"
  ends_with 130
  grep -q 'stopped at once' held.log
  [ "$(sqlite3 .pipster/state/lab.db \
    "select address from step where outcome = 'open'")" = hetzner.server/app ]
  converges
}

@test "stopped for a while and continued: nothing is lost" {
  begin_and_hold
  kill -STOP "$held" # TSTP does nothing where no terminal leads the session
  release
  wait_until carried_out
  kill -CONT "$held"
  ends_with 0
  converges
}

@test "the terminal goes away: it ends like being asked to" {
  begin_and_hold
  kill -HUP "$held"
  wait_until grep -q Stopping held.log
  release
  ends_with 143
  converges
}
