# SPDX-License-Identifier: MIT
#
# A project of its own in a temporary folder, and a lab without hosts beside it.

setup_project() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  pipster=${PIPSTER:-$root/build/pipster}
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
