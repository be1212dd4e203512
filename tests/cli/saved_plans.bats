#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# plan --out, show, apply, --resume: what was approved is what is carried out.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner, docker = require "hetzner", require "docker"
phase(2, "Shop")
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = input("size", { default = "cx23" }), image = "debian-12", location = "nbg1",
  ssh_keys = { key },
}
local host = app:host { login = { "root" } }
docker.compose "identity" {
  on = host, path = "/opt/identity", env = { JWT_KEY = secret("jwt_key", { length = 32 }) },
}
host:file "/etc/motd" { content = "the words of the day\n" }
P
}
teardown() { stop_lab; }

plan() { "$pipster" --lab plan "$@" >plan.out 2>&1 || { cat plan.out; return 1; }; }
apply() { run "$pipster" --lab apply "$@"; }
expect() { # STATUS, words of the output …
  [ "$status" -eq "$1" ] || { echo "exit $status: $output"; return 1; }
  shift
  for words in "$@"; do
    [[ $output == *"$words"* ]] || { echo "not said: $words in: $output"; return 1; }
  done
}
server_id() { "$pipster" --lab state show hetzner.server/app --json | jq .attributes.id; }
# The world, by another hand than ours.
hand() { # METHOD PATH [JSON]
  curl -fsS -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" ${3:+-d "$3"} \
    "$HCLOUD_ENDPOINT$2" >/dev/null
}
relabel() { # TEAM
  labels=$(curl -fsS -H "Authorization: Bearer $HCLOUD_TOKEN" \
    "$HCLOUD_ENDPOINT/servers/$(server_id)" | jq -c --arg team "$1" '.server.labels + {$team}')
  hand PUT "/servers/$(server_id)" "{\"labels\":$labels}"
}

@test "round trip: saved, shown as it was planned, carried out once and without asking" {
  run "$pipster" --lab plan playbooks/shop.lua --out first.plan --detailed-exitcode
  expect 2 'Plan: 6 to add' 'Saved: pipster apply first.plan carries this out, once, until 20'
  [ "$(stat -c %a first.plan)" = 600 ]
  [ ! -e .pipster/state/lab.db ]
  "$pipster" --lab plan playbooks/shop.lua >planned
  # Only what must not be kept is shown otherwise.
  run diff <(sed '/^ *@@ -/d; s/^ *+ the words of the day$/TEXT/; s/^ *content.*/TEXT/' planned | uniq) \
    <("$pipster" show first.plan | tail -n +3 | sed 's/^ *content.*(21 bytes, not kept)$/TEXT/')
  expect 0
  [ "$("$pipster" show first.plan --json | jq -r 'select(.type == "saved_plan") | .playbook')" = playbooks/shop.lua ]
  [ "$("$pipster" show first.plan --json | jq -c 'select(.type == "change_summary") | [.add, .may]')" = '[6,3]' ]
  apply first.plan
  expect 0 'Plan: 6 to add' '6 done, 0 failed'
  [ "$(sqlite3 .pipster/state/lab.db 'select verb, plan = (select id from used_plan) from run')" = 'apply|1' ]
  run "$pipster" --lab plan --detailed-exitcode
  expect 0 'No changes'
  apply first.plan
  expect 7 'the plan was carried out already: by run 1 (' 'pipster plan playbooks/shop.lua --out first.plan'
  apply first.plan --resume
  expect 7 'there is nothing to resume' 'run 1 ('
}

@test "another state, another code, another input: refused, and told which" {
  plan playbooks/shop.lua --out one.plan
  "$pipster" --lab run playbooks/shop.lua --yes --only hetzner.ssh_key/deploy
  apply one.plan
  expect 7 'the state has changed since the plan was made' '@' 'changed hetzner.ssh_key/deploy'
  plan playbooks/shop.lua --out two.plan
  apply two.plan --var size=cx33
  expect 7 'the input size is another' 'not given then' '--var size='
  sed -i 's/the day/the night/' playbooks/shop.lua
  apply two.plan
  expect 7 'the code has changed since the plan was made: playbooks/shop.lua'
  echo 'this is no Lua' >>playbooks/shop.lua
  apply two.plan
  expect 7 'the code has changed' 'where playbooks/shop.lua'
  sed -i '$d; s/the night/the day/' playbooks/shop.lua
  sed -i 's/150/200/' pipster.lua
  apply two.plan
  expect 7 'the code has changed since the plan was made: pipster.lua'
  sed -i 's/200/150/; 1i-- a remark' pipster.lua
  cp -r "$root/stdlib" stdlib && echo '-- mine' >>stdlib/shell.lua
  apply two.plan --stdlib stdlib
  expect 7 'the code has changed since the plan was made: stdlib'
  run "$pipster" --env other apply two.plan
  expect 7 'for another environment: lab' 'pipster --lab apply two.plan'
  [ ! -e .pipster/state/other.db ]
  apply two.plan
  expect 0 '5 done, 0 failed'
  run "$pipster" show one.plan
  expect 0 'Plan: 6 to add'
}

@test "another world: refused with address and field; what is done already is left out" {
  "$pipster" --lab run playbooks/shop.lua --yes
  sed -i 's/location = "nbg1",/location = "nbg1", labels = { team = "blue" },/' playbooks/shop.lua
  plan playbooks/shop.lua --out labels.plan
  relabel red
  apply labels.plan
  expect 7 'labels of hetzner.server/app has changed since the plan was made' \
    'it was {} then, and is {"team":"red"} now'
  hand POST "/servers/$(server_id)/actions/poweroff"
  relabel blue
  forget
  apply labels.plan
  expect 7 'power of hetzner.server/app would be changed, which was not approved'
  [ "$(requests | sed 's/ .*//' | sort -u)" = GET ]
  hand POST "/servers/$(server_id)/actions/poweron"
  apply labels.plan
  expect 0 'No changes'
  apply labels.plan
  expect 7 'carried out already: by run 2'
}

@test "killed in the midst: --resume carries out the rest of what was approved, once" {
  plan playbooks/shop.lua --out shop.plan
  PIPSTER_CRASH_AT=result-committed:3 run "$pipster" --lab apply shop.plan
  [ "$status" -eq 137 ]
  apply shop.plan
  expect 7 'carried out already: by run 1' 'pipster apply FILE --resume'
  apply shop.plan --resume
  expect 0 '0 failed'
  [ "$(requests '.method == "POST" and .executed' | sort -u | wc -l)" = \
    "$(requests '.method == "POST" and .executed' | wc -l)" ]
  run "$pipster" --lab plan --detailed-exitcode
  expect 0 'No changes'
  apply shop.plan --resume
  expect 7 'there is nothing to resume'
  plan playbooks/shop.lua --var size=cx33 --out size.plan
  apply size.plan --resume --var size=cx33
  expect 64 'the plan was never carried out'
}

@test "killed before its run began: the plan is not used, and the state has not moved" {
  plan playbooks/shop.lua --out shop.plan
  for point in other-committed:1 other-committing:2; do
    PIPSTER_CRASH_AT=$point run "$pipster" --lab apply shop.plan
    [ "$status" -eq 137 ]
  done
  apply shop.plan --resume
  expect 64 'the plan was never carried out'
  apply shop.plan
  expect 0 '6 done, 0 failed'
}

@test "a run after it: what is left of a plan can no longer be resumed" {
  plan playbooks/shop.lua --out shop.plan
  PIPSTER_CRASH_AT=result-committed:2 run "$pipster" --lab apply shop.plan
  "$pipster" --lab run playbooks/shop.lua --yes
  apply shop.plan --resume
  expect 7 'the plan cannot be resumed: run 2 (' 'run 1 ('
}

@test "cut, changed, foreign, newer: each is told; nothing is begun" {
  plan playbooks/shop.lua --out shop.plan
  for size in 1 40 700 "$(($(stat -c %s shop.plan) - 90))"; do
    head -c "$size" shop.plan >cut
    apply cut
    [ "$status" -ne 0 ]
    [[ $output == *'the plan is damaged'*'cut off'* || $output == *'no plan of pipster'* ]] ||
      { echo "$output"; return 1; }
  done
  sed 's/cx23/cx53/' shop.plan >changed
  apply changed
  expect 1 'the plan is damaged' 'it was changed after it was made'
  sed '1s/"pipster_plan":1/"pipster_plan":2/' shop.plan >newer
  apply newer
  expect 1 'made by a newer pipster' 'this one'
  printf 'PK\3\4 something' >foreign
  apply foreign
  expect 64 'this is no plan of pipster'
  run "$pipster" show foreign
  expect 64 'this is no plan of pipster'
  apply nowhere.plan
  expect 64 'the plan nowhere.plan cannot be read'
  apply playbooks/shop.lua
  expect 64 'is a playbook' 'pipster run playbooks/shop.lua'
  run "$pipster" --lab plan playbooks/shop.lua --out playbooks/shop.lua
  expect 64 'there is something else at playbooks/shop.lua'
  [ ! -e .pipster/state/lab.db ]
  # Whoever can make the checksum still cannot make the seal.
  "$pipster" --lab run playbooks/shop.lua --yes --only hetzner.ssh_key/deploy
  plan playbooks/shop.lua --out sealed.plan
  sed '$d; s/cx23/cx53/' sealed.plan >body
  { cat body; jq -c --arg sum "$(sha256sum <body | cut -d' ' -f1)" '.checksum = $sum' \
    <(tail -n 1 sealed.plan); } >forged
  run "$pipster" show forged
  expect 0 'cx53'
  apply forged
  expect 7 'the plan was changed after it was made'
  [ "$(requests '.method == "POST" and .executed' | grep -c servers)" = 0 ]
}

@test "too old; empty; a part; two at once; without its project" {
  plan playbooks/shop.lua -out=shop.plan --only hetzner.ssh_key/deploy,secret/jwt_key
  SOURCE_DATE_EPOCH=$(($(date +%s) + 90000)) run "$pipster" --lab apply shop.plan
  expect 7 'the plan is too old: it was made 1 day ago' 'plan_max_age'
  apply shop.plan --only hetzner.server/app
  expect 64 'were decided with the plan'
  apply shop.plan & first=$!
  "$pipster" --lab apply shop.plan >second 2>&1 && second=0 || second=$?
  wait "$first" || true
  [ "$(sqlite3 .pipster/state/lab.db 'select count(*) from run')" = 1 ]
  [[ $second =~ ^[067]$ ]]
  [ "$("$pipster" --lab state list | wc -l)" = 2 ]
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab plan --out empty.plan --detailed-exitcode
  expect 0 'No changes' 'Saved:'
  apply empty.plan
  expect 0 'No changes'
  apply empty.plan
  expect 7 'carried out already'
  mkdir elsewhere && cp shop.plan elsewhere && cd elsewhere
  run env -u HCLOUD_TOKEN -u HCLOUD_ENDPOINT "$pipster" -C / show "$PWD/shop.plan"
  expect 0 'Plan: 2 to add' 'left out by --only'
  cd ..
}

@test "no secret and no file's content is in a plan; the same world gives the same plan" {
  export API_KEY=canary-7f3a9c51e2 # the world has it, and its new value is in the plan
  sed -i 's|^docker.compose|host:file "/etc/key" {\n  mode = "0600", content = "KEY=" .. secret("api", { env = "API_KEY" }),\n}\ndocker.compose|' \
    playbooks/shop.lua
  plan playbooks/shop.lua --out new.plan
  "$pipster" --lab run playbooks/shop.lua --yes
  API_KEY=canary-b80d64e1c3
  sed -i 's/of the day/of the night/; s/location = "nbg1",/& labels = { note = "canary-shown" },/' \
    playbooks/shop.lua
  plan playbooks/shop.lua --out one.plan
  plan playbooks/shop.lua --out two.plan
  grep -q 'app:file/etc/key.*"secret":true' one.plan
  [ "$(grep -c canary-shown one.plan)" = 1 ] # what is there is found
  for word in canary-7f3a9c51e2 canary-b80d64e1c3 "$HCLOUD_TOKEN" 'the words'; do
    coded=$(printf %s "$word" | base64 -w 0)
    run grep -rlF -e "$word" -e "${coded:4:12}" \
      -e "$(printf %s "$word" | od -An -v -tx1 | tr -d ' \n')" ./*.plan
    expect 1
  done
  run diff <(sed '2s/"id":"[0-9a-f]*","\|"made_at_ms":[0-9]*,//g; $d' one.plan) \
    <(sed '2s/"id":"[0-9a-f]*","\|"made_at_ms":[0-9]*,//g; $d' two.plan)
  expect 0
  [ "$(find . -name '*.new')" = "" ]
  # Another secret than the approved one is another thing.
  API_KEY=canary-c0ffee4711
  apply one.plan
  expect 7 'would become another one' 'it is a secret, and another than was approved'
}

@test "what a stage says that was deferred belongs to the next plan" {
  playbook staged <<'P'
local hetzner = require "hetzner"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
stage("cluster", function()
  hetzner.firewall("of-" .. value(app.ipv4):gsub("%.", "-")) { inbound = { 22 } }
end)
hetzner.firewall "late" { inbound = { 22 }, after = app }
P
  plan playbooks/staged.lua --out one.plan
  run "$pipster" show one.plan
  expect 0 'stage "cluster" is deferred: hetzner.server/app.ipv4' '1 stage is deferred'
  PIPSTER_CRASH_AT=result-committed:1 run "$pipster" --lab apply one.plan
  [ "$status" -eq 137 ]
  apply one.plan --resume
  expect 0 '1 to add' 'Stages were deferred in it: pipster plan playbooks/staged.lua --out'
  [ "$(requests '.method == "POST" and .executed' | grep -c '/firewalls$')" = 1 ]
  plan --out two.plan
  apply two.plan
  expect 0 'hetzner.firewall/of-192-0-2-' '1 done'
  run "$pipster" --lab plan --detailed-exitcode
  expect 0 'No changes'
}

@test "an undo is approved first: saved, shown, bound, carried out once" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var size=cx33
  run "$pipster" --lab undo 2 --out back.plan --detailed-exitcode --var size=cx33
  expect 2 'Undoing run 2' '~ hetzner.server/app' 'Saved: pipster apply back.plan'
  serial=$(sqlite3 .pipster/state/lab.db 'select value from meta where key = "serial"')
  [ "$("$pipster" --lab state show hetzner.server/app --json | jq -r .attributes.type)" = cx33 ]
  run "$pipster" show back.plan
  expect 0 ': undo of run 2' '~ hetzner.server/app' 'Plan: 0 to add, 1 to change'
  [ "$("$pipster" show back.plan --json | jq -c 'select(.type == "saved_plan") | [.undoes, .playbook]')" = \
    '[2,"playbooks/shop.lua"]' ]
  # The inputs that the guards were judged with are bound, and so is the playbook.
  apply back.plan
  expect 7 'the input size is another than when the plan was made'
  cp playbooks/shop.lua kept
  echo 'guard.forbid { types = "*" }' >>playbooks/shop.lua
  apply back.plan --var size=cx33
  expect 7 'the code has changed' 'pipster undo 2 --out back.plan makes another'
  echo 'this is no Lua' >>playbooks/shop.lua
  apply back.plan --var size=cx33
  expect 7 'the code has changed' 'shop.lua'
  mv kept playbooks/shop.lua
  hand POST "/servers/$(server_id)/actions/poweroff"
  apply back.plan --var size=cx33
  expect 7 'power of hetzner.server/app would be changed, which was not approved'
  hand POST "/servers/$(server_id)/actions/poweron"
  [ "$serial" = "$(sqlite3 .pipster/state/lab.db 'select value from meta where key = "serial"')" ]
  run "$pipster" --lab undo 2 --out back.plan --var size=cx33
  expect 0 Saved
  apply back.plan --var size=cx33
  expect 0 'Run 2 is undone; `pipster undo 3` would bring it back'
  [ "$("$pipster" --lab state show hetzner.server/app --json | jq -r .attributes.type)" = cx23 ]
  [ "$(sqlite3 .pipster/state/lab.db 'select verb, plan is not null from run where id = 3')" = 'undo|1' ]
  run "$pipster" --lab history --limit 1
  expect 0 'undoes run 2'
  apply back.plan --var size=cx33
  expect 7 'the plan was carried out already: by run 3 ('
  run "$pipster" --lab undo 2 --out again.plan --var size=cx33
  expect 5 'run 2 is undone already'
  [ ! -e again.plan ]
}

@test "killed in the midst of an undo that was approved: --resume carries out the rest" {
  "$pipster" --lab run playbooks/shop.lua --yes
  run "$pipster" --lab undo 1 --out back.plan
  expect 0 '3 to destroy' Saved
  PIPSTER_CRASH_AT=http-replied:1 apply back.plan
  expect 137
  apply back.plan
  expect 7 'pipster apply FILE --resume'
  apply back.plan --resume
  expect 0 'Run 1 is undone'
  run "$pipster" --lab state list
  [ -z "$output" ]
}

@test "a destroy is approved first; what protection keeps is not saved, another destroy is refused" {
  sed -i 's/location = "nbg1",/location = "nbg1", labels = { team = "core" },/' playbooks/shop.lua
  "$pipster" --lab run playbooks/shop.lua --yes
  serial=$(sqlite3 .pipster/state/lab.db 'select value from meta where key = "serial"')
  run "$pipster" --lab destroy --out end.plan --detailed-exitcode
  expect 2 '3 to destroy' 'Saved: pipster apply end.plan'
  [ "$serial" = "$(sqlite3 .pipster/state/lab.db 'select value from meta where key = "serial"')" ]
  run "$pipster" show end.plan
  expect 0 ': destroy' '- hetzner.server/app' '3 to destroy'
  server=$(server_id)
  relabel other
  apply end.plan
  expect 7 'labels of hetzner.server/app' 'pipster destroy --out end.plan makes another'
  [ "$(server_id)" = "$server" ]
  relabel core
  apply end.plan
  expect 0 '6 done, 0 failed'
  [ "$(sqlite3 .pipster/state/lab.db 'select verb from run order by id desc limit 1')" = destroy ]
  run "$pipster" --lab state list
  [ -z "$output" ]
  # What an undo cannot bring back is told to whoever approves it.
  run "$pipster" --lab undo 2 --out back.plan
  expect 0 'Cannot be undone:' Saved
  run "$pipster" show back.plan
  expect 0 'Cannot be undone:' 'hetzner.server/app' 'Plan: 6 to add'
  [ "$("$pipster" show back.plan --json | jq 'select(.type == "saved_plan") | .lost | length > 0')" = true ]
  printf 'local h = require "hetzner"\nh.zone "main" { name = "shop.example" }\n' | playbook zone
  "$pipster" --lab run playbooks/zone.lua --yes --move-tip
  run "$pipster" --lab destroy --out zone.plan
  expect 5 'hetzner.zone/main' '--allow-destroy'
  [ ! -e zone.plan ]
  run "$pipster" --lab destroy --out zone.plan --allow-destroy=hetzner.zone/main
  expect 0 Saved
  apply zone.plan
  expect 0 '1 done, 0 failed'
  run "$pipster" --env other undo 1 --out none.plan
  expect 64 'there is no run 1'
}
