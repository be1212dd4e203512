# SPDX-License-Identifier: MIT
#
# What the files of this folder share: the deployed phase 1 of tests/lab/phase1, in
# $LIFE/project, and words to ask it.

domain=identity.pipster.app

setup_life() {
  root=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)
  pipster=$PIPSTER project=$LIFE/project lab=$LIFE/project/.pipster/lab
  cd "$project" || return 1
  eval "$("$pipster" lab env | sed 's/^/export /')"
}

# For all that comes after the deployment.
setup_deployed() {
  setup_life
  [ -e "$LIFE/address" ] || { echo "phase 1 is not deployed"; return 1; }
  address=$(cat "$LIFE/address")
}

# A test that failed leaves phase 1 as the next one expects it.
mend() {
  [ -z "${BATS_TEST_COMPLETED:-}" ] && [ -e "$LIFE/address" ] || return 0
  cp "$root"/playbooks/*.lua playbooks/
  "$pipster" lab fault clear
  "$pipster" --lab run playbooks/phase1.lua --yes || true
}

# ends CODE ARGUMENTS…: that pipster ends so; what it printed is $output.
ends() {
  local code=$1
  shift
  run "$pipster" --lab "$@"
  [ "$status" = "$code" ] || { echo "pipster $*: exit $status, not $code"; echo "$output"; return 1; }
}

tells() { # WORDS…: each is in $output
  local words
  for words in "$@"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

# Exactly one fault, which begins with these words.
tells_one_error() {
  tells "error: $1"
  [ "$(grep -c '^error: ' <<<"$output")" = 1 ]
}

# plans [FLAGS… --] "ACTION ADDRESS"…: the plan is these and no other, checks aside.
plans() {
  local flags=() found
  while [[ ${1:-} == --* ]]; do
    [ "$1" != -- ] || { shift; break; }
    flags+=("$1")
    shift
  done
  "$pipster" --lab plan "${flags[@]}" --json >plan.jsonl
  found=$(jq -r 'select(.type == "planned_change" and .action != "check")
    | "\(.action) \(.address)"' plan.jsonl)
  [ "$found" = "$(printf '%s\n' "$@")" ] || { echo "planned: $found"; return 1; }
}

nothing_to_do() { # [FLAGS…]
  ends 0 plan --detailed-exitcode "$@"
  tells 'No changes.'
}

# No run, step or handler is left open.
state_is_whole() {
  local open
  [ "$(sqlite3 .pipster/state/lab.db 'pragma integrity_check')" = ok ]
  open=$(sqlite3 .pipster/state/lab.db "select 'run', id from run where outcome = 'open'
    union select 'step', address from step where outcome in ('open', 'uncertain')
    union select 'handler', name from handler")
  [ -z "$open" ] || { echo "open: $open"; return 1; }
}

fails() { ! "$@"; } # where `!` alone would not end a test

within() { # SECONDS COMMAND…: polls
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || { echo "not in time: $*"; return 1; }
    read -rt 0.1 <> <(:) || true
  done
}

inside() { # COMMAND…: in the host, without SSH
  nsenter -t "$(cut -d' ' -f1 "$lab/hosts/$(server .id)/init")" -a -- "$@"
}

# As root on the host, with the key that pipster pinned.
on() { # SCRIPT
  timeout 900 ssh -q -i "$lab/ssh/id_ed25519" -o BatchMode=yes -o ConnectTimeout=20 \
    -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$LIFE/known" "root@$address" "$@"
}

api() { # METHOD PATH [BODY]
  curl -fsS -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT$2" \
    ${3:+-H 'Content-Type: application/json' -d "$3"}
}

server() { # FIELD of the one server
  api GET /servers | jq -r ".servers[0]$1"
}

# The public answer over HTTPS: by the lab's ACME root alone, unless flags say otherwise.
https() { # PATH [curl flags]
  local path=$1
  shift
  curl -fsS --max-time 60 --cacert "$PIPSTER_CA_ROOTS" --resolve "$domain:443:$address" "$@" \
    "https://$domain$path"
}

# Requests of the API since the last `forget`, as "METHOD path" lines.
requests() { # [jq condition]
  jq -r "select(${1:-true}) | \"\\(.method) \\(.path)\"" "$lab/requests.jsonl"
}

forget() {
  : >"$lab/requests.jsonl"
}

# The commands of the fenced sh blocks of a document, one a line.
commands_of() { # FILE
  sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$1"
}
