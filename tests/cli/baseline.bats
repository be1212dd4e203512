#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What checks measure and warn of: told, kept in the history, no failure.

load helpers
setup() {
  setup_project
  start_lab # its API is an endpoint that answers
  playbook watched <<'P'
local check = require "check"
check.http "api" {
  url = input("url"), under = "50ms", within = "0s",
}
P
}
teardown() { stop_lab; }

watch() { # [flags]
  PIPSTER_HOST_DRIVER=ssh "$pipster" run playbooks/watched.lua --yes \
    --var "url=$HCLOUD_ENDPOINT/locations" "$@"
}

slow_down() {
  curl -sf "$PIPSTER_LAB_URL/faults" -H 'Content-Type: application/json' -d \
    '{"fault":"slow","seconds":0.06,"times":3,"match":{"method":"GET","path":"/locations"}}'
}

@test "a warning is a line with its figures, and no failure; the history keeps it" {
  watch
  slow_down
  run watch
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'✓ check.http/api passed'* ]]
  [[ $output =~ '! check.http/api: the answer'\''s time is '[0-9.]+' ms, over 50 ms' ]]
  [[ $output == *'Checks: 1 of 1 passed, 1 with a warning.'* ]]
  run "$pipster" history
  echo "$output"
  [ "${#lines[@]}" -eq 2 ]
  [[ ${lines[0]} == *'done'*'1 of 1 checks passed, 1 with a warning'* ]]
  [[ ${lines[1]} == *'1 of 1 checks passed'* ]]
  run "$pipster" history 2
  echo "$output"
  [[ $output =~ '? check.http/api  passed'$'\n'\ +'the answer'\''s time is '[0-9.]+' ms, over 50 ms'$'\n''      ms '[0-9.]+' ms' ]]
  "$pipster" history 2 --json | jq -es 'any(.[]; .type == "measurement" and .run == 2 and
    .address == "check.http/api" and .name == "ms" and .value >= 50)'
}

@test "as JSON: measurement and check_warning, and their number in the summary" {
  slow_down
  run watch --json
  echo "$output"
  [ "$status" -eq 0 ]
  jq -es 'any(.[]; .type == "measurement" and .address == "check.http/api" and
      .name == "ms" and .value >= 0 and .unit == "ms")
    and any(.[]; .type == "check_warning" and .address == "check.http/api" and
      (.warning | test(", over 50 ms")))
    and any(.[]; .type == "run_summary" and .checks_passed == 1 and
      .checks_warned == 1 and .run == 1)' <<<"$output"
}

@test "the export carries the newest measurements, and an import takes them in once" {
  watch
  watch
  "$pipster" state export one.json
  jq -e '.measurements | length == 2 and all(.name == "ms")' one.json
  "$pipster" state import one.json --yes
  [ "$(sqlite3 .pipster/state/default.db 'select count(*) from measurement')" = 2 ]
  mkdir away && mv .pipster/state/default.db* away/
  "$pipster" state import one.json
  "$pipster" state export two.json
  cmp one.json two.json
}

@test "history --baseline: the newest figures beside those before; as JSON too" {
  run "$pipster" history --baseline
  [ "$output" = 'Nothing was measured yet: check.load, check.usage, check.http with `under`.' ]
  watch
  slow_down
  watch
  run "$pipster" history --baseline
  echo "$output"
  [[ ${lines[0]} == 'check.http/api  just now, the time before just now' ]]
  [[ ${lines[1]} =~ ^\ \ ms\ +[0-9.]+\ ms\ +[0-9.]+ ]]
  "$pipster" history --baseline --json >told
  [ "$(jq -r .type told | tr '\n' ' ')" = 'version baseline ' ]
  jq -es '.[1] | .address == "check.http/api" and .name == "ms" and .unit == "ms" and
    .run == 2 and .before_run == 1 and .value >= 50 and .before >= 0' told
  run "$pipster" history 1 --baseline
  [ "$status" -eq 64 ]
}

@test "the baseline of OPERATIONS.md can be declared, each part of it" {
  {
    cat <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
local host = app:host { }
P
    sed -n '/^## A baseline/,/^## Is/{/^```lua$/,/^```$/{/^```/d;p}}' \
      "$root/docs/OPERATIONS.md"
  } | playbook documented
  [ "$(grep -c '^check\.' playbooks/documented.lua)" = 4 ]
  run "$pipster" --lab run playbooks/documented.lua --yes
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'Checks: 4 of 4 passed.'* ]]
}
