# SPDX-License-Identifier: MIT
#
# Sourced by tests/crash/run and matrix: a lab without hosts for each case, and what must hold
# in it when all is over. A claim that does not hold is told and marks the case as failed.

# shellcheck source=tests/surroundings.bash
. "$here/../surroundings.bash"

DEADLINE=120 # seconds that a condition is waited for
playbook=crash
speed=0
undisturbed=(undisturbed_inventory undisturbed_posts undisturbed_models undisturbed_resources
  undisturbed_handlers undisturbed_secrets)

complain() {
  printf '    %s\n' "$@"
  broken=1
}

equal() { # WHAT WANTED GOT
  [ "$2" = "$3" ] && return
  complain "$1:"
  diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") | sed 's/^/      /' || true
}

# A lab and a state that nothing has happened in.
begin_world() {
  world=$(mktemp -d "$scratch/world.XXXXXX")
  may_do_less='' repeated='' repeatable='^$'
  cd "$world"
  mkdir playbooks home
  export HOME=$world/home XDG_CONFIG_HOME=$world/config
  export PIPSTER_CRASH_LOG=$world/points PIPSTER_RETRY_MS=20 CI=1
  cp "$here"/*.lua playbooks
  printf 'return { project = "crash", currency = "EUR",\n%s }\n' \
    '  exchange = { date = "2026-09-30", EUR_USD = "1.0850" }' >pipster.lua
  "$pipster" lab up --driver none >lab.log 2>&1
  eval "$("$pipster" lab env)"
  # Actions end at once without hosts behind them, unless they are to be seen running.
  [ "$speed" = 0 ] || lab POST speed "{\"speed\":$speed}" >/dev/null
  database=$world/.pipster/state/lab.db
  verb=(run "playbooks/$playbook.lua" --yes)
  settled=() # where it is no run: the words of a plan that finds nothing to do in the end
  idle=(0 'No changes\.') # the exit code and the first words of one more
}

before() { # FLAG…: a run that makes what is changed or destroyed then
  may_do_less=1
  PIPSTER_CRASH_LOG='' apply before.log "$@"
  equal "exit code of the run before" 0 "$code"
  [ "$code" = 0 ] || complain "$(tail -n 20 before.log)"
  : >.pipster/lab/requests.jsonl
}

leave_world() {
  [ -n "${world:-}" ] || return 0
  (cd "$world" && "$pipster" lab down >>lab.log 2>&1) || true
}

end_world() {
  leave_world
  cd "$scratch"
  [ -n "$broken" ] || rm -rf "$world"
  world=
}

wait_until() { # WHAT COMMAND…
  local what=$1 end=$((SECONDS + DEADLINE))
  shift
  until "$@"; do
    if [ $SECONDS -ge $end ]; then
      complain "$what: not within $DEADLINE seconds"
      return
    fi
    read -rt 0.02 <> <(:) || true
  done
}

apply() { # LOG [FLAG…]: one run; its exit code in $code
  local log=$1
  shift
  code=0
  # In braces: the shell itself would tell of the kill.
  { "$pipster" --lab "${verb[@]}" "$@" >"$log" 2>&1; } 2>/dev/null || code=$?
}

sql() {
  sqlite3 "$database" "$1"
}

lab() { # METHOD PATH [BODY]
  curl -sf -X "$1" "$PIPSTER_LAB_URL/$2" ${3:+-H 'Content-Type: application/json' -d "$3"}
}

api() { # PATH [ENDPOINT]
  curl -sf -H "Authorization: Bearer $HCLOUD_TOKEN" "${2:-$HCLOUD_ENDPOINT}/$1"
}

# Everything at the vendor by what it stands for: "servers hetzner.server app", "rrset …".
inventory() {
  local kinds='ssh_keys,firewalls,primary_ips,servers,zones' zones
  { api "{$kinds}?per_page=50"; api 'storage_boxes?per_page=50' "$HETZNER_ENDPOINT"; } >found.json
  jq -r 'to_entries[] | select(.key != "meta") | .key as $kind | .value[]
    | "\($kind) \(.labels["pipster-type"] // "-") \(.labels["pipster-name"] // "-")"' found.json |
    sort
  zones=$(jq -r '.zones // [] | map(.id) | join(",")' found.json | grep . || true)
  [ -z "$zones" ] || api "zones/{$zones}/rrsets?per_page=100" | jq -r '.rrsets[]
      | "rrset \(.name) \(.type) \(.ttl) \([.records[].value] | join(" "))"' |
    sed '/ SOA \| NS /d; s/192[.]0[.]2[.][0-9]*/ADDRESS/
      s/2001:db8:[0-9a-f:]*/ADDRESS/' | sort
}

# What POSTs were carried out, without ids: a repeated one is a line more.
posts() {
  jq -r 'select(.method == "POST" and .executed) | .path' .pipster/lab/requests.jsonl |
    sed 's,/[0-9]\+,/ID,g; s,/rrsets/[^/]*/[A-Z]*,/rrsets/NAME/TYPE,' | sort
}

# The hosts' models, one after the other: items, handlers, and the order of all that was done.
read_models() {
  local addresses
  addresses=$(api servers | jq -r '[.servers[] | select(.status == "running")
    | .public_net.ipv4.ip // empty] | join(",")')
  : >models.json
  [ -z "$addresses" ] || lab GET "model/{$addresses}" >models.json
}

# What is on the hosts, after read_models.
models() {
  jq -r '.items // {} | keys[]' models.json | sort
}

# The handlers that ran, by the host that they ran on; those that ran before their last cause
# are told as late.
handlers_run() {
  jq -r '. as $model | (.items // {} | keys[0] // "" | split(":")[0]) as $host
    | [.at // {} | to_entries[] | select(.key | test(":caddy[.]site/")).value] as $causes
    | .ran // {} | to_entries[]
    | "\(.key) on \($host)\(if .value < ($causes | max) then ": late" else "" end)"' models.json |
    sort
}

# The sealed secrets as they are stored: sealing again would change every byte.
sealed() {
  [ -f "$database" ] && sql 'select label, hex(sealed) from secret order by label'
}

# What an undisturbed run leaves is what every other way must lead to.
remember_world() {
  read_models
  undisturbed_inventory=$(inventory)
  undisturbed_posts=$(posts)
  undisturbed_models=$(models)
  undisturbed_handlers=$(handlers_run)
  undisturbed_resources=$(sql 'select address from resource order by 1')
  undisturbed_secrets=$(sql 'select label from secret order by 1')
}

# Whether the run of this log, with its code in $code, said that there is nothing to do.
is_idle() { # LOG
  [ "$code" = "${idle[0]}" ] && grep -q "^${idle[1]}" "$1"
}

# One more run has nothing to do, which it could not say if a secret in the state were another
# than that on a host: those are compared by digest.
check_idle_run() {
  local requests=.pipster/lab/requests.jsonl before
  before=$(wc -l <"$requests")
  apply idle.log
  rm -f points
  is_idle idle.log || complain "the idle run ended with $code: $(tail -n 20 idle.log)"
  equal "changes by the idle run" "" \
    "$(tail -n "+$((before + 1))" "$requests" | jq -r 'select(.method != "GET") | .path')"
}

# Nothing is made or done twice. What is changed or destroyed may need fewer calls than in one
# go: an address is free once its server is gone. $repeated names one that may be there once
# more than in an undisturbed run, $repeatable those that may be there as often as they like.
check_posts() {
  local wanted found
  wanted=$(grep -v "$repeatable" <<<"$undisturbed_posts")
  found=$(posts | grep -v "$repeatable")
  if [ -z "$may_do_less" ]; then
    equal "executed POSTs" "$wanted" "$found"
    return
  fi
  equal "creates that were not executed" "" \
    "$(comm -23 <(grep -v /actions/ <<<"$wanted") <(grep -v /actions/ <<<"$found"))"
  equal "executed POSTs that are too many" "" \
    "$(comm -13 <(printf '%s\n' "$wanted" $repeated | sort) <(echo "$found"))"
}

# After one or more runs of which the last succeeded.
check_world() {
  local kept
  read_models
  [ "${verb[0]}" != run ] || settled=("${verb[@]:1}")
  [ ${#settled[@]} = 0 ] || equal "a plan finds nothing to do" 0 "$(plan_code)"
  equal "things at the vendor" "$undisturbed_inventory" "$(inventory)"
  check_posts
  equal "things on the hosts" "$undisturbed_models" "$(models)"
  equal "handlers that ran" "$undisturbed_handlers" "$(handlers_run)"
  equal "handlers owed" "" "$(sql 'select host, name from handler')"
  equal "steps without a result" "" \
    "$(sql "select id, address, outcome from step where outcome in ('open', 'uncertain')")"
  equal "runs without an end" "" "$(sql "select id from run where outcome = 'open'")"
  equal "resources" "$undisturbed_resources" "$(sql 'select address from resource order by 1')"
  equal "secrets" "$undisturbed_secrets" "$(sql 'select label from secret order by 1')"
  equal "the database" ok "$(sql 'pragma integrity_check')"
  kept=$(find .pipster/state -type f ! -perm 0600 -o -type f -name '*.new*' -o -name '*.tmp*')
  equal "files half-written or open to others" "" "$kept"
}

plan_code() {
  local code=0
  "$pipster" --lab plan "${settled[@]}" --detailed-exitcode >plan.log 2>&1 || code=$?
  echo $code
}

# What a run that was cut off leaves to the next one.
remember_leftovers() {
  owed=$([ ! -f "$database" ] || sql "select '✓ ' || name || ' on ' || host from handler")
  sealed_before=$(sealed || true)
}

# Of "LABEL|HEX" lines those whose label was sealed before and is now: none was sealed anew.
still_there() { # LINES
  comm -12 <(cut -d'|' -f1 <<<"$sealed_before") <(sealed | cut -d'|' -f1) |
    join -t'|' - <(printf '%s\n' "$1")
}

check_leftovers() { # LOG of the next run
  local line
  while read -r line; do
    [ -z "$line" ] || grep -qF "$line" "$1" || complain "the next run did not say: $line"
  done <<<"$owed"
  equal "secrets sealed before" "$(still_there "$sealed_before")" "$(still_there "$(sealed)")"
}
