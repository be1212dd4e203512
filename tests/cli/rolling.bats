#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hosts that are changed one wave after the other.

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

@test "waves are told in the plan and kept by the run" {
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local hosts = {}
for index = 1, 3 do
  local app = hetzner.server("web" .. index) {
    type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
  }
  hosts[index] = app:host { login = { "root" } }
  hosts[index]:file "/etc/motd" { content = input("motd", { default = "one" }) .. "\n" }
end
rolling "web" { hosts = hosts, serial = 2 }
P
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'» rolling "web": web1 and web2, then web3  no further after 1 failed'* ]]
  run "$pipster" --lab run playbooks/shop.lua --yes --json
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  told=$(jq -r 'select(.type == "apply_start" or .type == "apply_complete") | "\(.type) \(.address)"' <<<"$output")
  line() { grep -nx "$1" <<<"$told" | cut -d: -f1; }
  [ "$(line 'apply_start host/web3')" -gt "$(line 'apply_complete web1:file/etc/motd')" ]
  [ "$(line 'apply_start host/web3')" -gt "$(line 'apply_complete web2:file/etc/motd')" ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [[ $output != *rolling* ]]
}

@test "what is no host, and words it does not know, are refused with their line" {
  playbook bad <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
rolling "web" { hosts = { key } }
P
  run "$pipster" --lab plan playbooks/bad.lua
  [ "$status" -eq 1 ]
  [[ $output == *'rolling "web": item 1 of hosts is no host'* ]]
  [[ $output == *'playbooks/bad.lua:3'* ]]
  sed -i 's/hosts = { key }/host = key/' playbooks/bad.lua
  run "$pipster" --lab plan playbooks/bad.lua
  [[ $output == *'takes hosts, serial and max_fail, not host'* ]]
}
