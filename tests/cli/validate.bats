#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A playbook checked by itself: no lab, no vendor, no state.

load helpers
setup() { setup_project; }

@test "a valid playbook: nothing is asked, nothing written" {
  playbook shop <<'P'
local hetzner = require "hetzner"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
local host = app:host { }
host:file "/etc/motd" { content = "hello " .. app.ipv4 }
stage("late", function() host:file "/etc/ip" { content = value(app.ipv4) } end)
P
  run env -u HCLOUD_TOKEN HCLOUD_ENDPOINT=http://127.0.0.1:1 "$pipster" validate playbooks/shop.lua
  [ "$status" -eq 0 ]
  [[ $output == 'playbooks/shop.lua is valid: 3 things, 1 stage not looked into, 0 warnings.' ]]
  [ ! -e .pipster ]
}

@test "if, or and == on a reference are warned of, with their lines" {
  playbook base <<'P'
local hetzner = require "hetzner"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
return { app = app }
P
  playbook shop <<'P'
local hetzner, cost = require "hetzner", require "cost"
local base = include "base"
local web = hetzner.server "web" {
  type = "cx23", image = "debian-12", location = "nbg1",
}
local ip, key = web.ipv4, secret("key")
local addr = web.ipv4
local name = "plain" or "other"
if web.ipv4 then cost.item "a" { price = "$1/month" } end
if addr == "192.0.2.1" then cost.item "b" { price = "$1/month" } end
if "x" ~= web.ipv4 then cost.item "c" { price = "$1/month" } end
local first = base.app.ipv4 or "none"
if not key and name then cost.item "d" { price = "$1/month" } end
-- if web.ipv4 then: only said
local text = "if web.ipv4 == 'x'"
local fine = web.ipv4 .. "/32"
if value(web.type) == "cx23" then cost.item "e" { price = "$1/month" } end
P
  run "$pipster" validate playbooks/shop.lua
  [ "$status" -eq 0 ]
  [ "$(grep -c '^warning: ' <<<"$output")" -eq 4 ]
  for line in 9 10 11 12; do
    [[ $output == *"where playbooks/shop.lua:$line"* ]]
  done
  [[ $output == *'warning: web.ipv4 is a reference: it always counts as true'* ]]
  [[ $output == *'warning: addr is a reference: it never equals plain data'* ]]
  [[ $output == *'look at value(base.app.ipv4)'* ]]
  [[ $output == *'4 warnings.' ]]
  "$pipster" validate playbooks/shop.lua --json >valid.jsonl
  [ "$(jq -r 'select(.type == "diagnostic") | .severity' valid.jsonl | sort | uniq -c | tr -s ' ')" = ' 4 warning' ]
  [ "$(jq -r 'select(.type == "valid").warnings' valid.jsonl)" = 4 ]
}

@test "what could not be planned is not valid: a wrong name, a cycle" {
  printf 'require("hetzner").server "app" { type = "cx23", imge = "debian-12" }\n' | playbook name
  run "$pipster" validate playbooks/name.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/name.lua:1'* ]]
  playbook cycle <<'P'
local c = require "cost"
local a = c.item "a" { price = "$12/year" }
local b = c.item "b" { price = "$12/year", after = a }
a:amend { after = b }
P
  run "$pipster" validate playbooks/cycle.lua
  [ "$status" -eq 1 ]
  [[ $output == *'cost.item/a'*'→'*'cost.item/b'* ]]
}
