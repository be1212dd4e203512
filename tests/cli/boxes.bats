#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A storage box at the strict stand-in: its price, its password, its host key, its protection.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local box = hetzner.storage_box "backup" {
  type = input("type", { default = "bx11" }), location = "fsn1",
  password = "Aa1-" .. secret "box_password", ssh_keys = { input("ssh_public_key") },
  reachable_externally = input("open", { default = false }),
}
output { backup = text("ssh://%s@%s:%s/./shop", box.username, box.server, box.port),
  key = box.host_key }
P
}
teardown() { stop_lab; }

api() { # METHOD PATH [BODY]
  curl -sf -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" -H 'Content-Type: application/json' \
    ${3:+-d "$3"} "$HETZNER_ENDPOINT$2"
}

@test "the plan has its price and says how its host key is learned" {
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output == *'+ hetzner.storage_box/backup'* ]]
  [[ $output == *'Cost: +3.20 €/month (0.00 → 3.20).'* ]]
  [[ $output == *'until its host key is learned'* ]]
  [ -z "$(requests '.method != "GET"')" ]
}

@test "run, the same again, another type, another password" {
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ]
  [[ $output =~ 'backup = ssh://u'[0-9]+'@u'[0-9]+'.your-storagebox.de:23/./shop' ]]
  [[ $output == *'key = ssh-ed25519 AAAA'* ]]
  api GET /storage_boxes | jq -e '.storage_boxes[0] | .protection.delete
    and .access_settings.ssh_enabled and (.access_settings.reachable_externally | not)'
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  run "$pipster" --lab plan --var type=bx21
  [[ $output == *'~ hetzner.storage_box/backup'* ]]
  [[ $output == *'Cost: +7.70 €/month (3.20 → 10.90).'* ]]
  "$pipster" --lab secrets rotate box_password
  forget
  "$pipster" --lab run --yes
  [ "$(requests '.executed')" = "$(api GET /storage_boxes |
    jq -r '"POST /storage/v1/storage_boxes/\(.storage_boxes[0].id)/actions/reset_password"')" ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "the password is in no plan, no log, no state" {
  sed -i 's/secret "box_password"/secret("box_password", { env = "BOX_PASSWORD" })/' playbooks/shop.lua
  export BOX_PASSWORD=canary-b7e19f4a60
  "$pipster" --lab run playbooks/shop.lua --yes >run.log 2>&1
  BOX_PASSWORD=canary-04c4d1a2be "$pipster" --lab plan --out shop.plan >plan.log
  BOX_PASSWORD=canary-04c4d1a2be "$pipster" --lab run --yes --json >again.log
  [ "$(requests '.executed' | grep -c reset_password)" = 1 ]
  run grep -raE -- 'canary-(b7e19f4a60|04c4d1a2be)' .
  [ "$status" -eq 1 ]
}

@test "where no password is said one is made, rotated, and never shown" {
  sed -i '/password = /s/password = .*, ssh_keys/ssh_keys/' playbooks/shop.lua
  ! grep -q password playbooks/shop.lua
  "$pipster" --lab run playbooks/shop.lua --yes >run.log 2>&1
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  "$pipster" --lab secrets rotate storage_box_backup
  forget
  "$pipster" --lab run --yes >>run.log 2>&1
  [ "$(requests '.executed' | grep -c reset_password)" = 1 ]
  ! grep -E 'Aa1-[A-Za-z0-9]' run.log
  sed -i 's/location = "fsn1",/& password = false,/' playbooks/shop.lua
  run "$pipster" --lab plan
  [[ $output == *'- secret/storage_box_backup'* && $output != *'~ hetzner.storage_box'* ]]
}

@test "another host key is told with both, and never taken" {
  "$pipster" --lab run playbooks/shop.lua --yes --var open=true
  server=$(api GET /storage_boxes | jq -r '.storage_boxes[0].server')
  before=$(curl -sf "$PIPSTER_LAB_URL/host_key/$server" | jq -r .host_key)
  other="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA$(printf 'abcdef%.0s' 1 2 3 4 5 6 7)"
  curl -sf "$PIPSTER_LAB_URL/host_key/$server" -d "{\"host_key\":\"$other\"}"
  print() { ssh-keygen -lf - <<<"$1" | cut -d' ' -f2; }
  run "$pipster" --lab run --yes --var open=true
  [ "$status" -eq 0 ]
  [[ $output == *"expected ssh-ed25519 $(print "$before")"* ]]
  [[ $output == *"got ssh-ed25519 $(print "$other")"* ]]
  [[ $output == *"key = $before"* ]]
}

@test "destroy keeps it, unless it is allowed" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab destroy --yes
  [[ $output == *'hetzner.storage_box/backup'* ]]
  [ "$(api GET /storage_boxes | jq '.storage_boxes | length')" = 1 ]
  run "$pipster" --lab destroy --yes --allow-destroy=hetzner.storage_box/backup
  [ "$status" -eq 0 ]
  [ "$(api GET /storage_boxes | jq '.storage_boxes | length')" = 0 ]
}

@test "import takes over one that was made by hand, without its password" {
  api POST /storage_boxes "$(jq -n '{name: "old", storage_box_type: "bx11", location: "hel1",
    password: "Aa1-0123456789", access_settings: {ssh_enabled: true}}')"
  playbook shop <<'P'
require("hetzner").storage_box "backup" { type = "bx11", location = "hel1",
  delete_protection = false, password = false }
P
  run "$pipster" --lab import hetzner.storage_box/backup old playbooks/shop.lua
  [ "$status" -eq 0 ]
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output != *'to add'* || $output == *'0 to add'* ]]
  [[ $output == *'host key of backup is not known'* ]]
}

@test "adopt writes one that was made by hand, and the plan after it is empty" {
  api POST /storage_boxes "$(jq -n '{name: "old", storage_box_type: "bx21", location: "hel1",
    password: "Aa1-0123456789", access_settings: {ssh_enabled: true, samba_enabled: true}}')"
  id=$(api GET /storage_boxes | jq '.storage_boxes[0].id')
  api POST "/storage_boxes/$id/actions/enable_snapshot_plan" '{"max_snapshots":3,"hour":2,"minute":30}'
  run "$pipster" --lab adopt hetzner --yes
  [ "$status" -eq 0 ]
  grep -F 'hetzner.storage_box "old" {' playbooks/*.lua
  grep -F 'snapshot_plan = { hour = 2, max_snapshots = 3, minute = 30 }' playbooks/*.lua
  run "$pipster" --lab plan "$(grep -lF '"old"' playbooks/*.lua)" --detailed-exitcode
  [ "$status" -eq 0 ]
}
