# SPDX-License-Identifier: MIT
#
# A project of its own in a temporary folder, and a lab without hosts beside it.

setup_project() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  pipster=${PIPSTER:-$root/build/pipster}
  # shellcheck source=tests/surroundings.bash
  source "$root/tests/surroundings.bash"
  project=$(mktemp -d "$BATS_FILE_TMPDIR/project.XXXXXX")
  export XDG_CONFIG_HOME=$project/config HOME=$project/home PIPSTER_RETRY_MS=20 CI=1
  mkdir -p "$project/playbooks" "$HOME"
  cd "$project" || return 1
  printf 'return { project = "shop", currency = "EUR",\n  %s\n  %s }\n' \
    'budget = "$150/month",' 'exchange = { date = "2026-09-30", EUR_USD = "1.0850" },' \
    >pipster.lua
}

start_lab() { # [flags of lab up]
  "$pipster" lab up --driver none "$@"
  eval "$("$pipster" lab env | sed 's/^/export /')"
}

stop_lab() {
  [ -z "${project:-}" ] || { cd "$project" && "$pipster" lab down; }
}

playbook() { # NAME, text on stdin
  cat >"playbooks/$1.lua"
}

# Requests of the API since the last call of `forget`, as "METHOD path" lines.
requests() {
  jq -r "select(${1:-true}) | \"\\(.method) \\(.path)\"" .pipster/lab/requests.jsonl
}

forget() {
  : >.pipster/lab/requests.jsonl
}

fault_is_used_up() {
  [ "$(curl -s "$PIPSTER_LAB_URL/faults" | jq '.faults | length')" = 0 ]
}

wait_until() { # COMMAND…: so long only where it fails, however slow the machine is
  local end=$((SECONDS + 120))
  until "$@"; do
    [ $SECONDS -lt $end ] || { echo "not within 120 seconds: $*"; return 1; }
    read -rt 0.02 <> <(:) || true
  done
}

# The stand-in keeps the next such request until `release`.
hold() { # METHOD [PATH]
  curl -sf "$PIPSTER_LAB_URL/faults" -H 'Content-Type: application/json' -o hold.log -d \
    "{\"fault\":\"held\",\"match\":{\"method\":\"$1\"${2:+,\"path\":\"$2\"}}}"
}

release() {
  curl -sf -X POST "$PIPSTER_LAB_URL/release" -o release.log
}

# A run of playbooks/shop.lua whose create of the server is held; its process is $held.
begin_and_hold() {
  hold POST /servers
  # Whoever started us may ignore a signal that we send.
  env --default-signal=HUP "$pipster" --lab run playbooks/shop.lua --yes >held.log 2>&1 3>&- &
  held=$!
  wait_until fault_is_used_up
}

# The create of the server that was held.
carried_out() {
  requests '.method == "POST" and .executed' | grep -qx 'POST /v1/servers'
}
