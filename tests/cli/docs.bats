#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the documents show can be done: the README's playbook, the example of every type.

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

# What the examples of the types take for granted.
common() {
  cat <<'P'
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local dns, check, cost = require "dns", require "check", require "cost"
local key = hetzner.ssh_key "common" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "common" { inbound = { 22, 80, 443 } }
local zone = hetzner.zone "common" { name = "pipster.app" }
local app = hetzner.server "common" {
  type = "cx23", location = "nbg1", image = "debian-12", ssh_keys = { key },
}
local host = app:host { }
P
}

example_of() { # FILE
  awk '/example = \[\[/ { on = 1; sub(/.*example = \[\[/, "") }
    on { line = $0; sub(/\]\].*/, "", line); print line }
    /\]\]/ { on = 0 }' "$1"
}

@test "the README's playbook is planned, run, and then there is nothing to do" {
  sed -n '/^```lua$/,/^```$/{/^```/d;p}' "$root/README.md" | playbook readme
  [ "$(grep -c . playbooks/readme.lua)" -ge 10 ]
  run "$pipster" --lab plan playbooks/readme.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab run playbooks/readme.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the words for a life in PLAYBOOKS.md do no harm where nothing is there yet" {
  sed -n '/^## The life/,/^## Guards/{/^```lua$/,/^```$/{/^```/d;p}}' \
    "$root/docs/PLAYBOOKS.md" | playbook life
  [ "$(grep -c 'moved\|removed' playbooks/life.lua)" = 3 ]
  run "$pipster" --lab run playbooks/life.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan playbooks/life.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the guards of PLAYBOOKS.md stop what has no label, and nothing else" {
  sed -n '/^## Guards/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook guarded
  [ "$(grep -c guard. playbooks/guarded.lua)" = 4 ]
  echo 'require("hetzner").firewall "web" { inbound = { 443 } }' >>playbooks/guarded.lua
  run "$pipster" --lab plan playbooks/guarded.lua
  [ "$status" -eq 5 ]
  [[ $output == *'hetzner.firewall/web has no label "team"'*'accounting asks for it'* ]]
  sed -i 's/inbound/labels = { team = "core" }, inbound/' playbooks/guarded.lua
  run "$pipster" --lab plan playbooks/guarded.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the example of every type is planned" {
  count=0
  for file in "$root"/stdlib/*/*.lua; do
    grep -q '^return type {' "$file" || continue
    example_of "$file" >example
    [ -s example ] || { echo "no example: $file"; return 1; }
    # The global word, not the common host.
    case $file in */host/host.lua) common | grep -v '^local host' ;; *) common ;; esac \
      >playbooks/example.lua
    cat example >>playbooks/example.lua
    run "$pipster" --lab plan playbooks/example.lua
    # A machine of one's own is declared well, and is none of the lab's.
    [ "$status" -eq 0 ] || [[ $output == *'the lab has no model of host/web1'* ]] ||
      { echo "$file: $output"; return 1; }
    count=$((count + 1))
  done
  [ "$count" -ge 25 ]
}
