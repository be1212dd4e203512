#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Keys that are made here, the secrets that a backup makes for itself, drills by hand.

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

shop() { # LINE…
  {
    echo 'local hetzner, backup, check = require "hetzner", require "backup", require "check"'
    echo 'local app = hetzner.server "app" {'
    echo '  type = "cx23", image = "debian-12", location = "nbg1" }'
    echo 'local host = app:host { }'
    printf '%s\n' "$@"
  } | playbook shop
}

ends() { # CODE WORD…
  local code=$1
  shift
  run "$pipster" --lab "$@"
  [ "$status" = "$code" ] || { echo "pipster $*: exit $status"; echo "$output"; return 1; }
}

@test "a key has a public half that is told, and a private one that is not" {
  shop 'local key = secret("box", { kind = "ssh" })' 'output { public = key.public_key }' \
    'host:file "/root/pub" { content = key.public_key }' \
    'host:file "/root/key" { mode = "0600", content = key }'
  ends 0 plan playbooks/shop.lua
  [[ $output != *'ssh-ed25519 '* ]]
  ends 0 run playbooks/shop.lua --yes
  public=$(sed -n 's/^public = //p' <<<"$output")
  [[ $public == 'ssh-ed25519 AAAA'* ]] || { echo "$output"; return 1; }
  ends 0 plan --detailed-exitcode
  ends 0 state export
  [[ $output == *"$public"* && $output != *PRIVATE* ]]
  ends 0 secrets rotate box
  ends 0 run --yes
  [[ $(sed -n 's/^public = //p' <<<"$output") != "$public" ]] || { echo "$output"; return 1; }
}

@test "what is no kind of a key is refused" {
  for wrong in 'kind = "rsa"' 'kind = "ssh", length = 40' 'kind = "age", env = "KEY"'; do
    shop "secret(\"box\", { $wrong })"
    ends 1 validate playbooks/shop.lua
    [[ $output == *'secret "box"'*kind* ]] || { echo "$output"; return 1; }
  done
}

@test "a backup makes its secrets once, however often it is amended, and they are protected" {
  shop 'local dumps = backup.postgres "shop" { on = host, database = "shop" }' \
    'dumps:amend { keep = "8d" }' 'dumps:append { also = { "/srv" } }' \
    'check.backup "shop" { backup = dumps }'
  ends 0 run playbooks/shop.lua --yes
  [[ $output == *'app:check.backup/shop'* ]]
  ends 0 plan --detailed-exitcode
  ends 0 secrets list
  [ "$(grep -c backup_shop <<<"$output")" = 1 ]
  shop
  ends 5 plan playbooks/shop.lua
  [[ $output == *'secret/backup_shop is protected'* ]]
  shop 'secret("backup_shop", { kind = "age", protect = true })'
  ends 0 run playbooks/shop.lua --yes
  [[ $output == *'its backups stay in /var/backups/pipster/shop'* ]]
  ends 0 secrets list
  [ "$(grep -c backup_shop <<<"$output")" = 1 ]
}

@test "drill restore knows which backups there are, and says where there is none" {
  ends 64 drill
  ends 64 drill restore
  [[ $output == *'there is no backup in the state'* ]]
  shop 'backup.postgres "shop" { on = host, database = "shop" }'
  ends 0 run playbooks/shop.lua --yes
  ends 64 drill restore other
  [[ $output == *'no backup of the state is called "other"'* ]]
  ends 4 drill restore app:backup.postgres/shop
  [[ $output == *'host/app is no machine'* ]]
  ends 0 history
  [[ $output == *drill* ]]
}

@test "status tells how old backups and drills are by now, as their checks saw them" {
  shop 'local dumps = backup.postgres "shop" { on = host, database = "shop" }' \
    'check.backup "shop" { backup = dumps }'
  ends 0 run playbooks/shop.lua --yes
  ends 0 status
  [[ $output != *backups* ]]
  hour=$((3600 * 1000))
  then=$(($(date +%s) * 1000 - hour))
  measured() { # NAME VALUE
    sqlite3 .pipster/state/lab.db "insert into measurement (run, address, name, value, unit, at_ms)
      values (1, 'app:check.backup/shop', '$1', $2, 's', $then)"
  }
  measured age $((4 * 3600 + 60))
  ends 0 status
  [[ $output == *'backups   app:check.backup/shop: the newest is 5 hours old; never restored for trial;'* &&
    $output == *'to restore it by hand: pipster logs app backup.postgres/shop'* ]] ||
    { echo "$output"; return 1; }
  measured drill_age $((3 * 86400))
  measured drill_minutes 1.5
  ends 0 status
  [[ $output == *'restored for trial 3 days ago, in 1.5 minutes'* ]] || { echo "$output"; return 1; }
  ends 0 status --json
  [ "$(jq -r 'select(.part == "backups").data | .age_seconds / 3600 | floor' <<<"$output")" = 5 ]
  # A drill by hand since then, which no check has seen yet.
  sqlite3 .pipster/state/lab.db "insert into measurement (run, address, name, value, unit, at_ms)
    select run, 'app:backup.postgres/shop', name, min(value, 2), unit, at_ms + 1000 from measurement
    where name like 'drill_%'"
  ends 0 status
  [[ $output == *'restored for trial 1 hour ago, in 1.5 minutes'* ]] || { echo "$output"; return 1; }
}

@test "where there are no hosts the state goes nowhere, and nobody is told that it did" {
  shop 'backup.postgres "shop" { on = host, database = "shop", state = true }'
  ends 0 run playbooks/shop.lua --yes
  [[ $output != *warning* ]]
  ends 0 plan --detailed-exitcode
  [ -z "$(sqlite3 .pipster/state/lab.db "SELECT key FROM setting WHERE key LIKE 'state_sent/%'")" ]
}

rented() { # LINE…: and a drill on a rented server
  shop 'local key = hetzner.ssh_key "mine" { public_key = input("ssh_public_key") }' \
    'local dumps = backup.postgres "shop" { on = host, database = "shop",' \
    '  offsite = { s3 = "https://s3.example.com/shop", key_id = secret "id",' \
    '    secret_key = secret "word" } }' "$@"
}
drill='backup.drill "shop" { backup = dumps, every = "weekly", ssh_keys = { key } }'

@test "a rented drill is priced, rents, gives back, and is done once in its time" {
  rented
  ends 0 run playbooks/shop.lua --yes
  rented "$drill"
  ends 0 plan
  [[ $output == *'+ backup.drill/shop'*'rents a cx23 in nbg1: 0.0096 EUR an hour begun'* ]]
  [[ $output == *'Cost: 0.00 €/month'* ]]
  forget
  ends 0 run --yes
  [ "$(requests '.executed' | sed 's,/[0-9]*$,/ID,')" = "$(printf '%s\n' \
    'POST /v1/servers' 'DELETE /v1/servers/ID')" ]
  ends 0 plan --detailed-exitcode
  sqlite3 .pipster/state/lab.db "UPDATE resource SET attributes = json_set(attributes,
    '\$.drilled_at', json_extract(attributes, '\$.drilled_at') - 8 * 86400)
    WHERE address = 'backup.drill/shop'"
  ends 2 plan --detailed-exitcode
  [[ $output == *'~ backup.drill/shop'*'rents a cx23'* ]]
  ends 0 status
  [[ $output == *'backup.drill/shop: restored on a rented cx23 8 days ago, in 0.0 minutes, for 0.0096 EUR'* ]]
  rented 'backup.drill "shop" { backup = dumps, every = "monthly", ssh_keys = { key } }'
  ends 0 plan
  [[ $output == *'~ backup.drill/shop'* && $output != *'rents a'* ]]
}

@test "a rented drill tells contacts, whose secrets are in no plan and no state" {
  export LAB_WORD=canary-word-of-the-hook
  rented 'local alert = require "alert"' 'local mail = alert.contact "mail" { on = host,' \
    '  server = "mail.example.com", from = "a@example.com", to = { "b@example.com" } }' \
    'local hook = alert.contact "hook" { on = host, via = "webhook",' \
    '  url = secret("hook", { env = "LAB_WORD" }) }' \
    'backup.drill "shop" { backup = dumps, every = "weekly", ssh_keys = { key }, notify = { mail, hook } }'
  ends 0 run playbooks/shop.lua --yes
  [[ $output == *'backup.drill/shop created'* ]]
  ends 0 plan --detailed-exitcode -v
  ends 0 state export
  [[ $output != *canary-word* && $output == *backup.drill* ]]
  rented "${drill/ssh_keys/notify = { \"mail\" \}, ssh_keys}"
  ends 1 plan
  [[ $output == *'who is told is an alert.contact'* ]] || { echo "$output"; return 1; }
}

@test "what a killed drill left is told in the plan, and given back by the next run" {
  rented
  ends 0 run playbooks/shop.lua --yes
  rented "$drill"
  PIPSTER_CRASH_AT=http-replied:1 run "$pipster" --lab run --yes
  [ "$status" -eq 137 ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 2 ]
  ends 0 plan
  [[ $output =~ server\ [0-9]+,\ which\ a\ drill\ that\ was\ cut\ off\ left,\ is\ given\ back ]]
  ends 0 run --yes
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
  ends 0 plan --detailed-exitcode
  # Also where nobody wants a drill any more.
  ends 0 state rm backup.drill/shop --yes
  PIPSTER_CRASH_AT=http-replied:1 run "$pipster" --lab run --yes
  rented
  ends 0 run --yes
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
}

@test "a rented drill wants a backup with copies elsewhere" {
  shop 'backup.drill "shop" { backup = "shop", ssh_keys = { 1 } }'
  ends 1 plan playbooks/shop.lua
  [[ $output == *'wants a backup'* ]]
  shop 'local dumps = backup.postgres "shop" { on = host, database = "shop" }' \
    'backup.drill "shop" { backup = dumps, ssh_keys = { 1 } }'
  ends 3 run playbooks/shop.lua --yes
  [[ $output == *'the backup shop has no copy elsewhere to restore'* ]]
  ends 1 plan playbooks/shop.lua
  [[ $output == *'drill = "monthly" for one on its host'* ]]
}
