#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The tip: a run is of the playbook last applied, or of one that includes it.

load helpers
setup() {
  setup_project
  start_lab
  playbook base <<'P'
local hetzner = require "hetzner"
local web = hetzner.firewall "web" { inbound = { 22 } }
return { web = web }
P
  playbook more <<'P'
local base = include "base"
base.web:amend { inbound = { 22, 443 } }
require("hetzner").firewall "more" { inbound = { 80 } }
P
  playbook scale <<'P'
include(tip())
require("hetzner").firewall "scale" { inbound = { 8080 } }
P
  playbook review <<'P'
include(tip())
require("cost").item "review" { price = "$1/month" }
P
}
teardown() { stop_lab; }

does() { # CODE ARGUMENT…
  local code=$1
  shift
  run "$pipster" --lab "$@"
  [ "$status" -eq "$code" ] || { echo "$output"; return 1; }
}

@test "another playbook is refused, with what to type; nothing is read or changed" {
  does 0 run playbooks/more.lua --yes
  forget
  does 64 run playbooks/base.lua --yes
  [[ $output == *'playbooks/base.lua does not include playbooks/more.lua, which was applied last'* ]]
  [[ $output == *'1 recorded thing would be left alone'* ]]
  [[ $output == *'pipster run playbooks/base.lua --move-tip'* ]]
  [ -z "$(requests)" ]
  does 0 plan playbooks/base.lua
  [[ $output == *'warning: a run would be refused: playbooks/base.lua does not include'* ]]
  [[ $output == *'left alone, of playbooks/more.lua, which is not included: hetzner.firewall/more'* ]]
  does 0 plan --detailed-exitcode
  [[ $output == *'No changes'* ]]
}

@test "the tip is moved on request, and what is not included is listed as left alone" {
  does 0 run playbooks/more.lua --yes
  does 0 run playbooks/base.lua --move-tip --yes
  [[ $output == *'hetzner.firewall/more'* ]]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.firewalls)" = 2 ]
  does 0 run --yes
  [[ $output == *'No changes'* ]]
  does 0 run playbooks/more.lua --yes
  does 0 plan --detailed-exitcode
}

@test "tip() before anything was applied says what to run" {
  does 64 plan playbooks/scale.lua
  [[ $output == *'no playbook was applied yet'*'playbooks/scale.lua:1'*'pipster run playbooks/'* ]]
}

@test "playbooks that begin with tip() take turns over the one below them" {
  does 0 run playbooks/base.lua --yes
  does 0 run playbooks/scale.lua --yes
  does 0 run --yes
  [[ $output == *'No changes'* ]]
  does 0 run playbooks/review.lua --yes
  [[ $output == *'left alone, of playbooks/scale.lua, which is not included: hetzner.firewall/scale'* ]]
  does 0 run playbooks/scale.lua --yes
  does 64 run playbooks/base.lua --yes
  does 64 run playbooks/more.lua --yes
  does 0 run playbooks/more.lua --yes --move-tip
  does 0 run playbooks/scale.lua --yes
  does 0 plan --detailed-exitcode
}

@test "export and import carry the tip and what is below it" {
  does 0 run playbooks/base.lua --yes
  does 0 run playbooks/scale.lua --yes
  "$pipster" --lab state export >state.json
  [ "$(jq -r '"\(.tip) \(.tip_base)"' state.json)" = 'playbooks/scale.lua playbooks/base.lua' ]
}

@test "where nothing is recorded any more, any playbook may begin" {
  does 0 run playbooks/base.lua --yes
  does 0 destroy --yes
  does 0 run playbooks/review.lua --yes
}

@test "two playbooks that disagree are an error with both lines" {
  playbook left <<'P'
include("base").web:amend { inbound = { 80 } }
P
  playbook right <<'P'
include("base").web:amend { inbound = { 81 } }
P
  printf 'include "left"\ninclude "right"\n' | playbook both
  does 1 plan playbooks/both.lua
  [[ $output == *'two playbooks disagree about hetzner.firewall/web.inbound'* ]]
  [[ $output == *'playbooks/right.lua:1'*'playbooks/left.lua:1'* ]]
}
