#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Limits of logs, as far as they go without a host.

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

@test "the limits of logs in PLAYBOOKS.md are kept, and then there is nothing to do" {
  sed -n '/^## Logs/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook logs
  [ "$(grep -c 'logging\|journald\|logrotate' playbooks/logs.lua)" = 3 ]
  run "$pipster" --lab run playbooks/logs.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan playbooks/logs.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}
