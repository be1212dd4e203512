#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One screen of what is known, without asking anybody.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
phase(1, "the shop")
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
local host = app:host { }
local token = secret("token", { length = 24, rotate_every = "90d" })
host:file "/etc/token" { content = token, mode = "0600" }
P
  playbook watched <<'P'
local check = require "check"
check.tcp "closed" {
  host = "127.0.0.1", port = 1, open = input("open") == "true", within = "0s",
}
P
}
teardown() { stop_lab; }

watch() { # OPEN
  PIPSTER_HOST_DRIVER=ssh "$pipster" run playbooks/watched.lua --yes --var "open=$1"
}

@test "status of nothing says so; of a project: phases, hosts, cost, the last run" {
  run "$pipster" --lab status
  echo "$output"
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = 'project   shop, environment lab: 0 things' ]
  [ "${lines[1]}" = 'run       nothing was run yet' ]
  "$pipster" --lab run playbooks/shop.lua --yes
  forget
  run "$pipster" --lab status --detailed-exitcode
  echo "$output"
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = 'project   shop, environment lab: 5 things' ]
  [ "${lines[1]}" = 'phases    1: playbooks/shop.lua, 5 things, last changed just now' ]
  [[ ${lines[2]} =~ ^'hosts     app  '[0-9.]+$ ]]
  [ "${lines[3]}" = 'cost      5.99 €/month since run 1' ]
  [[ ${lines[4]} == 'run       1, run of playbooks/shop.lua: done, just now by '* ]]
  [ "${#lines[@]}" -eq 5 ]
  [ -z "$(requests)" ]
}

@test "what is open, owed, overdue or failed is told, and decides the exit code" {
  "$pipster" --lab run playbooks/shop.lua --yes
  sqlite3 .pipster/state/lab.db "
    insert into step (run, address, type, host, action, outcome, begun_at_ms)
      values (1, 'app:file/etc/other', 'file', 'host/app', 'create', 'open', 1);
    insert into handler (host, name, cause, script, run)
      values ('host/app', 'reload caddy', 'app:file/etc/token', 'true', 1);
    update secret set made_at_ms = made_at_ms - 100 * 86400000;"
  run "$pipster" --lab status --detailed-exitcode
  echo "$output"
  [ "$status" -eq 2 ]
  [[ $output == *'open      create of app:file/etc/other: its outcome is not known (run 1)'* ]]
  [[ $output == *'owed      reload caddy on host/app, because of app:file/etc/token (run 1)'* ]]
  [[ $output == *'secrets   secret/token is 100 days old and is to be rotated every 90d'* ]]
}

@test "checks: how the newest run that judged ended, each miss a row; as JSON too" {
  run watch true
  [ "$status" -ne 0 ]
  run "$pipster" status
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'run       1, run of playbooks/watched.lua: failed, just now'* ]]
  [[ $output == *'checks    0 of 1 passed in run 1, just now
          check.tcp/closed: port 1 of 127.0.0.1 is closed'* ]]
  "$pipster" status --json >told
  jq -es '.[0].type == "version" and
    any(.[]; .type == "status" and .part == "checks" and .tone == "bad" and
      .data.address == "check.tcp/closed" and (.data.failure | test("is closed"))) and
    any(.[]; .part == "run" and .data.outcome == "failed" and .data.run == 1) and
    any(.[]; .part == "project" and .data.environment == "default")' told
  # Mended: the newest run says so, though it changed nothing.
  watch false
  run "$pipster" status --detailed-exitcode
  [ "$status" -eq 0 ]
  [[ $output == *'checks    1 of 1 passed in run 2'* ]] || { echo "$output"; false; }
}

@test "what a run that failed would have cost is not said to be the cost" {
  "$pipster" lab fault limit POST /servers 9
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 3 ] || { echo "$output"; return 1; }
  run "$pipster" --lab status
  [[ $output == *'cost      5.99 €/month as run 1 was planned; it was not carried out whole'* ]] ||
    { echo "$output"; return 1; }
}

@test "what is retired or dearer of what one has, from the price list as it was read" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab status
  [[ $output != *prices* ]] || { echo "$output"; return 1; }
  sqlite3 .pipster/state/lab.cache "update fact set text = json_set(text,
    '\$.retired[#]', json('{\"type\":\"cx23\",\"location\":\"nbg1\",
      \"after\":\"2026-01-31T23:59:59Z\",\"take\":\"cx33\",\"price\":\"8.4900000000\"}'),
    '\$.moved[#]', json('{\"type\":\"cx23\",\"location\":\"nbg1\",\"was\":\"3.9900000000\",
      \"price\":\"5.4900000000\",\"dearer\":true,\"seen_at\":1781481600}'))
    where key = 'hetzner.radar'"
  forget
  run "$pipster" --lab status --detailed-exitcode
  echo "$output"
  [ "$status" -eq 2 ]
  [[ $output == *'prices    hetzner.server/app: cx23 in nbg1 is not sold any more since 2026-01-31:'* ]]
  [[ $output == *': cx33 is as large, 8.49 €/month'* ]]
  [[ $output == *'hetzner.server/app: cx23 in nbg1 is 5.49 €/month, it was 3.99 €; seen on 2026-06-15'* ]]
  [ -z "$(requests)" ]
  "$pipster" --lab status --json | jq -es 'any(.[]; .part == "prices" and .tone == "warn" and
    .data.take == "cx33")'
  # Until another day it is still sold.
  sqlite3 .pipster/state/lab.cache "update fact set
    text = replace(text, '2026-01-31', '2199-12-31') where key = 'hetzner.radar'"
  run "$pipster" --lab status
  [[ $output == *'cx23 in nbg1 is sold only until 2199-12-31: cx33 is'* ]]
  # The next plan reads the list anew; what moved is kept.
  run "$pipster" --lab plan
  run "$pipster" --lab status
  [[ $output == *'it was 3.99 €'* && $output != *'sold only'* ]] || { echo "$output"; return 1; }
}
