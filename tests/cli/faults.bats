#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every error that the stand-in's vendor documents and a run can meet, on the create of a
# server and on lists: the exit code, the message, the state, and the run after it.

load helpers

setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "web" { inbound = { 22, 443 } }
hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key }, firewalls = { web },
  backups = true,
}
P
}
teardown() { stop_lab; }

start() {
  run "$pipster" --lab run playbooks/shop.lua --yes
}

# Exit code 0, and it was the fault that was met: none is left.
passes() {
  start
  [ "$status" -eq 0 ]
  no_fault_is_left
  converges
}

# fails CODE WORD…: the message holds each word, the state is right.
fails() {
  local code=$1 word
  shift
  start
  [ "$status" -eq "$code" ]
  for word in "$@"; do
    [[ $output == *"$word"* ]] || { echo "not told: $word"; echo "$output"; return 1; }
  done
  no_fault_is_left
  [ "$(sqlite3 .pipster/state/lab.db 'pragma integrity_check')" = ok ]
  [ -z "$(sqlite3 .pipster/state/lab.db "select 1 from run where outcome = 'open'")" ]
}

no_fault_is_left() {
  [ "$(curl -s "$PIPSTER_LAB_URL/faults" | jq '.faults | length')" = 0 ]
}

# The next run does what is left, once; then there is nothing to do.
converges() {
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$(requests '.executed and .method == "POST"' | grep -c '/servers$')" = 1 ]
  [ "$(requests '.executed and .method == "POST"' | sed 's,/[0-9]*/,/ID/,' | sort | uniq -d)" = "" ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq -c .objects)" = \
    '{"firewalls":1,"primary_ips":2,"servers":1,"ssh_keys":1,"storage_boxes":0,"zones":0}' ]
  [ -z "$(sqlite3 .pipster/state/lab.db \
    "select 1 from step where outcome in ('open', 'uncertain') union select 1 from handler")" ]
}

meets() { # KIND [METHOD PATH [TIMES]]
  "$pipster" lab fault "$@" >/dev/null
}

# Creating a server ------------------------------------------------------------------------

@test "429 on a create: waits for the reset and goes on" {
  meets 429 POST /servers
  passes
}

@test "423 locked on a create: tried again" {
  meets locked POST /servers 2
  passes
}

@test "409 conflict on a create: tried again" {
  meets conflict POST /servers 2
  passes
}

@test "502 before a create was carried out: looked for, not there, told" {
  meets 502_before POST /servers
  fails 3 'creating server app' 'bad_gateway'
  converges
}

@test "502 after a create was carried out: found, not made again" {
  meets 502_after POST /servers
  passes
}

@test "504 after a create was carried out: found, not made again" {
  meets 504_after POST /servers
  passes
}

# What is carried out after its 504 is so when the stand-in's clock says it: `it_comes`.
late() {
  curl -sf "$PIPSTER_LAB_URL/faults" -H 'Content-Type: application/json' -o late.log -d \
    '{"fault":"late","seconds":3600,"match":{"method":"POST","path":"/servers"}}'
}
it_comes() {
  curl -sf "$PIPSTER_LAB_URL/clock" -d '{"seconds":3601}' -o late.log
  curl -sf "$PIPSTER_LAB_URL/status" -o late.log # it looks what is due when it is asked
}
# Every POST /servers that arrived: the one that was given up, and what became of it.
creates() {
  jq -c 'select(.method == "POST" and .path == "/v1/servers") | [.status, .executed]' .pipster/lab/requests.jsonl |
    paste -sd ' '
}
came_late() {
  [ "$(creates)" = '[504,false] [201,true]' ] || { creates; return 1; }
}
looks() { # how often it was looked for what is there, since the 504
  jq -s 'map(.status == 504) as $lost | .[($lost | index(true) // length):]
    | map(select(.method == "GET" and .path == "/v1/servers")) | length' .pipster/lab/requests.jsonl
}
looks_again() { # BEFORE
  [ "$(looks)" -ge $(($1 + 2)) ]
}

# A run that looks for what may still come; it comes once it was missed twice.
run_while_it_comes() { # [FLAG…]
  local before running
  before=$(looks)
  PIPSTER_RETRY_MS=400 "$pipster" --lab run "$@" --yes >late.out 2>&1 3>&- &
  running=$!
  wait_until looks_again "$before"
  it_comes
  status=0
  wait "$running" || status=$?
  output=$(cat late.out)
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

killed_after_the_504() {
  PIPSTER_CRASH_AT=http-sent:3 run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 137 ]
  wait_until no_fault_is_left
}

@test "a create that is carried out after its 504: looked for until it is there, not made again" {
  late
  run_while_it_comes playbooks/shop.lua
  came_late
  converges
}

@test "killed after the 504: the next start looks until what comes late is there" {
  late
  killed_after_the_504
  run_while_it_comes
  came_late
  converges
}

@test "declared no more after the 504: what comes late is removed, and costs nothing" {
  late
  killed_after_the_504
  sed -i '/hetzner.server "app"/,$d' playbooks/shop.lua
  run_while_it_comes
  [[ $output == *'- hetzner.server/app  left over from run 1'* ]] || { echo "$output"; false; }
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 0 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "a create that comes later than anybody looks: told, found by its name, not made twice" {
  late
  fails 3 'creating server app' 'timeout'
  it_comes
  came_late
  converges
}

@test "504 before a create was carried out: looked for, not there, told" {
  meets 504 POST /servers
  fails 3 'creating server app' 'timeout'
  converges
}

@test "a connection reset before a create was carried out" {
  meets reset_before POST /servers
  fails 3 'No answer to POST'
  converges
}

@test "a connection reset after a create was carried out: found, not made again" {
  meets reset_after POST /servers
  passes
}

@test "500 on a create: told, not repeated" {
  meets 500 POST /servers
  fails 3 'creating server app' 'server_error'
  converges
}

@test "503 on a create: told, not repeated" {
  meets 503 POST /servers
  fails 3 'creating server app' 'unavailable'
  converges
}

@test "a slow create is waited for" {
  meets slow POST /servers
  passes
}

@test "garbage for an answer to a create that was carried out: found, not made again" {
  meets garbage POST /servers
  passes
}

@test "an answer to a create that is cut short: found, not made again" {
  meets cut POST /servers
  passes
}

@test "the action of a create ends in an error" {
  meets action_error POST /servers
  fails 3 'creating server app' 'action_failed'
  run "$pipster" --lab run --yes
  [ "$status" -eq 0 ]
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$(curl -s "$PIPSTER_LAB_URL/status" | jq .objects.servers)" = 1 ]
}

@test "sold out on a create: told with what to try" {
  meets sold_out POST /servers
  fails 3 'creating server app' 'resource_unavailable'
  converges
}

@test "no limit left on a create" {
  meets limit POST /servers
  fails 3 'creating server app' 'resource_limit_exceeded'
  converges
}

@test "maintenance on a create" {
  meets maintenance POST /servers
  fails 3 'creating server app' 'maintenance'
  converges
}

@test "no place left on a create" {
  meets placement_error POST /servers
  fails 3 'creating server app' 'placement_error'
  converges
}

@test "the token is taken away between plan and create" {
  meets forbidden POST /servers
  fails 3 'creating server app' 'forbidden'
  converges
}

# Other creates ----------------------------------------------------------------------------

@test "the answer to each kind of create is lost: nothing is made twice" {
  meets 502_after POST /ssh_keys
  meets reset_after POST /firewalls
  meets 504_after POST '/servers/*/actions/enable_backup'
  fails 3 'creating server app' 'timeout'
  [[ $output == *'ssh_key/deploy created'* && $output == *'firewall/web created'* ]]
  converges
}

# Lists ------------------------------------------------------------------------------------

@test "a list that fails in passing is asked again" {
  for kind in 429 502_before 502_after 503 504 504_after reset_before reset_after conflict locked; do
    meets "$kind" GET /servers
    run "$pipster" --lab plan playbooks/shop.lua
    [ "$status" -eq 0 ] || { echo "$kind: $output"; return 1; }
    no_fault_is_left
  done
}

@test "500 on a list is asked once more" {
  meets 500 GET /servers
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  no_fault_is_left
}

@test "a list that goes on failing is told, and nothing was changed" {
  for kind in 500 503 garbage cut forbidden maintenance; do
    meets "$kind" GET /servers 20
    start
    [[ $status = 1 || $status = 4 ]] || { echo "$kind: $status $output"; return 1; }
    [[ $output == *servers* ]] || { echo "$kind: $output"; return 1; }
    [ -z "$(requests '.method != "GET"')" ]
    "$pipster" lab fault clear >/dev/null
  done
  start
  [ "$status" -eq 0 ]
  converges
}

@test "a slow list is waited for" {
  curl -sf "$PIPSTER_LAB_URL/faults" -H 'Content-Type: application/json' \
    -d '{"fault":"slow","seconds":1,"match":{"method":"GET","path":"/servers"}}' >/dev/null
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 0 ]
  no_fault_is_left
}

# pipster lab fault -------------------------------------------------------------------------

@test "lab fault: each kind that docs/LAB.md names is taken, clear ends them" {
  kinds=$(sed -n '/^## Faults/,/^## S3/p' "$root/docs/LAB.md" | sed -n 's/^| \(`[^|]*\)|.*/\1/p' | tr -d '`,')
  [ "$(wc -w <<<"$kinds")" -ge 24 ]
  for kind in $kinds; do
    meets "$kind" POST /nowhere
  done
  [ "$(curl -s "$PIPSTER_LAB_URL/faults" | jq '.faults | length')" = "$(wc -w <<<"$kinds")" ]
  "$pipster" lab fault clear >/dev/null
  no_fault_is_left
}

@test "lab fault: a kind that there is not" {
  run "$pipster" lab fault flood
  [ "$status" -eq 1 ]
  [[ $output == *'must be one of'*'502_after'* ]]
}

@test "lab fault: without a kind" {
  run "$pipster" lab fault
  [ "$status" -eq 64 ]
}
