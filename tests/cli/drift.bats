#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What somebody changed outside is told, once, without touching anything.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 443 } }
local app = hetzner.server "app" {
  type = input("type", { default = "cx23" }), image = "debian-12", location = "nbg1",
  ssh_keys = { key }, firewalls = { web },
}
local host = app:host { }
local token = secret("token", { length = 24 })
host:file "/etc/token" { content = text("%s", token), mode = "0600" }
host:package { "git", "curl" }
P
  "$pipster" --lab run playbooks/shop.lua --yes
}
teardown() { stop_lab; }

api() { # METHOD PATH [BODY]
  curl -sf -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" \
    -H 'Content-Type: application/json' "$HCLOUD_ENDPOINT$2" ${3:+-d "$3"}
}
id_of() { api GET "/$1" | jq ".${1}[0].id"; }

@test "no drift: nothing but reads, no state written" {
  serial=$(sqlite3 .pipster/state/lab.db 'select value from meta where key = "serial"')
  forget
  run "$pipster" --lab drift --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ $output == *'No drift in '*' things.'* ]]
  [ -n "$(requests)" ]
  [ -z "$(requests '.method != "GET"')" ]
  [ "$serial" = "$(sqlite3 .pipster/state/lab.db 'select value from meta where key = "serial"')" ]
  # What the playbook wants anew is the plan's business.
  run "$pipster" --lab drift playbooks/shop.lua --detailed-exitcode --var type=cx33
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "changed and deleted outside: told by field, each of them once" {
  api POST "/firewalls/$(id_of firewalls)/actions/set_rules" '{"rules":[]}'
  run "$pipster" --lab drift --detailed-exitcode
  echo "$output"
  [ "$status" -eq 2 ]
  [[ $output == *'~ hetzner.firewall/web  changed outside'*'inbound  '*' → []'* ]]
  [[ $output == *'Drift: 1 difference, 1 of them not told before.'* ]]
  run "$pipster" --lab drift --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'(known since 20'*'0 of them not told before.'* ]]
  run "$pipster" --lab drift --detailed-exitcode --only-new
  [ "$status" -eq 0 ]
  [[ $output == *'No new drift: 1 difference is known already.'* ]]
  api DELETE "/servers/$(id_of servers)"
  run "$pipster" --lab drift --detailed-exitcode --only-new --json
  [ "$status" -eq 2 ] || { echo "$output"; false; }
  [ "$(jq -r 'select(.type == "drift") | .address, .kind, .new' <<<"$output" | tr '\n' ' ')" = \
    "hetzner.server/app deleted true " ]
  [ "$(jq -r 'select(.type == "drift_summary") | .deleted, .new' <<<"$output" | tr '\n' ' ')" = "1 1 " ]
  "$pipster" --lab run --yes
  run "$pipster" --lab drift --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  # It came back: it is new again.
  api POST "/firewalls/$(id_of firewalls)/actions/set_rules" '{"rules":[]}'
  run "$pipster" --lab drift --detailed-exitcode --only-new
  [ "$status" -eq 2 ] || { echo "$output"; false; }
}

@test "what the playbook says to ignore is no drift, here and where the state was moved to" {
  sed -i 's/inbound = { 22, 443 } }/inbound = { 22, 443 }, ignore = { "inbound" } }/' \
    playbooks/shop.lua
  "$pipster" --lab run playbooks/shop.lua --yes
  api POST "/firewalls/$(id_of firewalls)/actions/set_rules" '{"rules":[]}'
  run "$pipster" --lab drift --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  "$pipster" --lab state export >state.json
  jq -e '.resources[] | select(.address == "hetzner.firewall/web") | .ignore == ["inbound"]' state.json
  rm .pipster/state/lab.db
  "$pipster" --lab state import state.json
  run "$pipster" --lab drift --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  # One that is gone is told: what is ignored are its attributes.
  api DELETE "/servers/$(id_of servers)"
  api DELETE "/firewalls/$(id_of firewalls)"
  run "$pipster" --lab drift --detailed-exitcode --json
  [ "$status" -eq 2 ] || { echo "$output"; false; }
  [[ $output == *'"hetzner.firewall/web"'*'deleted'* ]] || { echo "$output"; false; }
}

@test "while a run is at work, nothing is told; before the first one there is nothing" {
  exec 8>>.pipster/state/lab.lock
  flock 8
  run "$pipster" --lab drift 8>&-
  [ "$status" -eq 6 ] || { echo "$output"; false; }
  [[ $output == *'a run is at work here'* ]]
  exec 8>&-
  run "$pipster" --lab drift
  [ "$status" -eq 0 ]
  run "$pipster" -e other drift --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}
