#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The documents that phase 1 leaves on the host: their facts hold, their commands run.

load helpers
setup() { setup_deployed; }
teardown() { mend; }

@test "DEPLOYMENT.md states what is so, and no secret" {
  on 'cat /opt/pipster/DEPLOYMENT.md' >facts
  grep -qx -- "- Server: $address" facts
  grep -qx -- "- Domain: https://$domain" facts
  # Of two days, where midnight came meanwhile.
  on 'cat /opt/pipster/deployed-on' | grep -qxFf "$LIFE/begun" -e "$(cat "$LIFE/deployed")"
  [ "$(on 'stat -c %a /opt/pipster/identity/.env')" = 600 ]
  on 'cut -d= -f2- /opt/pipster/identity/.env' | grep -E '^[^:]{32,}$' >values
  [ "$(wc -l <values)" -ge 3 ]
  [ "$(grep -cFf values facts)" = 0 ]
}

@test "RUNBOOK.md: it can be logged in as it says" {
  grep -q "ssh pipster@$domain" <(on 'cat /opt/pipster/RUNBOOK.md')
  ssh -q -i "$lab/ssh/id_ed25519" -o BatchMode=yes -o UserKnownHostsFile="$LIFE/known" \
    "pipster@$address" 'sudo -n -i true'
}

@test "RUNBOOK.md: every command runs, in order, as root" {
  on 'cat /opt/pipster/RUNBOOK.md' >runbook
  commands_of runbook >commands
  [ "$(grep -c '^```sh$' runbook)" -ge 5 ]
  [ "$(grep -c . commands)" -ge 9 ]
  while IFS= read -r line <&3; do
    run on "$line"
    [ "$status" = 0 ] || { echo "exit $status: $line"; echo "$output"; return 1; }
  done 3<commands
}

@test "RUNBOOK.md: the backup that it makes can be played back" {
  on 'set -e; cd /opt/pipster/backups
    [ "$(stat -c %a .)" = 700 ]
    docker exec pipster-postgres createdb -U pipster played_back
    gunzip -c by-hand.sql.gz | docker exec -i pipster-postgres psql -q -v ON_ERROR_STOP=1 \
      -U pipster -d played_back >/dev/null
    tables() { docker exec pipster-postgres psql -At -U pipster -d "$1" -c "\\dt"; }
    [ -n "$(tables played_back)" ] && [ "$(tables played_back)" = "$(tables pipster_identity)" ]
    docker exec pipster-postgres dropdb -U pipster played_back'
}

@test "after the runbook there is nothing to do, and the site answers" {
  nothing_to_do
  within 300 https /health/ready
}
