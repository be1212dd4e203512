#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The life of one thing: replaced, rebuilt, moved, removed, ignored. Without hosts.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner, dns = require "hetzner", require "dns"
local zone = hetzner.zone "main" { name = "shop.example", protect = false }
local app = hetzner.server "app" {
  type = "cpx22", image = input("image", { default = "debian-12" }), location = "nbg1",
  user_data = input("data", { default = "#!/bin/sh\n" }),
  create_before_destroy = input("first", { default = true }),
  recreate = input("recreate", { default = "" }) ~= "" and input("recreate") or nil,
}
local host = app:host {}
host:file "/etc/motd" { content = "shop\n" }
dns.record "www" { domain = "www.shop.example", value = app.ipv4, zone = zone }
P
}
teardown() { stop_lab; }

api() { # PATH
  curl -s -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT/$1"
}

servers() { api servers | jq -r '.servers | sort_by(.name)[].name'; }

address() { api servers | jq -r '.servers[] | select(.name == "app").public_net.ipv4.ip'; }

run_shop() { "$pipster" --lab run playbooks/shop.lua --yes "$@"; }

expect_empty() {
  run "$pipster" --lab plan playbooks/shop.lua --detailed-exitcode "$@"
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "create_before_destroy: the new one first, what uses it, then the old one goes" {
  run_shop
  before=$(address)
  run "$pipster" --lab plan playbooks/shop.lua --var image=ubuntu-24.04
  [ "$status" -eq 0 ]
  [[ $output == *'+/- hetzner.server/app'* ]]
  [[ $output == *'order: the new one is created, what uses it is changed, the old one is destroyed'* ]]
  [[ $output == *"lost: the disk (80 GB) and all that is on it; the address $before"* ]]
  [[ $output == *'survives: '*'volumes'* ]]
  [[ $output == *'changed with it: '*'dns.record/www'* ]]
  [[ $output == *'1 to destroy.'* ]]
  "$pipster" --lab plan playbooks/shop.lua --var image=ubuntu-24.04 --json >plan.json
  jq -se 'map(select(.address == "hetzner.server/app"))[0] | .order == "create before destroy"
    and (.lost | length > 2) and (.survives | length > 2) and .fields[0].forces_replacement
    and .actions[0] == "PUT /servers/ID (name)" and .actions[-1] == "DELETE /servers/ID"
    and .prices[0].currency == "EUR" and .prices_before[0].monthly != null' plan.json
  jq -se 'map(select(.address == "hetzner.server/app.old"))[0] | .part_of_replacement
    and .heir == "hetzner.server/app"' plan.json
  "$pipster" --lab plan playbooks/shop.lua --var image=ubuntu-24.04 --out saved
  run "$pipster" --lab show saved
  [[ $output == *'+/- hetzner.server/app'*'order: '*'lost: '*'survives: '* ]]
  run "$pipster" --lab apply saved --var image=ubuntu-24.04
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run_shop
  before=$(address)
  forget
  run_shop --var image=ubuntu-24.04
  [ "$(servers)" = app ]
  [ "$(address)" != "$before" ]
  mapfile -t calls < <(requests '.method != "GET"')
  [[ ${calls[0]} == 'PUT /v1/servers/'* ]]
  [[ ${calls[1]} == 'POST /v1/servers' ]]
  [[ ${calls[-1]} == 'DELETE /v1/servers/'* ]]
  expect_empty --var image=ubuntu-24.04
}

@test "killed at any point of it: one more run, and there is exactly one" {
  run_shop
  nth=0
  for point in intent-committed:{1..4} http-sent:{1..4} result-committing:{1..3}; do
    nth=$((nth + 1))
    image=$([ $((nth % 2)) = 0 ] && echo debian-12 || echo ubuntu-24.04)
    PIPSTER_CRASH_AT=$point run run_shop --var image=$image
    [ "$status" -eq 137 ]
    run run_shop --var image=$image
    [ "$status" -eq 0 ] || { echo "$point: $output"; false; }
    [ "$(servers)" = app ] || { echo "$point: $(servers)"; false; }
    expect_empty --var image=$image
    [ "$(api servers | jq -r '.servers[0].image.name')" = $image ]
  done
}

@test "a type of which there cannot be two says so in the plan" {
  printf '%s\n' 'local h = require "hetzner"' \
    'local z = h.zone "main" { name = "shop.example", protect = false }' \
    'h.rrset "www" { zone = z, name = "www", type = "A", records = { "192.0.2.1" },' \
    '  create_before_destroy = true }' | playbook two
  run "$pipster" --lab plan playbooks/two.lua
  [ "$status" -eq 1 ]
  [[ $output == *'hetzner.rrset/www cannot be created before the old one is gone'* ]]
  [[ $output == *'playbooks/two.lua:3'* ]]
}

@test "data of birth: a note, a replacement with recreate, a rebuild where that is asked" {
  run_shop
  id=$(api servers | jq '.servers[0].id')
  run "$pipster" --lab plan playbooks/shop.lua --var 'data=#!/bin/bash' --detailed-exitcode
  [ "$status" -eq 0 ]
  [[ $output == *'user_data was'*'at birth'* ]]
  run "$pipster" --lab plan playbooks/shop.lua --var image=ubuntu-24.04 --var recreate=rebuild
  [[ $output == *'~ hetzner.server/app'*'rebuilt in place'* ]]
  [[ $output == *'lost: the disk (80 GB)'*'its host key'* ]]
  [[ $output == *'survives: the address'* ]]
  [[ $output == *'downtime: '* ]]
  [[ $output == *'+ host/app'* ]]
  forget
  run_shop --var image=ubuntu-24.04 --var recreate=rebuild
  [ "$(api servers | jq '.servers[0].id')" = "$id" ]
  [ "$(requests '.path | test("rebuild$")' | wc -l)" -eq 1 ]
  expect_empty --var image=ubuntu-24.04 --var recreate=rebuild
}

@test "a rebuild that is cut off is taken up: the host is set up again, once" {
  run_shop
  flags=(--var image=ubuntu-24.04 --var recreate=rebuild)
  for point in http-sent:1 http-replied:1 result-committing:1 result-committed:1; do
    PIPSTER_CRASH_AT=$point run run_shop "${flags[@]}"
    [ "$status" -eq 137 ]
    run_shop "${flags[@]}"
    expect_empty "${flags[@]}"
    flags[1]=image=$([ "${flags[1]}" = image=ubuntu-24.04 ] && echo debian-12 || echo ubuntu-24.04)
  done
}

@test "moved: the row, the name out there, what is on the host; nothing is destroyed" {
  run_shop
  sed -i 's/server "app"/server "web"/; 1a moved { from = "hetzner.server/app", to = "hetzner.server/web" }\nmoved { from = "host/app", to = "host/web" }' \
    playbooks/shop.lua
  run "$pipster" --lab plan playbooks/shop.lua --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'moved from hetzner.server/app'* ]]
  [[ $output == *'moved from host/app'* ]]
  [[ $output == *'moved from app:file/etc/motd'* ]]
  [[ $output == *'Plan: 0 to add, 1 to change, 0 to destroy. '*'moved.'* ]]
  run_shop
  [ "$(servers)" = web ]
  [ "$(api servers | jq -r '.servers[0].labels["pipster-name"]')" = web ]
  expect_empty
  run "$pipster" --lab state list
  [[ $output == *'web:file/etc/motd'* && $output != *'/app'* ]]
}

@test "moved: a secret is sealed under its new name, and keeps its value" {
  secret_book() {
    printf '%s\n' 'local h = require "hetzner"' "$2" \
      "h.server \"app\" { type = \"cpx22\", image = \"debian-12\", location = \"nbg1\"," \
      "  user_data = text(\"#!/bin/sh\\n# %s\", secret(\"$1\", { length = 24 })), recreate = true }" |
      playbook shop
  }
  secret_book old ''
  run_shop
  secret_book new 'moved { from = "secret/old", to = "secret/new" }'
  run "$pipster" --lab plan playbooks/shop.lua
  [[ $output == *'moved from secret/old'* ]]
  [[ $output == *'0 to add, 0 to change, 0 to destroy.'* ]]
  run_shop
  secret_book new ''
  expect_empty
}

@test "moved: still declared, twice, in a circle, both there: errors with lines" {
  run_shop
  try() { # LINE, words of the message
    printf '%s\n' "$1" 'include "shop"' | playbook try
    run "$pipster" --lab plan playbooks/try.lua
    [ "$status" -eq 1 ]
    [[ $output == *"$2"* ]] || { echo "$output"; return 1; }
    [[ $output == *playbooks/try.lua:1* ]]
  }
  try 'moved { from = "hetzner.server/app", to = "hetzner.server/web" }' 'is still declared'
  try 'moved { from = "host/a", to = "host/b" } moved { from = "host/a", to = "host/c" }' 'moved twice'
  try 'moved { from = "host/a", to = "host/b" } moved { from = "host/b", to = "host/a" }' \
    'comes back to itself'
  printf 'local h = require "hetzner"\nh.firewall "one" {}\nh.firewall "two" {}\n' | playbook two
  "$pipster" --lab run playbooks/two.lua --yes --move-tip
  printf '%s\n%s\n%s\n' 'local h = require "hetzner"' 'h.firewall "two" {}' \
    'moved { from = "hetzner.firewall/one", to = "hetzner.firewall/two" }' | playbook two
  run "$pipster" --lab plan playbooks/two.lua
  [ "$status" -eq 1 ]
  [[ $output == *'hetzner.firewall/two are both there'* ]]
  [[ $output == *playbooks/two.lua:3* ]]
}

@test "removed: forgotten, still there, its costs told; an error while declared" {
  run_shop
  printf '%s\n' 'include "shop"' 'removed { "hetzner.server/app" }' | playbook try
  run "$pipster" --lab plan playbooks/try.lua
  [ "$status" -eq 1 ]
  [[ $output == *'hetzner.server/app is still declared'* ]]
  printf '%s\n' 'removed { "hetzner.*", "host/app", "dns.*" }' | playbook shop
  run "$pipster" --lab plan playbooks/shop.lua --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'. hetzner.server/app  removed at playbooks/shop.lua:1: it stays, and what it costs goes on'* ]]
  [[ $output == *'costs that go on'*'/month'* ]]
  [[ $output == *'. app:file/etc/motd'* ]]
  [[ $output == *'0 to destroy.'*'forgotten.'* ]]
  forget
  run_shop
  [ -z "$(requests '(.method != "GET") and (.path | test("model") | not)')" ]
  [ "$(servers)" = app ]
  run "$pipster" --lab state list
  [ -z "$output" ]
}

@test "ignore: what others change is left alone; a word that is none is told" {
  printf '%s\n' 'local h = require "hetzner"' \
    'h.firewall "web" { inbound = { input("port", { default = 22 }) }, ignore = { "inbound" } }' |
    playbook shop
  run_shop
  expect_empty --var port=443
  sed -i 's/"inbound" }/"inbond" }/' playbooks/shop.lua
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 1 ]
  [[ $output == *'cannot ignore "inbond"'* ]]
  [[ $output == *'did you mean "inbound"?'* ]]
}

@test "protect outlives the declaration: taken out of the code, it is not destroyed" {
  printf 'local h = require "hetzner"\nh.firewall "web" { protect = true }\n' | playbook shop
  run_shop
  printf 'local h = require "hetzner"\nh.firewall "other" {}\n' | playbook shop
  run run_shop
  [ "$status" -eq 5 ]
  [[ $output == *'hetzner.firewall/web is protected'* ]]
  [[ $output == *'--allow-destroy=hetzner.firewall/web'* ]]
  run_shop --allow-destroy=hetzner.firewall/web
  [ "$(api firewalls | jq -r '.firewalls[].name')" = other ]
}

@test "a file's lines in the plan: unified, and hidden where others may not read it" {
  run_shop
  seq 20 >lines
  sed -i 's|host:file "/etc/motd".*|host:file "/etc/motd" { content = input("motd"), mode = input("mode", { default = "0644" }) }|' \
    playbooks/shop.lua
  run_shop --var "motd=$(cat lines)"
  sed -i 's/^10$/zehn/' lines
  run "$pipster" --lab plan playbooks/shop.lua --var "motd=$(cat lines)"
  [[ $output == *'@@ -7,7 +7,7 @@'* ]]
  [[ $output == *'- 10'*'+ zehn'* ]]
  [[ $output != *' 14'* ]]
  run "$pipster" --lab plan playbooks/shop.lua --var "motd=$(cat lines)" --var mode=0600
  [[ $output == *'content '*'(secret)'* ]]
  [[ $output != *'zehn'* ]]
  run "$pipster" --lab plan playbooks/shop.lua --var "motd=$(cat lines)" --var mode=0600 --json
  [[ $output != *'zehn'* ]]
}
