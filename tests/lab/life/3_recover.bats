#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The database of the deployment is lost, and made again from what the world knows.

load helpers
setup() { setup_deployed; }
teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ] && [ -e lost/lab.db ]; then
    rm -f .pipster/state/lab.db*
    mv lost/lab.db* .pipster/state/
  fi
  rm -rf lost
  mend
}

rows() {
  sqlite3 "$1" "select address, host, created_by_us, protect, playbook, incarnation, phase
    from resource order by address"
}

@test "recover: rows and secrets are back, the next plan is empty" {
  mkdir lost
  mv .pipster/state/lab.db* lost/
  on 'sha256sum /opt/pipster/identity/.env' >before
  ends 5 state recover playbooks/phase1.lua
  tells 'the host key of host/app' 'is not known' '--accept-new'
  ends 0 state recover playbooks/phase1.lua --accept-new
  tells 'The next plan is empty.' 'read back from app:docker.compose/identity'
  fails grep -q 'could not be read back' <<<"$output"
  diff <(rows lost/lab.db) <(rows .pipster/state/lab.db)
  nothing_to_do
  ends 0 run --yes
  on 'sha256sum /opt/pipster/identity/.env' | cmp - before
}
