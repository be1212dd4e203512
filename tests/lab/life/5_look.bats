#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Looking at a host without a playbook: its logs, its facts, a shell; and the whole of it taken for
# a machine that somebody else set up.

load helpers
setup() { setup_deployed; }
teardown() { mend; }

@test "logs: of the host, a unit, containers, a site" {
  ends 0 logs app -n 3
  [ "$(grep -c . <<<"$output")" = 3 ]
  ends 0 logs app caddy -n all
  tells 'Caddy'
  ends 0 logs app docker.compose/identity -n 20
  tells 'pipster-identity: ' 'pipster-postgres: '
  ends 0 logs app pipster-postgres --since 1d
  tells 'database system is ready'
  ends 0 logs app "$domain" --since 1d --json
  [ "$(jq -rs '.[1:] | all(.type == "log" and .host == "app" and (.line | contains("'"$domain"'")))' \
    <<<"$output")" = true ]
  ends 64 logs app identity
  tells 'is more than one thing' 'docker.compose/identity'
  ends 1 logs app nothing-of-that-name
  tells 'is no unit and no container'
}

followers() { on 'pgrep -c journalctl' | grep -qx "$1"; }

@test "logs: followed until Ctrl-C, and nothing goes on on the host" {
  on 'logger -t pipster-test before'
  env --default-signal=INT "$pipster" --lab logs app --follow -n 100 >followed 2>&1 3>&- &
  local running=$! status=0
  within 120 grep -q 'before' followed
  on 'logger -t pipster-test meanwhile'
  within 120 grep -q 'meanwhile' followed
  followers 1
  kill -INT $running
  wait $running || status=$?
  [ "$status" = 130 ]
  fails grep -qa 'error:' followed
  [ "$(tr -d '\0' <followed | wc -c)" = "$(wc -c <followed)" ] # none of our marks
  within 120 followers 0
}

@test "facts: Docker, ports, addresses, in one round trip" {
  ends 0 facts app --json --timing
  tells '1 SSH connections, 1 SSH round trips'
  grep '^{' <<<"$output" | jq -es '.[1] | .type == "facts" and .host == "app" and .init == "systemd"
    and .docker.running >= 2 and (.ports | any(.port == 443 and .process == "caddy"))
    and (.addresses | any(.address | startswith("'"$address"'/")))
    and .packages.lists_age_s >= 0 and .reboot_required == false'
}

@test "ssh: by the login that worked, with what is pinned" {
  ends 0 ssh app -- 'id -un; systemctl is-active caddy'
  tells 'active'
  ends 3 ssh app -- exit 3
}

adopts() {
  ends 0 adopt host "$address" --accept-new --out playbooks/taken.lua || return 1
  tells 'Its plan is empty.' || return 1
  cat playbooks/taken.lua
  grep -q ':ufw {' playbooks/taken.lua && grep -q '"docker.io"' playbooks/taken.lua &&
    grep -q ':service "caddy" {' playbooks/taken.lua && nothing_to_do
}

@test "adopt host: a whole deployment by hand, and its plan is empty" {
  local adopted=0 id
  mv .pipster/state state.kept
  adopts || adopted=1
  id=$(sqlite3 .pipster/state/lab.db "select value from meta where key = 'project_id'")
  rm -rf .pipster/state playbooks/taken.lua
  mv state.kept .pipster/state
  [ -z "$id" ] || on "rm -rf /var/lib/pipster/$id"
  [ "$adopted" = 0 ]
  nothing_to_do
  state_is_whole
}
