#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What exists is taken over: one thing (import), a whole project (adopt hetzner).

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

# A call by hand, as a person with a browser or another program would make it.
api() { # METHOD PATH [BODY]
  curl -sf -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" -H 'Content-Type: application/json' \
    ${3:+-d "$3"} "$HCLOUD_ENDPOINT$2"
}

made_by_hand() {
  key=$(cut -d' ' -f1,2 <<<"$PIPSTER_VAR_ssh_public_key")
  key_id=$(api POST /ssh_keys "{\"name\":\"Anna's Key\",\"public_key\":\"$key\",\"labels\":{\"team\":\"web\"}}" | jq .ssh_key.id)
  firewall_id=$(api POST /firewalls '{"name":"web","rules":[
    {"direction":"in","protocol":"tcp","port":"22","source_ips":["192.0.2.0/24"],"description":"office"},
    {"direction":"in","protocol":"tcp","port":"443","source_ips":["0.0.0.0/0","::/0"]}]}' | jq .firewall.id)
  ip_id=$(api POST /primary_ips '{"name":"kept ip","type":"ipv4","assignee_type":"server","location":"nbg1","auto_delete":false}' | jq .primary_ip.id)
  server_id=$(api POST /servers "{\"name\":\"web-1\",\"server_type\":\"cx23\",\"image\":\"debian-12\",\"location\":\"nbg1\",
    \"labels\":{\"managed-by\":\"terraform\",\"k8s.io/role\":\"node\"},\"firewalls\":[{\"firewall\":$firewall_id}],
    \"public_net\":{\"enable_ipv4\":true,\"ipv4\":$ip_id,\"enable_ipv6\":true}}" | jq .server.id)
  zone_id=$(api POST /zones '{"name":"example.com","mode":"primary","ttl":600}' | jq .zone.id)
  api POST "/zones/$zone_id/rrsets" '{"name":"@","type":"MX","ttl":300,"records":[{"value":"10 mail.example.com."}]}' >/dev/null
  api POST "/zones/$zone_id/rrsets" '{"name":"*","type":"TXT","records":[{"value":"\"v=spf1 -all\""}]}' >/dev/null
  for _ in $(seq 50); do
    [ "$(api GET "/servers/$server_id" | jq -r .server.status)" = running ] && break
  done
}

executed() { requests '.executed and .method != "GET" and (.path | startswith("/v1"))'; }
row() { sqlite3 .pipster/state/lab.db "select $1 from resource where address = '$2'"; }

@test "adopt: a project made by hand is a playbook and state, and its plan is empty" {
  made_by_hand
  forget
  run "$pipster" --lab adopt hetzner
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  cat playbooks/adopted.lua
  [[ $output == *'Adopted: 7 things, declared in playbooks/adopted.lua. Its plan is empty.'* ]]
  [ -z "$(executed)" ]
  grep -qF 'hetzner.ssh_key "anna-s-key" {' playbooks/adopted.lua
  grep -qF 'firewalls = { firewall["web"] },' playbooks/adopted.lua
  grep -qF 'public_net = { ipv4 = primary_ip["kept-ip"] },' playbooks/adopted.lua
  grep -qF 'zone = zone["example-com"],' playbooks/adopted.lua
  grep -qF '443, { description = "office", port = 22' playbooks/adopted.lua ||
    grep -qF 'port = 22, protocol = "tcp", source_ips = { "192.0.2.0/24" } }, 443' playbooks/adopted.lua
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ -z "$(executed)" ]
  [ "$(row created_by_us hetzner.server/web-1)" = 1 ]
  [ "$(row protect hetzner.zone/example-com)" = 1 ]
  # Again: everything is known.
  run "$pipster" --lab adopt hetzner --out playbooks/more.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'Nothing to adopt.'* ]]
  [ ! -e playbooks/more.lua ]
}

@test "adopt: ours are put on a thing with its next change, those of others stay" {
  made_by_hand
  "$pipster" --lab adopt hetzner
  sed -i 's/^  type = "cx23",/  type = "cx23", backups = true,/' playbooks/adopted.lua
  forget
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(executed)" = "PUT /v1/servers/$server_id
POST /v1/servers/$server_id/actions/enable_backup" ]
  api GET "/servers/$server_id" | jq -e '.server.labels["managed-by"] == "terraform"
    and .server.labels["k8s.io/role"] == "node" and .server.labels["pipster-name"] == "web-1"'
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "adopt: what is in the state is skipped, what is new is taken; never over a file" {
  playbook shop <<'P'
local hetzner = require "hetzner"
hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
P
  "$pipster" --lab run playbooks/shop.lua --yes
  api POST /firewalls '{"name":"deploy"}' >/dev/null
  echo -- >playbooks/adopted.lua
  run "$pipster" --lab adopt hetzner
  [ "$status" -eq 64 ]
  [[ $output == *'is there already'*'--out'* ]]
  run "$pipster" --lab adopt hetzner --out playbooks/rest.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  for words in 'In the state already: 1.' 'Adopted: 1 thing,' 'include "playbooks/rest.lua"'; do
    [[ $output == *"$words"* ]] || { echo "$output"; return 1; }
  done
  ! grep -q ssh_key playbooks/rest.lua
  run "$pipster" --lab plan playbooks/rest.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab adopt
  [ "$status" -eq 64 ]
}

@test "import: by number and by name; the next run labels it and puts the rest right" {
  made_by_hand
  playbook shop <<'P'
local hetzner = require "hetzner"
local web = hetzner.firewall "web" { inbound = { 443 } }
hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1", firewalls = { web } }
local zone = hetzner.zone "main" { name = "example.com" }
hetzner.rrset "mx" { zone = zone, name = "@", type = "MX", records = { "10 mail.example.com." } }
P
  forget
  run "$pipster" --lab import hetzner.server/app "$server_id" playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'Imported: hetzner.server/app.'* ]]
  run "$pipster" --lab import hetzner.firewall/web web playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab import hetzner.zone/main example.com playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab import hetzner.rrset/mx "$zone_id/@/MX" playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ -z "$(executed)" ]
  [ "$(row created_by_us hetzner.rrset/mx)" = 1 ]
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ -z "$(executed | grep -E 'POST /v1/(servers|firewalls|zones|ssh_keys)$')" ]
  api GET "/servers/$server_id" | jq -e '.server.labels["pipster-name"] == "app"
    and .server.labels["managed-by"] == "terraform"'
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "import: what cannot be is refused, with what to do instead" {
  made_by_hand
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = secret("key", { length = 20 })
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
hetzner.server "two" { type = "cx23", image = "debian-12", location = "nbg1" }
app:host { }:file "/etc/motd" { content = "x" }
P
  refused() { # words of the output, then the arguments
    words=$1; shift
    run "$pipster" --lab import "$@"
    [ "$status" -eq 64 ] || [ "$status" -eq 1 ] || return 1
    [[ $output == *"$words"* ]] || { echo "$output"; return 1; }
    [ "$("$pipster" --lab state list)" = "$before" ]
  }
  before=
  refused 'pipster import wants an address' hetzner.server/app
  refused 'is not declared by' hetzner.server/no "$server_id" playbooks/shop.lua
  refused 'there is no hetzner.server 1' hetzner.server/app 1 playbooks/shop.lua
  refused 'there is no hetzner.server '"$key_id" hetzner.server/app "$key_id" playbooks/shop.lua
  refused 'found by itself' app:file/etc/motd 1 playbooks/shop.lua
  refused 'pipster secrets set' secret/key 1 playbooks/shop.lua
  "$pipster" --lab import hetzner.server/app "$server_id" playbooks/shop.lua
  before=hetzner.server/app
  refused 'in the state already' hetzner.server/app "$server_id" playbooks/shop.lua
  refused 'is hetzner.server/app already' hetzner.server/two "$server_id" playbooks/shop.lua
  api PUT "/ssh_keys/$key_id" '{"labels":{"pipster-project":"feedfeedfeedfeed"}}' >/dev/null
  printf 'require "hetzner".ssh_key "k" { public_key = "ssh-ed25519 AAAA" }\n' | playbook key
  refused 'belongs to another project' hetzner.ssh_key/k "$key_id" playbooks/key.lua
}
