# SPDX-License-Identifier: MIT
#
# Sourced by tests/crash/run: a lab without hosts for each case, and what must hold in it when
# all is over. A claim that does not hold is told and marks the case as failed.

DEADLINE=20 # seconds that a condition is waited for

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
  cd "$world"
  mkdir playbooks home
  export HOME=$world/home XDG_CONFIG_HOME=$world/config
  export PIPSTER_CRASH_LOG=$world/points PIPSTER_RETRY_MS=20 CI=1
  cp "$here"/*.lua playbooks
  printf 'return { project = "crash", currency = "EUR",\n%s }\n' \
    '  exchange = { date = "2026-09-30", EUR_USD = "1.0850" }' >pipster.lua
  "$pipster" lab up --driver none >lab.log 2>&1
  eval "$("$pipster" lab env)"
  database=$world/.pipster/state/lab.db
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

apply() { # LOG: one run; its exit code in $code
  code=0
  "$pipster" --lab run playbooks/crash.lua --yes >"$1" 2>&1 || code=$?
}

sql() {
  sqlite3 "$database" "$1"
}

lab() { # METHOD PATH [BODY]
  curl -sf -X "$1" "$PIPSTER_LAB_URL/$2" ${3:+-H 'Content-Type: application/json' -d "$3"}
}

api() { # PATH
  curl -sf -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT/$1"
}

# Everything at the vendor by what it stands for: "servers hetzner.server app", "rrset …".
inventory() {
  local kind zone
  for kind in ssh_keys firewalls primary_ips servers zones; do
    api "$kind?per_page=50" | jq -r --arg kind "$kind" '.[$kind][]
      | "\($kind) \(.labels["pipster-type"] // "-") \(.labels["pipster-name"] // "-")"'
  done | sort
  for zone in $(api zones | jq -r '.zones[].id'); do
    api "zones/$zone/rrsets?per_page=100" | jq -r '.rrsets[]
      | "rrset \(.name) \(.type) \(.ttl) \([.records[].value] | join(" "))"'
  done | sed '/ SOA \| NS /d; s/192[.]0[.]2[.][0-9]*/ADDRESS/' | sort
}

# What POSTs were carried out, without ids: a repeated one is a line more.
posts() {
  jq -r 'select(.method == "POST" and .executed) | .path' .pipster/lab/requests.jsonl |
    sed 's,/[0-9]\+,/ID,g' | sort
}

# What is on the hosts.
models() {
  local address
  for address in $(api servers | jq -r '.servers | sort_by(.name)[].public_net.ipv4.ip'); do
    lab GET "model/$address" | jq -r '.items | keys[]'
  done
}

# How often which handler ran: ["192.0.2.1",{"reload caddy":1}], a line each host.
handlers_run() {
  local address
  for address in $(api servers | jq -r '.servers[].public_net.ipv4.ip'); do
    lab GET "model/$address" | jq -c --arg address "$address" '[$address, .handlers // {}]'
  done
}

# The sealed secrets as they are stored: sealing again would change every byte.
sealed() {
  [ -f "$database" ] && sql 'select label, hex(sealed) from secret order by label'
}

# After one or more runs of which the last succeeded.
check_world() {
  local kept
  equal "a plan finds nothing to do" 0 "$(plan_code)"
  equal "things at the vendor" "$undisturbed_inventory" "$(inventory)"
  equal "executed POSTs" "$undisturbed_posts" "$(posts)"
  equal "things on the hosts" "$undisturbed_models" "$(models)"
  equal "hosts whose handler never ran" "" \
    "$(handlers_run | jq -r 'select(.[1]["reload caddy"] == null) | .[0]')"
  equal "handlers owed" "" "$(sql 'select host, name from handler')"
  equal "steps without a result" "" \
    "$(sql "select id, address, outcome from step where outcome in ('open', 'uncertain')")"
  equal "runs without an end" "" "$(sql "select id from run where outcome = 'open'")"
  equal "resources" "$undisturbed_resources" "$(sql 'select address from resource order by 1')"
  equal "the database" ok "$(sql 'pragma integrity_check')"
  kept=$(find .pipster/state -type f ! -perm 0600 -o -type f -name '*.new*' -o -name '*.tmp*')
  equal "files half-written or open to others" "" "$kept"
}

plan_code() {
  local code=0
  "$pipster" --lab plan --detailed-exitcode >plan.log 2>&1 || code=$?
  echo $code
}

# What a run that was cut off leaves to the next one.
remember_leftovers() {
  owed=$([ ! -f "$database" ] || sql "select '✓ ' || name || ' on ' || host from handler")
  sealed_before=$(sealed || true)
}

check_leftovers() { # LOG of the next run
  local line
  while read -r line; do
    [ -z "$line" ] || grep -qF "$line" "$1" || complain "the next run did not say: $line"
  done <<<"$owed"
  [ -z "$sealed_before" ] ||
    equal "secrets sealed before" "$sealed_before" "$(sealed | grep -F "$sealed_before" || true)"
}
