#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Stages: what needs real answers is deferred, asked for round by round, never lost.

load helpers
setup() {
  setup_project
  start_lab
  export PIPSTER_VAR_lab=$PIPSTER_LAB_URL
  playbook shop <<'P'
local hetzner, check = require "hetzner", require "check"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
stage("cluster", function()
  local ip = value(app.ipv4)
  local host = app:host { }
  host:file "/etc/peers" { content = ip .. "\n" }
  hetzner.firewall("of-" .. ip:gsub("%.", "-")) { inbound = { 22 } }
end)
check.http "lab" { url = input("lab") .. "/status" }
output { address = app.ipv4 }
P
}
teardown() { stop_lab; }

server_id() {
  curl -s -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT/servers" |
    jq '.servers[0].id'
}

delete_server() {
  curl -s -X DELETE -H "Authorization: Bearer $HCLOUD_TOKEN" \
    "$HCLOUD_ENDPOINT/servers/$(server_id)" >/dev/null
}

objects() { # KIND
  curl -s "$PIPSTER_LAB_URL/status" | jq ".objects.$1"
}

@test "a plan says what a stage waits for, and has no check that stands behind it" {
  run "$pipster" --lab plan playbooks/shop.lua --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'stage "cluster" is deferred: hetzner.server/app.ipv4 is known after apply'* ]]
  [[ $output == *'Plan: 1 to add, 0 to change, 0 to destroy. 1 stage is deferred.'* ]]
  [[ $output != *'check'* ]]
}

@test "a run goes round by round until nothing is deferred; then there is nothing to do" {
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ]
  [[ $output == *'Round 2'* ]]
  [[ $output != *'Round 3'* ]]
  [[ $output == *'Checks: 1 of 1 passed.'* ]]
  [ "$(grep -c 'address = 192.0.2.' <<<"$output")" -eq 1 ]
  [ "$(objects firewalls)" -eq 1 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [[ $output == *'No changes.'* ]]
  forget
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  [[ $output != *'Round'* ]]
  [ -z "$(requests '.method != "GET"')" ]
}

@test "an answer that the plan takes back defers the stage; nothing of it is destroyed" {
  "$pipster" --lab run playbooks/shop.lua --yes
  delete_server
  run "$pipster" --lab plan
  [ "$status" -eq 0 ]
  [[ $output == *'+ hetzner.server/app  gone since the last run'* ]]
  [[ $output == *'stage "cluster" is deferred: hetzner.server/app.ipv4'* ]]
  [[ $output == *'3 things that it declared stay as they are'* ]]
  [[ $output == *'1 to add, 0 to change, 0 to destroy. 1 stage is deferred.'* ]]
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  [ "$(objects servers)" -eq 1 ]
  [ "$(objects firewalls)" -eq 1 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "a second round that is killed is taken up by the next run" {
  PIPSTER_CRASH_AT=http-sent:3 PIPSTER_CRASH_LOG=$project/points \
    run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 137 ]
  [ "$(objects servers)" -eq 1 ]
  PIPSTER_CRASH_AT=host-step PIPSTER_CRASH_LOG=$project/points \
    run "$pipster" --lab run --yes
  [ "$status" -eq 137 ]
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  [ "$(objects servers)" -eq 1 ]
  [ "$(objects firewalls)" -eq 1 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "what a killed round began stays as it is while its stage is deferred" {
  "$pipster" --lab run playbooks/shop.lua --yes
  sed -i 's/inbound = { 22 } }/inbound = { 22 } }\n  hetzner.firewall "late" { inbound = { 80 } }/' \
    playbooks/shop.lua
  "$pipster" lab fault reset_after POST /firewalls
  "$pipster" --lab run --yes || true
  delete_server
  run "$pipster" --lab plan
  [ "$status" -eq 0 ]
  [[ $output == *'0 to destroy. 1 stage is deferred.'* ]]
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  [ "$(objects firewalls)" -eq 2 ]
}

@test "destroy removes what a deferred stage made too" {
  "$pipster" --lab run playbooks/shop.lua --yes
  delete_server
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 0 ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .empty)" = true ]
  [ -z "$("$pipster" --lab state list)" ]
}

@test "a stage that nothing makes evaluable ends with its line, not in a loop" {
  playbook stuck <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
  public_net = { ipv6 = false },
}
stage("six", function()
  hetzner.firewall "six" { inbound = { value(app.ipv6) and 22 } }
end)
P
  run "$pipster" --lab run playbooks/stuck.lua --yes
  [ "$status" -eq 3 ]
  [[ $output == *'stage "six" cannot be evaluated: hetzner.server/app.ipv6 is still not known'* ]]
  [[ $output == *'playbooks/stuck.lua:7'* ]]
  [[ $output == *'pipster types hetzner.server'* ]]
  run "$pipster" --lab run --yes
  [ "$status" -eq 1 ]
}

@test "an error in a stage is an error, with its line" {
  playbook wrong <<'P'
stage("a", function()
  local nothing
  return nothing.field
end)
P
  run "$pipster" plan playbooks/wrong.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/wrong.lua:3'* ]]
}

@test "a failure in the second round: stopped part-way, and it says in which" {
  "$pipster" lab fault 500 POST /firewalls
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 3 ]
  [[ $output == *'while carrying out round 2'* ]]
  [ "$(objects servers)" -eq 1 ]
}

@test "JSON: the deferred stage with what it waits for, a line before each round" {
  "$pipster" --lab run playbooks/shop.lua --yes --json >run.jsonl
  [ "$(jq -r 'select(.type == "deferred_stage") | "\(.stage) \(.waits_for) \(.where)"' run.jsonl)" = \
    'cluster hetzner.server/app.ipv4 playbooks/shop.lua:3' ]
  [ "$(jq -r 'select(.type == "change_summary").deferred' run.jsonl | tr '\n' ' ')" = '1 0 ' ]
  [ "$(jq -r 'select(.type == "round").round' run.jsonl)" = 2 ]
  [ "$(jq -r 'select(.type == "outputs") | .type' run.jsonl | wc -l)" -eq 1 ]
}
