#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A run is turned back: cloud, host, DNS; what cannot be had again is said before.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local dns = require "dns"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local ports = input("ports", { default = "22,443" })
local inbound = {}
for port in ports:gmatch("%d+") do inbound[#inbound + 1] = tonumber(port) end
local web = hetzner.firewall "web" { inbound = inbound }
local zone = hetzner.zone "app" { name = "pipster.app", protect = false }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
  firewalls = { web },
}
local host = app:host { }
host:file "/etc/motd" { content = input("motd", { default = "Welcome\n" }) }
if input("more", { default = "no" }) == "yes" then
  local key = secret("token", { length = 24 })
  host:file "/etc/token" { content = text("%s", key), mode = "0600" }
  host:package { "git" }
  dns.record "shop" { domain = "shop.pipster.app", type = "A", value = app.ipv4 }
end
P
}
teardown() { stop_lab; }

state_of() { "$pipster" --lab state show "$1" --json | jq -S .attributes; }

@test "what a run changed and made is turned back; the tip stays" {
  "$pipster" --lab run playbooks/shop.lua --yes
  before=$(state_of hetzner.firewall/web)
  "$pipster" --lab run playbooks/shop.lua --yes --var ports=22,80,443 --var motd='Other' \
    --var more=yes
  [ "$(state_of hetzner.firewall/web)" != "$before" ]
  run "$pipster" --lab undo 2 --yes
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'Undoing run 2: run of playbooks/shop.lua'* ]]
  [[ $output == *'~ hetzner.firewall/web'* ]]
  [[ $output == *'~ app:file/etc/motd'* ]]
  [[ $output == *'- app:file/etc/token'* ]]
  [[ $output == *'Plan: 0 to add, 2 to change, 4 to destroy.'* ]]
  [[ $output == *'Run 2 is undone; `pipster undo 3` would bring it back.'* ]]
  [[ $output == *'playbooks/shop.lua was not changed'* ]]
  [ "$(state_of hetzner.firewall/web)" = "$before" ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  run "$pipster" --lab plan --detailed-exitcode --var more=yes
  [ "$status" -eq 2 ]
}

@test "what a run destroyed is made again, with what is lost said before" {
  "$pipster" --lab run playbooks/shop.lua --yes --var more=yes
  "$pipster" --lab destroy --yes
  run "$pipster" --lab undo 2
  echo "$output"
  [ "$status" -eq 64 ]
  [[ $output == *'Cannot be undone:'* ]]
  [[ $output == *"hetzner.server/app  the server's disk (40 GB)"* ]]
  [[ $output == *'hetzner.server/app  ipv4 was 192.0.2.'* ]]
  [[ $output == *'hetzner.zone/app  all records of the zone'* ]]
  [[ $output == *'secret/token  its former value is not kept: a new one is made'* ]]
  run "$pipster" --lab undo 2 --yes --json
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [ "$(jq -r 'select(.type == "undo") | .lost | length' <<<"$output")" -ge 4 ]
  [ "$(jq -r 'select(.type == "undone") | .by' <<<"$output")" = 3 ]
  run "$pipster" --lab plan --detailed-exitcode --var more=yes
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "an undo is undone, a later run comes first, and protection holds" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var motd=Two
  "$pipster" --lab run playbooks/shop.lua --yes --var motd=Three
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 5 ]
  [[ $output == *'run 3 changed app:file/etc/motd since'* ]]
  [[ $output == *'undo run 3 first: pipster undo 3'* ]]
  "$pipster" --lab undo 3 --yes
  "$pipster" --lab undo 4 --yes
  run "$pipster" --lab plan --detailed-exitcode --var motd=Three
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  "$pipster" --lab undo 5 --yes
  "$pipster" --lab undo 2 --yes
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  printf 'require("hetzner").primary_ip "fixed" { location = "nbg1" }\n' | playbook ip
  "$pipster" --lab run playbooks/ip.lua --yes --move-tip
  run "$pipster" --lab undo 8 --yes
  [ "$status" -eq 5 ] || { echo "$output"; false; }
  [[ $output == *'hetzner.primary_ip/fixed is protected'*'--allow-destroy=hetzner.primary_ip/fixed'* ]]
  run "$pipster" --lab undo 8 --yes --allow-destroy=hetzner.primary_ip/fixed
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "killed anywhere, an undo goes on where it was" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var ports=22,80 --var motd=Other --var more=yes
  PIPSTER_CRASH_LOG=$PWD/points "$pipster" --lab undo 2 --yes
  sent=$(grep -c http-sent points)
  for point in intent-committed:1 intent-committed:3 "http-sent:$sent" "http-replied:$sent" \
    host-step:1 result-committed:1 result-committed:4; do
    "$pipster" --lab run playbooks/shop.lua --yes --var ports=22,80 --var motd=Other --var more=yes
    last=$("$pipster" --lab history --limit 1 --json | jq 'select(.type == "run") | .run')
    PIPSTER_CRASH_AT=$point run "$pipster" --lab undo "$last" --yes
    [ "$status" -eq 137 ] || { echo "$point: $output"; false; }
    run "$pipster" --lab undo "$last" --yes
    [ "$status" -eq 0 ] || { echo "$point: $output"; false; }
    run "$pipster" --lab plan --detailed-exitcode
    [ "$status" -eq 0 ] || { echo "$point: $output"; false; }
    [ -z "$(sqlite3 .pipster/state/lab.db "select id from step where outcome in ('open', 'uncertain')")" ]
  done
}

@test "killed when all of an undo was done: the next one finds that, and it counts as undone" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var ports=22,80
  PIPSTER_CRASH_AT=result-committed:1 run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 137 ]
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ $output == *'No changes. Nothing is left to undo.'* ]]
  [ "$(sqlite3 .pipster/state/lab.db 'select group_concat(outcome) from run')" = done,done,done ]
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 5 ]
  [[ $output == *'run 2 is undone already'* ]] || { echo "$output"; false; }
  run "$pipster" --lab undo 1 --yes
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "a deployment and its content go back to what they were" {
  playbook deploy <<'P'
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
local host = app:host { }
docker.engine { on = host }
host:file "/opt/shop/docker-compose.yml" { content = "services: { web: { image: web:"
  .. input("version", { default = "1" }) .. " } }\n" }
docker.compose "shop" {
  on = host, path = "/opt/shop",
  env = { VERSION = input("version", { default = "1" }), KEY = secret("key", { length = 24 }) },
}
caddy.site "shop" {
  on = host, domain = "shop.pipster.app",
  reverse_proxy = "localhost:" .. input("port", { default = "5000" }),
}
P
  "$pipster" --lab run playbooks/deploy.lua --yes
  before=$(state_of app:docker.compose/shop)
  "$pipster" --lab run playbooks/deploy.lua --yes --var version=2 --var port=6000
  [ "$(state_of app:docker.compose/shop)" != "$before" ]
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ $output == *'~ app:docker.compose/shop'* ]]
  [[ $output == *'reload caddy on host/app'* ]]
  [ "$(state_of app:docker.compose/shop)" = "$before" ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "what is no run" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab undo
  [ "$status" -eq 64 ]
  run "$pipster" --lab undo next
  [ "$status" -eq 64 ]
  run "$pipster" --lab undo 1 --only app:file/*
  [ "$status" -eq 64 ]
  [[ $output == *'an undo is of a whole run'* ]]
  run "$pipster" --lab undo 7
  [ "$status" -eq 64 ]
  [[ $output == *'there is no run 7'*'pipster history'* ]]
}

@test "a budget blocks an undo as it blocks a run; the reason to go on is kept" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab destroy --yes
  sed -i 's|budget = "$150/month"|budget = "€1/month"|' pipster.lua
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 5 ] || { echo "$output"; false; }
  run "$pipster" --lab undo 2 --yes --override 'it was a mistake'
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  run "$pipster" --lab history --limit 1
  [[ $output == *'undoes run 2; override: it was a mistake'* ]] || { echo "$output"; false; }
}

@test "the guards of the playbook last applied judge an undo, and what cannot be judged is said" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var ports=22,80
  before=$(state_of hetzner.firewall/web)
  sed -i '1i guard.forbid { types = "hetzner.firewall", because = "the audit" }' playbooks/shop.lua
  run "$pipster" --lab undo 2 --yes
  echo "$output"
  [ "$status" -eq 5 ]
  [[ $output == *'hetzner.firewall/web may not be: the plan would change it'*'the audit'* ]]
  [[ $output == *'playbooks/shop.lua:1'*'--override REASON'* ]]
  [ "$(state_of hetzner.firewall/web)" = "$before" ]
  # A playbook that needs to be told something needs it here too.
  sed -i '1s/.*/local who = input("who")/' playbooks/shop.lua
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 64 ] || { echo "$output"; false; }
  [[ $output == *'while reading the guards of playbooks/shop.lua'*'--var who='*'--override REASON'* ]]
  [ "$(state_of hetzner.firewall/web)" = "$before" ]
  run "$pipster" --lab undo 2 --yes --var who=me --var ports=22,80
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  # One that is gone holds nobody up who says why.
  rm playbooks/shop.lua
  run "$pipster" --lab undo 3 --yes
  [ "$status" -ne 0 ]
  run "$pipster" --lab undo 3 --yes --override 'it was lost'
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ $output == *'The guards of playbooks/shop.lua are not judged'*'overridden, "it was lost"'* ]]
}
