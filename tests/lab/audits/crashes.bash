# SPDX-License-Identifier: MIT
#
# Sourced by tests/lab/audit: phase 1 from nothing, killed at one point after the other, cut
# off and reset; what is there at the end is there once.

killed_at() { # POINT LOG
  rm -f "$points"
  run "$2" "$1"
  equal "exit code of $2" 137 "$code"
  equal "point reached by $2" "${1%:*}" "$(cat "$points" 2>/dev/null)"
  keep_state "$2"
  [ -z "$broken" ] || tail -n 15 "$audit/logs/$2.log"
}

# As it was left, for the search for secrets: before the next run folds the WAL in.
keep_state() { # NAME
  local file
  for file in "$database" "$database-wal" "$database-shm"; do
    [ ! -e "$file" ] || cp "$file" "$audit/snapshots/$1${file##*/lab}"
  done
}

sealing() { killed_at secret-sealing sealing; }

# Before and after each kind of commit, and before and after a call: each run gets a little
# further than the one before.
at_the_vendor() {
  local point
  for point in other-committing other-committed intent-committing intent-committed http-sending \
    http-replied result-committing result-committed; do
    killed_at "$point" "$point"
    [ -z "$broken" ] || return
  done
}

posts_of() { # PATH
  jq -r --arg path "$1" 'select(.method == "POST" and .executed and .path == $path).path' \
    "$requests"
}

# Each run dies at the first answer to a change, so each gets one thing further.
creating_the_server() {
  local turn
  for turn in 1 2 3 4 5 6 7 8; do
    killed_at http-sent "http-sent-$turn"
    [ -z "$broken" ] || return
    [ -z "$(posts_of /v1/servers)" ] || return
  done
  complain "POST /servers was never executed"
}

# All that is left to do is on the host by now, so the first intents are those of its batch,
# all of them in one commit; it must not have begun.
intents_of_a_batch() {
  local before
  before=$(steps_log)
  killed_at intent-committed intents
  [ "$(intents_of_last_run)" -gt 1 ] || complain "no intents of a host's batch are open"
  equal "what the host knows of" "$before" "$(steps_log)"
}

intents_of_last_run() {
  sql "select count(*) from step where outcome = 'open' and address like 'app:%'
    and run = (select max(id) from run)"
}

# The how-manieth end of a step on the host that of ADDRESS will be, in the plan's order.
turn_of() { # ADDRESS
  plan_json "before-${1##*[:/]}"
  jq -r 'select(.type == "planned_change" and .host == "host/app" and .action != "check")
    | .address' "$audit/logs/before-${1##*[:/]}.json" | grep -nxF "$1" | cut -d: -f1
}

killed_after_step() { # ADDRESS LOG
  local turn
  turn=$(turn_of "$1")
  [ -n "$turn" ] || { complain "$1 is not in the plan"; return; }
  killed_at "host-step:$turn" "$2"
  find_host || complain "there is no host"
  steps_log | grep -qE "end \S+ $1 0\$" || complain "the host did not end $1"
}

before_the_script() { killed_at host-script script; }

early() { killed_after_step app:package/git early; }

# From outside, while Compose is at work: no named point is in the middle of a step.
within_a_step() {
  run_until within app:docker.compose/identity
  within 120 is_running docker-compose || complain "compose is not at work"
  host_processes -x docker-compose | xargs -r kill -STOP # it is held in the midst of it
  kill -KILL "$(pgrep -P "$running" -x pipster)"
  code=0
  wait "$running" || code=$?
  equal "exit code" 137 "$code"
  keep_state within
  ! steps_log | grep -q 'end \S* app:docker.compose' || complain "compose had ended"
  host_processes -x docker-compose | xargs -r kill -CONT
}

middle() { killed_after_step app:docker.compose/identity middle; }

late() {
  killed_after_step app:caddy.site/identity late
  equal "handlers owed" "reload caddy" "$(sql 'select name from handler')"
}

# A run in the background that has come to a step; its exit code is for `interrupted`.
run_until() { # LOG ADDRESS
  run_seen=$(steps_log | wc -l)
  "$build/lab/execs" "$our_execs" "$pipster" --lab run playbooks/phase1.lua --yes -v \
    >"$audit/logs/$1.log" 2>&1 &
  running=$!
  within 600 step_begun "$2" || complain "$2 did not begin" "$(tail -n 5 "$audit/logs/$1.log")"
}

step_begun() { steps_log | tail -n "+$((run_seen + 1))" | grep -qE "begin \S+ $1\$"; }

interrupted() { # LOG
  code=0
  wait "$running" || code=$?
  case $code in 1 | 3 | 4) ;; *) complain "exit code $code of $1" ;; esac
  grep -q "the connection was lost" "$audit/logs/$1.log" ||
    complain "the run did not say what happened" "$(tail -n 15 "$audit/logs/$1.log")"
}

# Processes of our host and of no other, by their numbers on this machine.
host_processes() { # NAME…: what pgrep takes
  pgrep --ns "$init" --nslist pid "$@"
}

is_running() { host_processes -x "$1"; }

cut_off() {
  run_until cut app:docker.engine
  within 300 is_running dpkg || complain "nothing is being installed"
  host_processes -f '^sshd: root' | xargs -r kill -KILL || complain "no session to cut"
  interrupted cut
}

host_listens() {
  find_host && timeout 20 bash -c "read -r line </dev/tcp/$address/22 && [ \"\$line\" ]"
}

reset() {
  local before=$init id
  id=$(api GET /servers | jq -r '.servers[0].id')
  run_until reset app:fail2ban
  api POST "/servers/$id/actions/reset" >/dev/null || complain "the host was not reset"
  interrupted reset
  within 300 host_listens || complain "the host did not come back"
  [ "$init" != "$before" ] || complain "it is the same boot"
}

# What an interrupted script of ours could leave on the host.
left_on_host() {
  find "$root" -xdev \( -name '*.pipster-new*' -o -name '*.pipster-old*' \
    -o -name '.pipster-started.new' -o -path '*/var/lib/pipster/*/lock' \
    -o -path '*/var/lib/pipster/*/.*' -o -path '*/etc/ssh/.*.new' \
    -o -path '*/var/lib/pipster/*/keys' \) -printf '/%P\n'
  inside dpkg --audit
}

# Ours is the reset; all else is one thing each.
executed_twice() {
  jq -r 'select(.method == "POST" and .executed) | .path' "$requests" |
    grep -v '/actions/reset$' | sort | uniq -d
}

settled() {
  equal "steps without a result" "" \
    "$(sql "select id, address from step where outcome in ('open', 'uncertain')")"
  equal "runs without an end" "" "$(sql "select id from run where outcome = 'open'")"
  equal "handlers owed" "" "$(sql 'select host, name from handler')"
  equal "half-written files, locks and packages" "" "$(left_on_host)"
  equal "POSTs executed twice" "" "$(executed_twice)"
  equal "servers" 1 "$(api GET /servers | jq '.servers | length')"
}

converge() { # LOG
  run "$1"
  find_host
  equal "exit code of $1" 0 "$code"
  [ "$code" = 0 ] || complain "$(tail -n 25 "$audit/logs/$1.log")"
  plan "after-$1"
  equal "exit code of the plan" 0 "$code"
  [ "$code" = 0 ] || complain "$(cat "$audit/logs/after-$1.plan")"
  settled
}

reloads() {
  inside journalctl --sync
  inside journalctl -u caddy -o cat --no-pager | grep -c '^Reloaded caddy'
}

last_reload() { # when systemd began it
  inside systemctl show caddy -p ExecReload | sed 's/.*start_time=\[\([^]]*\).*/\1/'
}

# The site is as wanted, its reload is owed: the run that has nothing else to do dies right
# before it, the next one does it.
before_the_handler() {
  local count at
  sed -i 's|reverse_proxy = "localhost:5000", after|extra = "encode gzip", &|' \
    playbooks/phase1.lua
  killed_after_step app:caddy.site/identity site
  killed_at handler-before handler
  grep -q 'encode gzip' "$root/etc/caddy/sites/identity.caddy" || complain "the site did not change"
  equal "handlers owed" "reload caddy" "$(sql 'select name from handler')"
  count=$(reloads) at=$(last_reload)
  converge reloading
  equal "reloads of caddy since" 1 $(($(reloads) - count))
  [ "$(last_reload)" != "$at" ] || complain "systemd's last reload is that of before: $at"
  grep -q '✓ reload caddy on host/app' "$audit/logs/reloading.log" ||
    complain "the run did not tell of it"
  echo "     caddy: last reload $at before, $(last_reload) after"
}

crashes() {
  claim "killed while a secret is sealed" sealing
  claim "killed before and after commits and calls" at_the_vendor
  claim "killed when POST /servers was executed" creating_the_server
  claim "killed on the host, early: among the packages" early
  claim "the connection cut while Docker is installed" cut_off
  claim "the host reset while fail2ban is set up" reset
  claim "killed when the intents of a host's batch were written" intents_of_a_batch
  claim "killed before a host's script is sent" before_the_script
  claim "killed from outside while Compose is at work" within_a_step
  claim "killed on the host, in the middle: after Compose" middle
  claim "killed on the host, late: the Caddy site" late
  claim "the next run converges" converge converged
  claim "killed between a change and its handler" before_the_handler
}
