#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Honest verdicts: will change, no change, may change because of something that is said.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
local host = app:host { }
host:file "/etc/motd" { content = input("motd", { default = "hello" }) .. app.ipv4 }
host:command "once" { run = "make install", creates = "/usr/local/bin/x" }
host:command "asked" { run = "migrate", unless = "migrated" }
host:command "safe" { run = "reindex", only_if = "needs-index", safe = true }
P
}
teardown() { stop_lab; }

@test "a fresh server's host is planned to the last line, its unknowns said" {
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output == *'+ host/app  may change: host/app is not there yet'* ]]
  [[ $output == *'address        (known after apply)'* ]]
  [[ $output == *'+ app:file/etc/motd  may change: host/app is not there yet'* ]]
  [[ $output == *'content        (known after apply)'* ]]
  [[ $output == *'+ app:command/safe'* ]]
  [[ $output == *'Plan: 6 to add, 0 to change, 0 to destroy. 5 of them may change.'* ]]
}

@test "a guard that only a run may ask: may change, exit 2, and a run finds it needless" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'~ app:command/asked  may change: its unless is run only by a run'* ]]
  [[ $output != *'app:command/safe'* ]]
  [[ $output != *'app:command/once'* ]]
  [[ $output == *'Plan: 0 to add, 1 to change, 0 to destroy. 1 of them may change.'* ]]
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  [[ $output == *'= app:command/asked as it should be'* ]]
  [[ $output == *'0 done, 0 failed, 0 skipped, 1 not needed'* ]]
}

@test "behind another change it decides on the host, and says that nothing was needed" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab run --yes --var motd=changed
  [ "$status" -eq 0 ]
  [[ $output == *'app:file/etc/motd changed'* ]]
  [[ $output == *'app:command/asked as it should be'* ]]
  [[ $output == *'1 done, 0 failed, 0 skipped, 1 not needed'* ]]
}

@test "JSON tells the verdict and why" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run --yes --json >run.jsonl
  [ "$(jq -r 'select(.type == "planned_change") | "\(.action) \(.verdict) \(.because)"' run.jsonl)" = \
    'update may its unless is run only by a run' ]
  [ "$(jq -r 'select(.type == "apply_needless").address' run.jsonl)" = app:command/asked ]
  [ "$(jq -r 'select(.type == "run_summary").needless' run.jsonl)" = 1 ]
}
