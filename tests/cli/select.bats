#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --only and --except: a part of a playbook, the rest left as it is.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
phase(2, "Shop")
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key"), tags = "base" }
local web = hetzner.firewall "web" { inbound = { 22, 443 }, tags = { "base", "net" } }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key }, firewalls = { web },
}
local host = app:host { login = { "root" } }
host:file "/etc/motd" { content = "hello\n", tags = "base" }
host:file "/etc/issue" { content = "hello\n" }
P
}
teardown() { stop_lab; }

posts() { requests '.method == "POST" and .executed' | sort | uniq -c | awk '{ print $2 $3 "=" $1 }'; }

@test "--except: what needs it is skipped, and told why; the next run is the remainder" {
  run "$pipster" --lab run playbooks/shop.lua --yes --except hetzner.server/app
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'/ hetzner.server/app  create: left out by --except'* ]]
  [[ $output == *'/ host/app  create: needs hetzner.server/app, which is left out'* ]]
  [[ $output == *'/ app:file/etc/motd  create: needs host/app, which is left out'* ]]
  [[ $output == *'Plan: 2 to add, 0 to change, 0 to destroy. 4 left out.'* ]]
  [ "$(posts | grep -c servers)" = 0 ]
  [ "$(sqlite3 .pipster/state/lab.db "select json_extract(options, '\$.except[0]') from run")" = hetzner.server/app ]
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'Plan: 4 to add, 0 to change, 0 to destroy.'* ]]
  [ "$(posts | grep -E 'POST.*/servers=')" = 'POST/v1/servers=1' ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "--only: what it cannot do without comes along, the rest is counted" {
  run "$pipster" --lab plan playbooks/shop.lua --only 'app:file/etc/motd'
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'+ hetzner.server/app  not there yet (host/app needs it)'* ]]
  [[ $output == *'/ 1 more change is left out by --only'* ]]
  [[ $output == *'Plan: 5 to add, 0 to change, 0 to destroy. '*'1 left out.'* ]]
  printf '# not today\nhost=app\ntag=net # nor this\n' >not-today
  run "$pipster" --lab plan playbooks/shop.lua --only tag=base --except @not-today --json
  [ "$status" -eq 0 ]
  [ "$(jq -r 'select(.type == "planned_change") | .address' <<<"$output")" = hetzner.ssh_key/deploy ]
  [ "$(jq -r 'select(.address == "hetzner.firewall/web") | .type + " " + .because' <<<"$output")" = \
    'skipped_change left out by --except' ]
  run "$pipster" --lab plan playbooks/shop.lua --only phase=3
  [ "$status" -eq 64 ]
  [[ $output == *'--only=phase=3 selects nothing'* ]]
}

@test "other tools' spellings, and files that hold nothing, are answered" {
  run "$pipster" --lab plan playbooks/shop.lua -target=hetzner.ssh_key/deploy
  [ "$status" -eq 0 ]
  [[ $output == *'Plan: 1 to add'* ]]
  run "$pipster" --lab plan playbooks/shop.lua --exclude=a
  [ "$status" -eq 64 ]
  [[ $output == *'it is --except here'* ]]
  echo '# none' >none
  run "$pipster" --lab plan playbooks/shop.lua --only @none
  [ "$status" -eq 64 ]
  [[ $output == *'none holds no selector'* ]]
}

@test "destroy --except keeps a thing and what it stands on" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab destroy --yes --except hetzner.server/app
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'/ hetzner.ssh_key/deploy  delete: hetzner.server/app, which is left out, needs it'* ]]
  [ "$("$pipster" --lab state list | grep -c 'hetzner')" = 3 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}
