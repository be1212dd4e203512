#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Backups of phase 2: a lost row comes back by RESTORE.md, from this host and from the box;
# a damaged one is refused.

load ../life/helpers
setup() { setup_deployed; }

sql() { on "docker exec -i pipster-postgres psql -U pipster -d pipster_identity -X -A -t -q -c \"$1\""; }

# The block of the part whose title begins with $1, and the n-th of it.
block() { # TITLE N
  on 'cat /opt/pipster/RESTORE.md' | awk -v title="## $1" -v wanted="$2" '
    /^## / { on = index($0, title) == 1 }
    on && /^```sh$/ { n++; inside = 1; next }
    /^```$/ { inside = 0 }
    on && inside && n == wanted'
}

lost_row_comes_back() { # which block of step 1
  sql "CREATE TABLE IF NOT EXISTS kept (word text); DELETE FROM kept; INSERT INTO kept VALUES ('row $1')"
  sql "CREATE ROLE clerk; CREATE TABLE ledger (n int); ALTER TABLE ledger OWNER TO clerk"
  on 'systemctl start pipster-backup-identity.service'
  sql "DELETE FROM kept; DROP TABLE ledger; DROP ROLE clerk"
  [ -z "$(sql 'SELECT word FROM kept')" ]
  { echo 'set -e'; [ "$1" = 1 ] || echo 'install -d -m 700 /root/restore'
    block '1.' "$1"; block '2.' 1; } >commands.sh
  [ "$(grep -c . commands.sh)" -ge 7 ]
  on 'bash -s' <commands.sh
  [ "$(sql 'SELECT word FROM kept')" = "row $1" ]
  [ "$(sql "SELECT tableowner FROM pg_tables WHERE tablename = 'ledger'")" = clerk ]
  sql "DROP TABLE ledger; DROP ROLE clerk"
  on '[ ! -e /root/restore ]'
}

@test "RESTORE.md: a row that was deleted is back, from the host's own backup" {
  lost_row_comes_back 1
}

@test "RESTORE.md: and from the Storage Box" {
  lost_row_comes_back 2
}

@test "the drill restores the newest copy with its roles, and says how long that took" {
  sql "CREATE ROLE clerk; ALTER TABLE kept OWNER TO clerk; GRANT SELECT ON kept TO clerk"
  on 'systemctl start pipster-backup-identity.service'
  ends 0 drill restore
  tells identity
  ends 0 run --yes
  tells 'No changes.'
}

@test "and on a rented server, from the box alone, which is gone afterwards" {
  ends 0 run --yes --var rented_drill=true
  tells 'backup.drill/identity created'
  [ "$("$pipster" --lab state show backup.drill/identity --json |
    jq -r '.attributes | "\(.cost) \(.hours) \(.rows > 0)"')" = '0.0096 EUR 1 true' ]
  ends 0 run --yes
  tells '- backup.drill/identity'
}

@test "the second run is empty after all that" {
  nothing_to_do
}
