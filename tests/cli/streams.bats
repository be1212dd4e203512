#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Nobody reads what is printed, or it cannot be written: what is done is done all the same.

load helpers

setup() {
  setup_project
  start_lab
  playbook shop <<'P'
require("hetzner").firewall "web" { inbound = { 443 } }
P
}
teardown() { stop_lab; }

converged() {
  run "$pipster" --lab plan playbooks/shop.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the reader goes away: the run is whole" {
  code=$("$pipster" --lab run playbooks/shop.lua --yes --json 3>&1 2>err | { exec <&-; }; echo "${PIPESTATUS[0]}")
  [ "$code" = 0 ] || { echo "$code"; cat err; return 1; }
  converged
}

@test "no standard streams at all: nothing is written into the state" {
  code=0
  "$pipster" --lab run playbooks/shop.lua --yes <&- >&- 2>&- || code=$?
  [ "$code" = 0 ]
  converged
  [ "$(sqlite3 .pipster/state/lab.db 'pragma integrity_check')" = ok ]
}

@test "a full disk under the output is told" {
  [ -e /dev/full ] || skip "no /dev/full here"
  code=0
  "$pipster" --lab run playbooks/shop.lua --yes >/dev/full 2>err || code=$?
  [ "$code" = 1 ]
  grep -q 'could not be written whole' err
  grep -q 'what was done is done' err
  converged
}
