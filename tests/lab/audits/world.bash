# SPDX-License-Identifier: MIT
#
# Sourced by tests/lab/audit: the lab, its one host as the machine sees it, runs of pipster
# whose every execve is recorded, and claims.
passed=0
failed=0
broken=
database=$audit/project/.pipster/state/lab.db
requests=$audit/project/.pipster/lab/requests.jsonl
host_execs=$audit/logs/execs-host
our_execs=$audit/logs/execs-ours
points=$audit/logs/points

complain() {
  printf '    %s\n' "$@"
  broken=1
}

claim() { # NAME COMMAND…: every complaint of the command fails it
  local name=$1 began=$SECONDS
  shift
  broken=
  [ "$(type -t "$1")" = function ] || complain "there is no $1"
  "$@"
  if [ -z "$broken" ]; then
    passed=$((passed + 1))
    echo "ok   $name ($((SECONDS - began)) s)"
  else
    failed=$((failed + 1))
    echo "FAIL $name ($((SECONDS - began)) s)"
  fi
}

equal() { # WHAT WANTED GOT
  [ "$2" = "$3" ] && return
  complain "$1:"
  diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | sed 's/^/      /' | head -n 40
}

within() { # SECONDS COMMAND…: polls until it succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    read -rt 0.1 <> <(:) || true
  done
}

sql() { sqlite3 -readonly "$database" "$1"; }

api() { # METHOD PATH
  curl -sf -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT$2"
}

# The lab with all that ever runs on its hosts, traced from the first process on.
open_world() {
  "$build/lab/execs" "$host_execs" "$pipster" lab up >"$audit/logs/up.log" 2>&1 &
  tracer=$!
  within 1800 lab_is_up || { cat "$audit/logs/up.log"; exit 1; }
  eval "$("$pipster" lab env)"
}

lab_is_up() { grep -q '^The lab is up' "$audit/logs/up.log"; }

close_world() {
  "$pipster" lab down >/dev/null || exit 1
  within 300 tracer_has_ended
}

tracer_has_ended() { ! kill -0 "$tracer"; }

finish() {
  local status=$?
  nft delete table ip pipster_audit 2>/dev/null
  [ -z "${relay:-}" ] || kill "$relay" 2>/dev/null
  "$pipster" lab down >/dev/null
  exit "$status"
}

# The exit code in $code.
run() { # LOG [POINT]
  code=0
  PIPSTER_CRASH_AT=${2:-} PIPSTER_CRASH_LOG=${2:+$points} \
    "$build/lab/execs" "$our_execs" "$pipster" --lab run playbooks/phase1.lua --yes -v \
    >"$audit/logs/$1.log" 2>&1 || code=$?
}

# What a plan said is kept: no secret may be in it. The exit code in $code.
plan() { # NAME
  code=0
  "$build/lab/execs" "$our_execs" "$pipster" --lab plan playbooks/phase1.lua -v \
    --detailed-exitcode >"$audit/logs/$1.plan" 2>&1 || code=$?
}

plan_json() { # NAME
  "$build/lab/execs" "$our_execs" "$pipster" --lab plan playbooks/phase1.lua -v --json \
    >"$audit/logs/$1.json" 2>&1
}

# The host: its first process and its root folder as this machine sees them.
find_host() {
  local file
  file=$(echo "$audit"/project/.pipster/lab/hosts/*/init)
  init=$(cut -d' ' -f1 "$file") && [ -d "/proc/$init/root/etc" ] || return 1
  root=/proc/$init/root
  address=$(api GET /servers | jq -r '.servers[0].public_net.ipv4.ip')
}

inside() { nsenter -t "$init" -a "$@"; }

steps_log() { cat "$root"/var/lib/pipster/*/steps.log 2>/dev/null; }

step_said() { # PATTERN: of "begin LABEL ADDRESS", "end LABEL ADDRESS STATUS"
  find_host && steps_log | grep -qE "$1"
}

secure_shell() { # COMMAND…: on the host, by another client than ours
  ssh -q -i .pipster/lab/ssh/id_ed25519 -o BatchMode=yes -o ConnectTimeout=20 \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "root@$address" "$@"
}
