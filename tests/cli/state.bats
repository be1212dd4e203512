#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# state mv, rm, export, import; places where a database must not lie; a damaged one.

load helpers
setup() {
  setup_project
  start_lab
  shop app
}
teardown() { stop_lab; }

shop() { # NAME of the server
  playbook shop <<P
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "$1" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
local host = app:host("$1") { login = { "root" } }
host:file "/etc/key" { content = secret("${2:-key}", { length = 24 }), mode = "0600" }
P
  sed -i "s/app:host(\"$1\")/app:host/" playbooks/shop.lua
}

made() { "$pipster" --lab run playbooks/shop.lua --yes >/dev/null 2>&1; }
empty() {
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}
executed() { requests '.executed and .method != "GET" and (.path | startswith("/v1"))'; }

@test "mv: server, host and secret get other names; nothing is made or removed" {
  made
  forget
  run "$pipster" --lab state mv hetzner.server/app hetzner.server/web
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab state mv host/app host/web
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'host/app is host/web from now on, and 1 thing on it follows.'* ]]
  run "$pipster" --lab state mv secret/key secret/jwt
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ -z "$(executed)" ]
  [ "$("$pipster" --lab state list)" = "hetzner.server/web
hetzner.ssh_key/deploy
host/web
secret/jwt
web:file/etc/key" ]
  shop web jwt
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'~ hetzner.server/web'* ]]
  [[ $output != *'- hetzner.server'* && $output != *'+ hetzner.server'* ]]
  [[ $output == *'0 to add, 1 to change, 0 to destroy'* && $output != *'secret/jwt'* ]]
  made
  [ "$(executed)" = "PUT /v1/servers/$(server_id)" ]
  empty
}

server_id() {
  "$pipster" --lab state show hetzner.server/web --json | jq -r .attributes.id
}

@test "mv: the past follows, and can be explained and undone" {
  made
  sed -i 's/cx23/cx33/' playbooks/shop.lua
  made
  "$pipster" --lab state mv hetzner.server/app hetzner.server/web
  "$pipster" --lab state mv host/app host/web
  "$pipster" --lab state mv secret/key secret/jwt
  run "$pipster" --lab history 2
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'hetzner.server/web'* && $output != *'hetzner.server/app'* ]] ||
    { echo "$output"; return 1; }
  shop web jwt
  sed -i 's/cx23/cx33/' playbooks/shop.lua
  run "$pipster" --lab explain hetzner.server/web
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'past '*'run 1 '*'create'*'run 2 '*'update  done: type'* ]] ||
    { echo "$output"; return 1; }
  run "$pipster" --lab undo 2 --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$("$pipster" --lab state show hetzner.server/web --json | jq -r .attributes.type)" = cx23 ]
  sed -i 's/cx33/cx23/' playbooks/shop.lua
  made
  empty
  # What the first run made is known by its new names, on the host too.
  run "$pipster" --lab undo 1 --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'- hetzner.server/web  run 1 made it'*'. web:file/etc/key'* ]] ||
    { echo "$output"; return 1; }
  run "$pipster" --lab state list
  [ -z "$output" ]
}

@test "mv: what cannot be is refused and changes nothing" {
  made
  "$pipster" --lab state export before
  run "$pipster" --lab state mv hetzner.server/no hetzner.server/web
  [ "$status" -eq 64 ]
  [[ $output == *'it is not in the state'*'pipster state list'* ]]
  run "$pipster" --lab state mv hetzner.server/app hetzner.firewall/app
  [ "$status" -eq 64 ]
  run "$pipster" --lab state mv hetzner.server/app
  [ "$status" -eq 64 ]
  run "$pipster" --lab state move hetzner.server/app hetzner.server/web
  [ "$status" -eq 64 ]
  [[ $output == *'pipster help state'* || $output == *'did you mean pipster state mv?'* ]]
  "$pipster" --lab state export after
  cmp before after
}

@test "rm: asks, forgets the row and what is on the host; import takes it back" {
  made
  run "$pipster" --lab state rm 'host/*' hetzner.server/app
  [ "$status" -eq 64 ]
  [[ $output == *'pipster import hetzner.server/app'* && $output == *'--yes'* ]]
  forget
  run "$pipster" --lab state rm 'host/*' hetzner.server/app --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'stays as it is, and goes on costing'* ]]
  [[ $output == *'Forgotten: 3.'* ]]
  [ -z "$(requests)" ]
  [ "$("$pipster" --lab state list)" = "hetzner.ssh_key/deploy
secret/key" ]
  run "$pipster" --lab state rm hetzner.server/app --yes
  [ "$status" -eq 64 ]
  # It is ours by its labels: found again, and removable again.
  forget
  made
  [ -z "$(executed)" ]
  [ "$(sqlite3 .pipster/state/lab.db "select created_by_us from resource where address = 'hetzner.server/app'")" = 1 ]
  empty
}

@test "rm: open steps and owed handlers of what is forgotten are settled" {
  made
  sqlite3 .pipster/state/lab.db "
    insert into step (run, address, type, host, action, outcome, begun_at_ms)
      values (1, 'app:file/etc/other', 'file', 'host/app', 'create', 'open', 1);
    insert into handler (host, name, cause, script, run)
      values ('host/app', 'reload', 'app:file/etc/key', 'true', 1);"
  run "$pipster" --lab state rm host/app --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(sqlite3 .pipster/state/lab.db "select count(*) from handler")" = 0 ]
  [ "$(sqlite3 .pipster/state/lab.db "select count(*) from step where outcome = 'open'")" = 0 ]
}

@test "export: the same bytes for the same state, no secret and no time in it" {
  made
  secret=$("$pipster" --lab state show app:file/etc/key --json | jq -r '.attributes.content."$secret"')
  [ "$secret" = secret/key ]
  "$pipster" --lab state export one.json
  made
  "$pipster" --lab state export >two.json
  cmp one.json two.json
  jq -e '.pipster_state == 2 and (.resources | length == 5)' one.json
  [ "$(jq -r '.resources[].address' one.json)" = "$("$pipster" --lab state list)" ]
  ! grep -q '_at_ms\|changed_at' one.json
  run "$pipster" --env none state export
  [ "$status" -eq 1 ]
  [[ $output == *'there is no state to export'* ]]
}

@test "--state: an exported state is planned with, without a lock, and nothing is written" {
  made
  "$pipster" --lab state export saved.json
  mkdir away && mv .pipster/state/lab.* away/
  export TMPDIR=$project/tmp
  mkdir tmp
  run "$pipster" --lab plan --state saved.json --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'~ app:file/etc/key  may change'*'0 to add, 1 to change'* ]] ||
    { echo "$output"; return 1; }
  [[ $output != *'+ secret/key'* ]]
  sed -i 's/cx23/cx33/' playbooks/shop.lua
  run "$pipster" --lab plan --state saved.json --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  run "$pipster" --lab status --state saved.json
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab report --html page.html --state saved.json
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  grep -q 'hetzner.server/app' page.html
  run "$pipster" --lab what-if --mrr '$5000' --customers 200 --state saved.json
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ -z "$(ls .pipster/state | grep -v cache)" ]
  [ -z "$(ls tmp)" ]
  run "$pipster" --lab run --state saved.json --yes
  [ "$status" -eq 64 ]
  [[ $output == *'pipster run needs the state itself'*'leave out --state'* ]]
  echo '{"pipster_state":9}' >newer.json
  run "$pipster" --lab plan --state newer.json
  [ "$status" -eq 1 ]
  [[ $output == *'exported by a newer pipster'* ]]
  run "$pipster" --lab plan --state missing.json
  [ "$status" -eq 64 ]
  [[ $output == *'cannot read missing.json'* ]]
}

@test "import: into an empty environment under the same project; the next plan is empty" {
  made
  "$pipster" --lab state export saved.json
  id=$(jq -r .project_id saved.json)
  mkdir away && mv .pipster/state/lab.db* away/
  run "$pipster" --lab state import saved.json
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *"Imported: 5 rows of project $id."* ]]
  [[ $output == *'1 secret has no value here: pipster secrets import FILE'* ]]
  "$pipster" --lab state export again.json
  cmp saved.json again.json
  # All that is missing is the secret.
  run "$pipster" --lab plan --except secret/key,app:file/etc/key
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'No changes, but for what is left out.'* ]] ||
    { echo "$output"; return 1; }
}

@test "import: what was said, answered and came in goes along" {
  made
  "$pipster" --lab cost set hetzner.server/app '4.15 €'
  "$pipster" --lab revenue set 640 --customers 52 --currency EUR
  "$pipster" --lab state export saved.json
  jq -e '.prices["hetzner.server/app"] | startswith("4.15 EUR")' saved.json
  jq -e '.revenues[0].gross == "640"' saved.json
  mkdir away && mv .pipster/state/lab.db* away/
  run "$pipster" --lab cost --state saved.json
  [[ $output == *'4.15 €/month as said'* ]] || { echo "$output"; return 1; }
  "$pipster" --lab state import saved.json
  "$pipster" --lab state export again.json
  cmp saved.json again.json
  # The same once more, in place of what is there, doubles nothing.
  "$pipster" --lab state import saved.json --yes
  "$pipster" --lab state export again.json
  cmp saved.json again.json
  run "$pipster" --lab revenue
  [[ $output == *640.00* ]]
}

@test "import: in place of what is there only when agreed; another project's never" {
  made
  "$pipster" --lab state export saved.json
  "$pipster" --lab state rm host/app --yes
  run "$pipster" --lab state import saved.json
  [ "$status" -eq 64 ]
  [[ $output == *'--yes'* ]]
  run "$pipster" --lab state import saved.json --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output != *'has no value here'* ]]
  empty
  sed 's/"project_id": "[0-9a-f]*"/"project_id": "0123456789abcdef"/' saved.json >other.json
  run "$pipster" --lab state import other.json --yes
  [ "$status" -eq 1 ]
  [[ $output == *'belongs to another project'* ]]
  printf '{"pipster_state":1,"project_id":"0123456789abcdef","resources":[{}]}' >broken.json
  run "$pipster" --env fresh state import broken.json
  [ "$status" -eq 1 ]
  [[ $output == *'resources[0]'*'its address and its type'* ]]
  [ ! -e .pipster/state/fresh.db ]
  sed 's/"pipster_state": 2/"pipster_state": 9/' saved.json >newer.json
  run "$pipster" --env fresh state import newer.json
  [[ $output == *'exported by a newer pipster'* ]]
}

@test "a synced folder is refused with what to do; state_path and the override work" {
  mkdir .stfolder
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 1 ]
  [[ $output == *'in a folder that Syncthing syncs'*'state_path'*'PIPSTER_STATE_ANYWHERE=1'* ]]
  [ ! -e .pipster/state/lab.db ]
  PIPSTER_STATE_ANYWHERE=1 "$pipster" --lab run playbooks/shop.lua --yes
  [ -e .pipster/state/lab.db ]
  mv .pipster/state/lab.db* "$BATS_TEST_TMPDIR"
  cat >pipster.lua <<P
return { project = "shop", state_path = "$BATS_TEST_TMPDIR" }
P
  empty
  [ ! -e .pipster/state/lab.db ]
}

@test "a damaged database is refused, and it is said how to get it back" {
  made
  for _ in $(seq 40); do printf '\377\377\377\377\377\377\377\377'; done |
    dd of=.pipster/state/lab.db bs=1 seek=4096 conv=notrunc status=none
  rm -f .pipster/state/lab.db-wal .pipster/state/lab.db-shm
  for verb in "state list" "plan" "run --yes" "state export"; do
    run "$pipster" --lab $verb
    [ "$status" -eq 1 ]
    [[ $output == *'the database is damaged'*'state import FILE'*'pipster state recover'* ]]
  done
}
