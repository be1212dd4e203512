#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Plan, run, destroy against the strict stand-in, without hosts.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
phase(1, "Shop")
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 443 } }
local app = hetzner.server "app" {
  type = input("type", { default = { "cx23", "cpx22" } }), image = "debian-12",
  location = { "nbg1", "fsn1" }, ssh_keys = { key }, firewalls = { web }, backups = true,
}
output { address = app.ipv4 }
P
}
teardown() { stop_lab; }

@test "plan: reads only, prices every line, writes nothing" {
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output == *'+ hetzner.server/app'* ]]
  [[ $output == *'Plan: 3 to add, 0 to change, 0 to destroy.'* ]]
  [[ $output == *'Cost: +7.09 €/month (0.00 → 7.09).'* ]]
  [ -z "$(requests '.method != "GET"')" ]
  [ -n "$(requests)" ]
  [ ! -e .pipster/state/lab.db ]
}

@test "run, then the same again: No changes, and no call but reads" {
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ]
  [[ $output == *'address = 192.0.2.'* ]]
  forget
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ]
  [[ $output == *'No changes.'* ]]
  [ -n "$(requests)" ]
  [ -z "$(requests '.method != "GET"')" ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "one list request per kind and page in a plan that changes nothing" {
  "$pipster" --lab run playbooks/shop.lua --yes
  forget
  "$pipster" --lab plan
  [ "$(requests | sort | uniq -d)" = "" ]
  [ "$(requests '.path | test("/[0-9]+$")')" = "" ]
}

@test "drift is found: a firewall rule changed by hand" {
  "$pipster" --lab run playbooks/shop.lua --yes
  id=$(curl -s -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT/firewalls" | jq '.firewalls[0].id')
  curl -s -X POST -H "Authorization: Bearer $HCLOUD_TOKEN" -H 'Content-Type: application/json' \
    "$HCLOUD_ENDPOINT/firewalls/$id/actions/set_rules" -d '{"rules":[]}'
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'~ hetzner.firewall/web'* ]]
  "$pipster" --lab run --yes
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "the type is changed in place, with its downtime told" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab plan --var type=cx33
  [ "$status" -eq 0 ]
  [[ $output == *'~ hetzner.server/app'* ]]
  [[ $output == *'downtime:'* ]]
  [[ $output == *'0 to add, 1 to change, 0 to destroy'* ]]
  "$pipster" --lab run --var type=cx33 --yes
  run "$pipster" --lab plan --var type=cx33 --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "true stock of September 2026: the fallback is planned and the budget blocks it" {
  stop_lab
  start_lab --stock catalogue
  printf 'guard.budget { max = "$15/month" }\n' | cat - playbooks/shop.lua >playbooks/lean.lua
  run "$pipster" --lab run playbooks/lean.lua --yes
  [ "$status" -eq 5 ]
  [[ $output == *'cpx22'* ]]
  [[ $output == *'budget'* ]]
  [ -z "$(requests '.method != "GET"')" ]
}

@test "a type sold out everywhere" {
  stop_lab
  start_lab --stock catalogue
  run "$pipster" --lab run playbooks/shop.lua --var type=cx23 --yes
  [ "$status" -ne 0 ]
  [[ $output == *'cx23'* ]]
  [[ $output == *'sold out'* || $output == *'stock'* ]]
}

@test "a wrong token" {
  sed -i 's/^HCLOUD_TOKEN=.*/HCLOUD_TOKEN=wrong/' .pipster/lab/env
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 4 ]
  [[ $output == *'token'* ]]
  [[ $output == *'HCLOUD_TOKEN'* ]]
}

@test "an image the lab cannot run" {
  sed -i 's/debian-12/fedora-41/' playbooks/shop.lua
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -ne 0 ]
  [[ $output == *'fedora-41'* ]]
}

@test "destroy says what it removes, and the lab is empty" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 0 ]
  [[ $output == *'- hetzner.server/app'* ]]
  [[ $output == *'0 to add, 0 to change, 3 to destroy'* ]]
  [ "$(curl -s "${HCLOUD_ENDPOINT%/v1}/_lab/status" | jq .empty)" = true ]
  run "$pipster" --lab state list
  [ -z "$output" ]
}

@test "protection keeps a zone until it is lifted" {
  printf 'local h = require "hetzner"\nh.zone "main" { name = "shop.example" }\n' | playbook zone
  "$pipster" --lab run playbooks/zone.lua --yes
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 5 ]
  [[ $output == *'hetzner.zone/main'* ]]
  run "$pipster" --lab destroy --yes --allow-destroy=all
  [ "$status" -eq 0 ]
  [ "$(curl -s "${HCLOUD_ENDPOINT%/v1}/_lab/status" | jq .empty)" = true ]
}

@test "a second run at the same time is told who holds the lock" {
  "$pipster" lab fault held POST /servers
  "$pipster" --lab run playbooks/shop.lua --yes 3>&- &
  first=$!
  wait_until fault_is_used_up
  run "$pipster" --lab run playbooks/shop.lua --yes
  release
  wait "$first"
  [ "$status" -eq 6 ]
  [[ $output == *"$first"* ]]
}

@test "secrets: generated once, sealed, in clear nowhere" {
  playbook secret <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key } }
local host = app:host { }
host:file "/etc/app.env" { mode = "0600", content = "KEY=" .. secret("key", { length = 40 }) .. "\n" }
P
  run "$pipster" --lab run playbooks/secret.lua --yes --json
  [ "$status" -eq 0 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  grep -q 'secret/key' <("$pipster" --lab state list)
}

@test "JSON lines: the first is the version, every line parses, the last tells the cost" {
  "$pipster" --lab plan playbooks/shop.lua --json >plan.jsonl
  [ "$(head -n 1 plan.jsonl | jq -r .type)" = version ]
  jq -e . plan.jsonl >/dev/null
  [ "$(jq -r 'select(.type=="cost").after' plan.jsonl)" = 7.088 ]
}
