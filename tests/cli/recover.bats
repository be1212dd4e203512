#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A lost database is made again from labels, hosts and the playbook.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner, dns, cost = require "hetzner", require "dns", require "cost"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 443 } }
local app = hetzner.server "app" {
  type = { "cx23", "cpx22" }, image = "debian-12", location = { "nbg1", "fsn1" },
  ssh_keys = { key }, firewalls = { web }, backups = true, labels = { team = "web" },
}
local zone = hetzner.zone "main" { name = "example.com" }
hetzner.rrset "mail" { zone = zone, name = "@", type = "MX", records = { "10 mail.example.com." } }
dns.record "www" { domain = "www.example.com", value = app.ipv4 }
local host = app:host { login = { "root" } }
host:package { "git", "curl" }
host:file "/etc/motd" { content = text("this is %s\n", app.ipv4) }
host:directory "/srv/shop" {}
cost.item "domain" { price = "$12/year" }
P
}
teardown() { stop_lab; }

made() { "$pipster" --lab run playbooks/shop.lua --yes >/dev/null; }
lose() { mkdir -p away && rm -rf away/* && mv .pipster/state/lab.db* away/; }
rows() { sqlite3 "$1" "select address, host, created_by_us, protect, playbook, incarnation, phase from resource order by address"; }
executed() { requests '.executed and .method != "GET" and (.path | startswith("/v1"))'; }

@test "recover: every row is back as it was, the next plan is empty, nothing was changed" {
  made
  id=$(sqlite3 .pipster/state/lab.db "select value from meta where key = 'project_id'")
  lose
  forget
  run "$pipster" --lab state recover playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *"Recovered: 12 rows of project $id."* ]] || { echo "$output"; return 1; }
  [[ $output == *'The next plan is empty.'* ]]
  [ -z "$(executed)" ]
  diff <(rows away/lab.db) <(rows .pipster/state/lab.db)
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  forget
  "$pipster" --lab run --yes
  [ -z "$(executed)" ]
  # And it can be removed.
  run "$pipster" --lab destroy --yes --allow-destroy=all
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(curl -s -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT/servers" | jq '.servers | length')" = 0 ]
}

@test "recover: what no playbook declares is recorded and left alone" {
  made
  lose
  sed -i '/dns.record/d; /host:directory/d; /hetzner.rrset/d' playbooks/shop.lua
  sed -i 's/^local key = .*/local key = input("ssh_public_key")/; s/ssh_keys = { key }, //' playbooks/shop.lua
  run "$pipster" --lab state recover playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'2 of them no playbook here declares'* ]] || { echo "$output"; return 1; }
  [[ $output == *'The next plan is empty.'* ]]
  [ "$(sqlite3 .pipster/state/lab.db "select playbook from resource where address = 'hetzner.ssh_key/deploy'")" = '(recovered)' ]
  [ "$(sqlite3 .pipster/state/lab.db "select created_by_us from resource where address = 'app:directory/srv/shop'")" = 1 ]
  forget
  "$pipster" --lab run --yes
  [ -z "$(executed)" ]
}

@test "recover: several projects must be named; a sound state is not thrown away" {
  made
  run "$pipster" --lab state recover playbooks/shop.lua
  [ "$status" -eq 1 ]
  [[ $output == *'this environment has a state'* ]]
  id=$(sqlite3 .pipster/state/lab.db "select value from meta where key = 'project_id'")
  lose
  curl -sf -X POST -H "Authorization: Bearer $HCLOUD_TOKEN" -H 'Content-Type: application/json' \
    "$HCLOUD_ENDPOINT/firewalls" -d '{"name":"other","labels":{"pipster-project":"feedfeedfeedfeed"}}' >/dev/null
  run "$pipster" --lab state recover playbooks/shop.lua
  [ "$status" -eq 64 ]
  [[ $output == *'several projects'*'feedfeedfeedfeed (1 things, such as firewall other)'*'--project-id'* ]] ||
    [[ $output == *"$id"*'feedfeedfeedfeed'* ]] || { echo "$output"; return 1; }
  [ ! -e .pipster/state/lab.db ]
  run "$pipster" --lab state recover playbooks/shop.lua --project-id=../../etc
  [ "$status" -eq 64 ]
  run "$pipster" --lab state recover playbooks/shop.lua --project-id="$id"
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'The next plan is empty.'* ]]
}

@test "recover: nothing carries a label; a secret that cannot be read back is told" {
  run "$pipster" --lab state recover playbooks/shop.lua
  [ "$status" -eq 1 ]
  [[ $output == *'carries a label'*'--project-id'* ]]
  cat >>playbooks/shop.lua <<'P'
host:file "/etc/key" { content = secret("key", { length = 24 }), mode = "0600" }
P
  made
  lose
  # The lab's model of a host keeps digests of secrets only.
  run "$pipster" --lab state recover playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'secret/key  could not be read back; it is used by app:file/etc/key'*'pipster secrets set key'* ]]
  [[ $output == *'+ secret/key'* ]]
}
