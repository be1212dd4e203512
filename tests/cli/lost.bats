#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The state under a run goes away, is replaced, is closed to us, or its disk fills up: what
# runs is finished, nothing new is begun, what was learned is kept, and the next run has it.

load helpers

setup() {
  setup_project
  export PIPSTER_LAB_DIR=$project/elsewhere XDG_STATE_HOME=$project/kept
  export TMPDIR=$project/temporary
  mkdir "$TMPDIR"
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
hetzner.firewall "later" { inbound = { 22 }, after = app }
P
  database=$project/.pipster/state/lab.db
}
teardown() { stop_lab; }

log() { jq -r "select($1) | .path" "$PIPSTER_LAB_DIR/requests.jsonl"; }

# A run that is creating the server while COMMAND… is done to its state.
during_the_run() { # COMMAND…
  hold POST /servers
  "$pipster" --lab run playbooks/shop.lua --yes >lost.log 2>&1 3>&- &
  local held=$!
  wait_until fault_is_used_up
  "$@"
  release
  code=0
  wait "$held" || code=$?
}

stopped_part_way() { # WHY KEPT
  [ "$code" = 3 ] || { echo "ended with $code"; cat lost.log; return 1; }
  grep -q 'the state was lost during the run' lost.log
  grep -q "$1" lost.log || { cat lost.log; return 1; }
  grep -q "is kept in .*$2, and the next run takes it in" lost.log
  [ -z "$(log '.method == "POST" and .path == "/v1/firewalls"')" ]
}

converges() {
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$(log '.method == "POST" and .executed and .path == "/v1/servers"' | wc -l)" = 1 ]
  [ "$(log '.method == "POST" and .executed and .path == "/v1/firewalls"' | wc -l)" = 1 ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
  [ "$(sqlite3 "$database" 'pragma integrity_check')" = ok ]
  [ -z "$(sqlite3 "$database" "select id from step where outcome in ('open', 'uncertain')")" ]
  [ "$(sqlite3 "$database" 'select count(*) from resource')" = 3 ]
  [ "$(stat -c %a "$database")" = 600 ]
  [ -z "$(find . -name '*.copy' -o -name '*.spill' -o -name '*.new')" ]
}

@test "the database is removed" {
  during_the_run rm "$database"
  stopped_part_way 'there is no file of this name any more' 'lab.db.copy'
  [ "$(stat -c %a "$database.copy")" = 600 ]
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 1 ]
  [[ $output == *'pipster run puts it back'* ]]
  converges
  [ "$(sqlite3 "$database" 'select count(*) from run')" = 2 ]
}

@test "the whole folder of the state is removed" {
  during_the_run rm -rf .pipster
  stopped_part_way 'there is no file of this name any more' 'lab.db.copy'
  converges
}

@test "the database is renamed, and put back by hand" {
  during_the_run mv "$database" away.db
  stopped_part_way 'there is no file of this name any more' 'lab.db.copy'
  mv away.db "$database"
  converges
}

@test "the database is replaced by another file" {
  echo nothing >nothing
  chmod 600 nothing
  during_the_run mv nothing "$database"
  stopped_part_way 'another file has its name now' 'lab.db.copy'
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 1 ]
  [[ $output == *'no database'* ]]
  rm "$database"
  converges
}

@test "the database is closed to us: the run is whole, the next one opens it" {
  during_the_run chmod 0 "$database"
  [ "$code" = 0 ] || { cat lost.log; return 1; }
  if [ "$(id -u)" != 0 ]; then
    run "$pipster" --lab plan
    [ "$status" -eq 1 ]
    [[ $output == *'check the owner and the mode'* ]]
    chmod 600 "$database"
  fi
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  [ "$(stat -c %a "$database")" = 600 ]
}

# In a mount namespace of its own the state lies on a disk of one megabyte.
@test "the disk fills up, under the state alone" {
  unshare -rm true 2>/dev/null || skip "no mount namespaces here"
  mkdir -p .pipster/state
  export pipster PIPSTER_LAB_URL database
  export -f hold release during_the_run fault_is_used_up wait_until stopped_part_way log converges run
  run unshare -rm bash -c '
    set -eu
    mount -t tmpfs -o size=1m,mode=700 tmpfs .pipster/state
    fill() { dd if=/dev/zero of=.pipster/state/full bs=4k 2>/dev/null || true; }
    during_the_run fill
    stopped_part_way "the disk is full" "kept/pipster/.*spill"
    [ -z "$(sqlite3 "$database" "select id from step where outcome = '"'done'"' and address like '"'%server%'"'")" ]
    rm .pipster/state/full
    code=0
    "$pipster" --lab run playbooks/shop.lua --yes >next.log 2>&1 || code=$?
    [ $code = 0 ] || { cat next.log; exit 1; }
    grep -q "Taken in: what an earlier run had to keep in .*spill" next.log
    [ "$(sqlite3 "$database" "select count(*) from resource")" = 3 ]
    [ -z "$(sqlite3 "$database" "select id from step where outcome in ('"'open', 'uncertain'"')")" ]
    [ -z "$(find . -name "*.spill")" ]
  '
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(log '.method == "POST" and .executed and .path == "/v1/servers"' | wc -l)" = 1 ]
}
