#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Uptime monitors at stand-ins that really ask, and really tell.

load helpers
setup() {
  setup_project
  start_lab
  site_port=18080 site_pid=
}
teardown() {
  end_site
  stop_lab
}

lab_of() { # SERVICE, PATH below /_lab, [curl's words]
  local endpoint=${1^^}_ENDPOINT
  local origin=${!endpoint}
  curl -sf "${origin%"${origin#http://*/}"}_lab/$2" "${@:3}"
}

# A real web server of one page, on a port that is free.
begin_site() {
  mkdir -p site && echo 'all is well' >site/health
  python3 -u -c '
import http.server, sys, functools
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])),
    functools.partial(Quiet, directory="site"))
print(server.server_address[1], flush=True)
server.serve_forever()' "${site_port_wanted:-0}" >site.port 2>site.log 3>&- &
  site_pid=$!
  wait_until test -s site.port
  site_port=$(cat site.port)
  site_port_wanted=$site_port
}

end_site() {
  [ -z "$site_pid" ] || { kill "$site_pid"; wait "$site_pid"; } 2>/dev/null || true
  site_pid=
}

# What the sink of webhooks was told, one line each.
told() {
  curl -sf "$PIPSTER_LAB_HOOKS/_lab/messages" | jq -r '.messages[].text'
}

told_of() { # PATTERN
  told | grep -q -- "$1"
}

warned() { # PATTERN
  "$pipster" --lab run playbooks/shop.lua --yes >warned.log 2>&1
  grep -q "$1" warned.log
}

run_and_rest() { # runs the playbook; then there is nothing to do
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  first=$output
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "UptimeRobot sees that a site is down and back, and tells of both" {
  begin_site
  export HOOK=$PIPSTER_LAB_HOOKS/hook/$PIPSTER_LAB_HOOKS_TOKEN
  export SLACK=$PIPSTER_LAB_HOOKS/services/T0/B0/$PIPSTER_LAB_HOOKS_TOKEN
  playbook shop <<P
local monitor, check = require "monitor", require "check"
local hook = monitor.contact "hook" {
  service = "uptimerobot", webhook = secret("hook", { env = "HOOK" }),
}
local slack = monitor.contact "slack" {
  service = "uptimerobot", slack = secret("slack", { env = "SLACK" }),
}
local site = monitor.http "identity" {
  service = "uptimerobot", url = "http://127.0.0.1:$site_port/health", every = "1m",
  keyword = "all is well", notify = { hook, slack },
}
monitor.status_page "status" {
  service = "uptimerobot", monitors = { site }, homepage = "https://pipster.app",
}
check.uptime "identity" { monitor = site, at_least = 99, days = { 7, 90 } }
P
  run_and_rest
  [[ $first == *'check.uptime/identity passed'* ]]
  "$pipster" --lab plan playbooks/shop.lua --out shop.plan --json >plan.json
  for word in "$PIPSTER_LAB_HOOKS_TOKEN" "$UPTIMEROBOT_API_KEY"; do
    ! grep -rqF "$word" .pipster/state shop.plan plan.json || { echo "told: $word"; return 1; }
  done
  end_site
  wait_until told_of 'identity is Down'
  wait_until warned 'identity was up [0-9.]* % of 7 days, under 99 %'
  begin_site
  wait_until told_of 'identity is Up'
  [ "$(told | grep -c 'identity is Down')" = 2 ] # by both contacts, once each
  # Another address is another secret: the contact is changed, and not made anew.
  HOOK=$HOOK/other run "$pipster" --lab run playbooks/shop.lua --yes
  [[ $output == *'monitor.contact/hook changed'* ]] || { echo "$output"; return 1; }
  [ "$(lab_of uptimerobot status | jq .objects.integrations)" = 2 ]
}

@test "Better Stack sees that a site is down and back, and tells of both" {
  begin_site
  playbook shop <<P
local monitor, check = require "monitor", require "check"
monitor.contact "hook" {
  service = "betterstack", webhook = "$PIPSTER_LAB_HOOKS/hook/$PIPSTER_LAB_HOOKS_TOKEN",
}
local site = monitor.http "identity" {
  service = "betterstack", url = "http://127.0.0.1:$site_port/health", every = "1m",
  keyword = "all is well",
}
monitor.status_page "status" {
  service = "betterstack", monitors = { site }, homepage = "https://pipster.app",
  subdomain = "pipster",
}
check.uptime "identity" { monitor = site, at_least = 99 }
P
  run_and_rest
  [[ $first == *'check.uptime/identity passed'* ]]
  echo 'it is broken' >site/health
  wait_until told_of '"Started"'
  wait_until warned 'identity was up [0-9.]* % of 90 days, under 99 %'
  echo 'all is well' >site/health
  wait_until told_of '"Resolved"'
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  lab_of betterstack status | jq -e '[.objects[]] | add == 0'
}

@test "a heartbeat that does not come any more is told of, and when it comes again" {
  playbook shop <<P
local monitor = require "monitor"
local hook = monitor.contact "hook" {
  service = "uptimerobot", webhook = "$PIPSTER_LAB_HOOKS/hook/$PIPSTER_LAB_HOOKS_TOKEN",
}
local tick = monitor.heartbeat "nightly" {
  service = "uptimerobot", every = "30s", grace = 0, notify = { hook },
}
output { ping = tick.ping }
P
  run_and_rest
  ping=$(echo "$first" | sed -n 's/^ping = //p')
  curl -sf "$ping" >/dev/null
  wait_until told_of 'nightly is Down'
  curl -sf "$ping" >/dev/null
  wait_until told_of 'nightly is Up'
  run curl -sf "${ping}0"
  [ "$status" -ne 0 ]
}

@test "a wrong key ends a plan with clear words, and changes nothing" {
  sed -i 's/^\(UPTIMEROBOT_API_KEY\|BETTERSTACK_API_TOKEN\)=.*/\1=canary-4c1f/' .pipster/lab/env
  playbook shop <<'P'
require("monitor").http "identity" { service = "betterstack", url = "https://a.example/" }
P
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 4 ] || { echo "$output"; return 1; }
  [[ $output == *'BETTERSTACK_API_TOKEN'* && $output == *'HTTP 401'* ]] || { echo "$output"; return 1; }
  playbook shop <<'P'
require("monitor").http "identity" { service = "uptimerobot", url = "https://a.example/" }
P
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 4 ] || { echo "$output"; return 1; }
  [[ $output == *'UPTIMEROBOT_API_KEY'* && $output == *'HTTP 401'* ]] || { echo "$output"; return 1; }
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 0 ]
  ! grep -rq canary-4c1f .pipster --exclude=env
}

@test "faults are named by their service, and what was made by hand is not doubled" {
  playbook shop <<'P'
require("monitor").http "identity" { service = "uptimerobot", url = "https://a.example/" }
P
  "$pipster" lab fault uptimerobot 502_after POST /monitors
  run_and_rest
  [ "$(lab_of uptimerobot faults | jq '.faults | length')" = 0 ]
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 1 ]
  jq -se 'map(select(.service == "uptimerobot" and .method == "POST")) | length == 1' \
    .pipster/lab/requests.jsonl
  "$pipster" --lab destroy --yes
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 0 ]
  curl -sf "$UPTIMEROBOT_ENDPOINT/monitors" -H "Authorization: Bearer $UPTIMEROBOT_API_KEY" \
    -H 'Content-Type: application/json' -d '{"friendlyName":"identity","type":"HTTP",
      "url":"https://a.example/","interval":300,"timeout":30,"httpMethodType":"GET"}' >/dev/null
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'UptimeRobot has it already'*'taken over'* ]] || { echo "$output"; return 1; }
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 1 ]
  # What somebody made by hand is theirs to delete.
  run "$pipster" --lab destroy --yes
  [[ $output == *'it was there before us, and stays'* ]] || { echo "$output"; return 1; }
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 1 ]
}

by_hand() { # METHOD PATH [BODY]: in the console of UptimeRobot
  curl -sf -X "$1" "$UPTIMEROBOT_ENDPOINT$2" -H "Authorization: Bearer $UPTIMEROBOT_API_KEY" \
    ${3:+-H 'Content-Type: application/json' -d "$3"}
}

@test "what is changed in the console is drift, and put right" {
  playbook shop <<'P'
require("monitor").http "identity" { service = "uptimerobot", url = "https://a.example/" }
P
  run_and_rest
  id=$(by_hand GET /monitors | jq '.data[0].id')
  by_hand PATCH "/monitors/$id" '{"interval":900,"friendlyName":"mine"}' >/dev/null
  by_hand POST "/monitors/$id/pause" '{}' >/dev/null
  run "$pipster" --lab drift
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'monitor.http/identity'*'every'*'name'*'paused'* ]] || { echo "$output"; return 1; }
  run_and_rest
  by_hand GET /monitors | jq -e '.data | length == 1 and .[0].interval == 300 and
    .[0].friendlyName == "identity" and .[0].status != "PAUSED"'
  by_hand DELETE "/monitors/$id" >/dev/null
  run_and_rest
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 1 ]
}

@test "a limit of requests is waited for as the service says" {
  playbook shop <<'P'
local monitor = require "monitor"
for i = 1, 4 do
  monitor.http("site" .. i) { service = "uptimerobot", url = "https://a.example/" .. i }
end
P
  lab_of uptimerobot limit -H 'Content-Type: application/json' -d '{"requests":3,"seconds":1}'
  "$pipster" lab fault uptimerobot 429 POST /monitors # also where a second has too few of them
  run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(lab_of uptimerobot status | jq .objects.monitors)" = 4 ]
  jq -se 'map(select(.service == "uptimerobot" and .status == 429)) | length > 0' \
    .pipster/lab/requests.jsonl
}

@test "a run that is killed while a monitor is made: it is ours, and there is one" {
  playbook shop <<'P'
local monitor = require "monitor"
monitor.http "one" { service = "uptimerobot", url = "https://a.example/" }
monitor.http "two" { service = "betterstack", url = "https://a.example/" }
P
  for point in http-sending:1 http-sent:1 http-replied:1 http-sent:2; do
    run env PIPSTER_CRASH_AT=$point PIPSTER_CRASH_LOG="$project/crashed" \
      "$pipster" --lab run playbooks/shop.lua --yes
    [ "$status" -eq 137 ] || { echo "$point: $status $output"; return 1; }
    run_and_rest
    [[ $first != *'taken over'* ]] || { echo "$point: $first"; return 1; }
    for service in uptimerobot betterstack; do
      [ "$(lab_of $service status | jq .objects.monitors)" = 1 ]
    done
    "$pipster" --lab destroy --yes
    for service in uptimerobot betterstack; do
      [ "$(lab_of $service status | jq .objects.monitors)" = 0 ]
    done
  done
}

@test "the key of a service goes to its origin, and no other does" {
  python3 -u -c '
import http.server
class Hears(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def do_GET(self):
        with open("heard", "a") as heard: heard.write(str(self.headers))
        self.send_response(404)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", 0), Hears)
print(server.server_address[1], flush=True)
server.serve_forever()' >site.port 3>&- &
  site_pid=$!
  wait_until test -s site.port
  sed -i "s|^UPTIMEROBOT_ENDPOINT=.*|UPTIMEROBOT_ENDPOINT=http://127.0.0.1:$(cat site.port)/v3|" \
    .pipster/lab/env
  playbook shop <<P
require("monitor").http "identity" { service = "uptimerobot", url = "https://a.example/" }
P
  run "$pipster" --lab plan playbooks/shop.lua
  [ "$status" -eq 1 ] || { echo "$output"; return 1; }
  grep -q "Bearer $UPTIMEROBOT_API_KEY" heard
  [ "$(grep -c 'Bearer' heard)" = "$(grep -c "$UPTIMEROBOT_API_KEY" heard)" ]
  ! grep -rq "$UPTIMEROBOT_API_KEY" .pipster --exclude=env
}
