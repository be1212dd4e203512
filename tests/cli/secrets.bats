#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Secrets on the command line: sources, rotation, list, set, export and import, a lost key.

load helpers
setup() {
  setup_project
  unset CREDENTIALS_DIRECTORY PIPSTER_PASSPHRASE GITHUB_ACTIONS
}

key_file() { echo "$XDG_CONFIG_HOME"/pipster/keys/*; }

# Types an answer at a terminal once the prompt is there; the terminal's text is in $output.
type_at() { # PROMPT ANSWER COMMAND
  rm -f keyboard screen
  mkfifo keyboard
  env -u CI script -qefc "$3" screen <keyboard >/dev/null &
  exec 7>keyboard
  until grep -qF "$1" screen 2>/dev/null; do kill -0 $! && sleep 0.01; done
  printf '%s\n' "$2" >&7
  wait $! || true
  exec 7>&-
  output=$(cat screen)
}

one_of_each() {
  echo 'canary-of-a-file' >value.txt
  mkdir credentials && printf 'canary-of-systemd' >credentials/db
  age-keygen -o identity 2>/dev/null
  echo 'canary-of-age' | age -r "$(sed -n 's/^# public key: //p' identity)" -o value.age
  sed -i 's/^return {/return { age_identity = "identity",/' pipster.lua
  export CANARY=canary-of-the-environment CREDENTIALS_DIRECTORY=$project/credentials
  playbook all <<'P'
secret("made")
secret("by_env", { env = "CANARY" })
secret("by_file", { file = "value.txt" })
secret("by_age", { age = "value.age" })
secret("by_systemd", { credential = "db" })
secret("by_command", { command = "echo canary-of-a-command", safe = true })
P
}

@test "every source is sealed by a run, and then there is nothing to do" {
  one_of_each
  run "$pipster" plan playbooks/all.lua
  [ "$status" -eq 0 ]
  [[ $output == *'+ secret/by_env  not there yet: from env CANARY'* ]]
  [[ $output == *'Plan: 6 to add'* && $output != *canary-of* ]]
  run "$pipster" run playbooks/all.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" secrets list --json
  [ "$(jq -r 'select(.name == "by_file").length' <<<"$output")" -eq 16 ]
  [ "$(jq -r 'select(.name == "by_age").source' <<<"$output")" = 'age value.age' ]
}

@test "another value at the source is a rotation that is not shown" {
  one_of_each
  "$pipster" run playbooks/all.lua --yes
  CANARY=canary-of-another run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'~ secret/by_env  value differs (secret)'* && $output != *canary-of* ]]
  CANARY=canary-of-another run "$pipster" plan --json
  [ "$(jq -c 'select(.address? == "secret/by_env").fields[0]' <<<"$output")" = \
    '{"after":"(secret)","before":"(secret)","forces_replacement":false,"name":"value"}' ]
}

@test "a source that is missing says what, where, why and what to do" {
  printf 'local x = 1\nsecret("db", { env = "NOT_SET_HERE" })\n' | playbook env
  run "$pipster" plan playbooks/env.lua
  [ "$status" -eq 1 ]
  [[ $output == *'secret/db cannot be had from the environment variable NOT_SET_HERE'* ]]
  [[ $output == *'where playbooks/env.lua:2'* && $output == *'why   it is not set'* ]]
  [[ $output == *'next  export NOT_SET_HERE=…, and run this again'* ]]
  NOT_SET_HERE=short run "$pipster" plan playbooks/env.lua
  [ "$status" -eq 1 ]
  [[ $output == *'too short'* && $output == *'it has 5 characters'* ]]
}

@test "a command that is not said to be safe runs in a run only" {
  echo 'secret("db", { command = "echo ran >>ran.txt; echo canary-value" })' | playbook op
  run "$pipster" plan playbooks/op.lua
  [ "$status" -eq 0 ] && [ ! -e ran.txt ]
  "$pipster" run playbooks/op.lua --yes
  [ "$(wc -l <ran.txt)" -eq 1 ]
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 2 ] && [ "$(wc -l <ran.txt)" -eq 1 ]
  [[ $output == *'may change: command sh runs only in a run'* ]]
  run "$pipster" run --yes
  [ "$status" -eq 0 ] && [ "$(wc -l <ran.txt)" -eq 2 ]
  [[ $output == *'Run 2: 0 done'* ]]
}

@test "rotate: the next run makes a new one, the old one stays until then" {
  echo 'secret("db", { rotate_every = "90d" })' | playbook made
  "$pipster" run playbooks/made.lua --yes
  sqlite3 .pipster/state/default.db \
    "UPDATE secret SET made_at_ms = made_at_ms - 97 * 86400000"
  run "$pipster" plan
  [[ $output == *'warning: secret/db is 97 days old and is to be rotated every 90d: pipster secrets rotate db'* ]]
  before=$(sqlite3 .pipster/state/default.db 'SELECT hex(sealed) FROM secret')
  run "$pipster" secrets list
  [[ $output == *'overdue'* ]]
  run "$pipster" secrets rotate bd
  [ "$status" -eq 64 ] && [[ $output == *'did you mean secret/db?'* ]]
  "$pipster" secrets rotate db
  run "$pipster" plan
  [[ $output == *'~ secret/db  rotation asked for'* && $output != *warning* ]]
  [ "$(sqlite3 .pipster/state/default.db 'SELECT hex(sealed) FROM secret')" = "$before" ]
  PIPSTER_CRASH_AT=secret-sealing run "$pipster" run --yes
  [ "$(sqlite3 .pipster/state/default.db 'SELECT hex(sealed) FROM secret')" = "$before" ]
  run "$pipster" run --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(sqlite3 .pipster/state/default.db 'SELECT hex(sealed) FROM secret')" != "$before" ]
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ] && [[ $output != *warning* ]]
}

@test "set: from stdin or typed unseen, never generated, and refused for other sources" {
  echo 'canary-set-by-hand' | "$pipster" secrets set db
  printf 'secret("db")\nsecret("other", { env = "HOME" })\n' | playbook set
  run "$pipster" run playbooks/set.lua --yes
  [ "$status" -eq 0 ]
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ]
  [ "$("$pipster" secrets list --json | jq -r 'select(.name == "db") | "\(.source) \(.length)"')" = 'set 18' ]
  echo 'canary-value' >value
  run "$pipster" secrets set other <value
  [ "$status" -eq 64 ] && [[ $output == *'it comes from env HOME'* ]]
  run "$pipster" secrets set 'a/b' <value
  [ "$status" -eq 64 ]
  type_at 'Value of secret/db: ' 'typed-canary' "$pipster secrets set db"
  [[ $output == *'secret/db is sealed, 12 bytes'* && $output != *typed-canary* ]]
  type_at 'Value of secret/db: ' $'half-a-canary\x03' "$pipster secrets set db"
  [[ $output == *'interrupted: nothing was changed'* ]]
}

@test "export and import: encrypted, whole or refused, and nothing replaced unasked" {
  export PIPSTER_PASSPHRASE='correct horse battery'
  printf 'secret("db")\nsecret("more")\n' | playbook two
  "$pipster" run playbooks/two.lua --yes
  PIPSTER_PASSPHRASE=short run "$pipster" secrets export kept
  [ "$status" -eq 64 ] && [ ! -e kept ]
  PIPSTER_PASSPHRASE= run "$pipster" secrets export kept
  [ "$status" -eq 64 ] && [[ $output == *'--passphrase-file'* ]]
  "$pipster" secrets export kept
  [ "$(stat -c %a kept)" = 600 ] && ! grep -qa 'secret/db' kept
  run "$pipster" secrets export kept
  [ "$status" -eq 64 ]
  echo 'another-value' | "$pipster" secrets set db
  run "$pipster" secrets import kept
  [ "$status" -eq 1 ] && [[ $output == *'another value here than in the export: db'* ]]
  echo 'wrong horse battery' >phrase
  run "$pipster" secrets import kept db --passphrase-file phrase
  [ "$status" -eq 1 ] && [[ $output == *'the passphrase is another'* ]]
  run "$pipster" secrets import kept db
  [ "$status" -eq 0 ] && [[ $output == '1 imported, 0 were here already.'* ]]
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ]
}

@test "a lost key destroys nothing and says what to do" {
  export PIPSTER_PASSPHRASE='correct horse battery'
  printf 'secret("db")\nsecret("more")\n' | playbook two
  "$pipster" run playbooks/two.lua --yes
  "$pipster" secrets export kept
  key=$(key_file)
  # From its backup …
  mv "$key" lost
  run "$pipster" plan
  [[ $output == *'cannot be opened'* ]]
  mv lost "$key"
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ] && [[ $output != *'cannot be opened'* ]]
  mv "$key" lost
  run "$pipster" plan
  [ "$status" -eq 0 ]
  [[ $output == *'secret/db cannot be opened, as this project'\''s key is not here'* ]]
  run "$pipster" run --yes
  [ "$status" -eq 1 ]
  [[ $output == *'nothing else is lost'* && $output == *'pipster secrets import FILE'* ]]
  "$pipster" state list | grep -qx secret/db
  "$pipster" secrets list | grep -q '^db'
  [ "$(sqlite3 .pipster/state/default.db 'SELECT count(*) FROM secret')" -eq 2 ]
  # … from an export …
  run "$pipster" secrets import kept
  [ "$status" -eq 1 ] && [[ $output == *'say the same with --yes'* ]]
  "$pipster" secrets import kept db --yes
  run "$pipster" plan
  [ "$status" -eq 1 ] && [[ $output == *'pipster secrets set more, or rotate more'* ]]
  "$pipster" secrets rotate more
  "$pipster" run --yes
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  # … or every one anew.
  rm "$(key_file)"
  "$pipster" secrets rotate db more
  "$pipster" run --yes
  run "$pipster" plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "GitHub's runner is told every secret first, and a file never" {
  printf 'secret("db", { env = "CANARY" })\noutput { it = secret("db") }\n' | playbook github
  export GITHUB_ACTIONS=true CANARY='canary-%-value'
  run bash -c "'$pipster' run playbooks/github.lua --yes 2>/dev/null | cat"
  [ "${lines[0]}" = '::add-mask::canary-%25-value' ]
  [ "$(grep -c canary <<<"$output")" -eq 1 ] && [[ $output == *'it = (secret)'* ]]
  "$pipster" plan >plan.txt 2>masks.txt
  ! grep -q canary plan.txt
  [ "$(cat masks.txt)" = '::add-mask::canary-%25-value' ]
  run bash -c "'$pipster' plan --json 2>/dev/null"
  [[ $output != *canary* ]] && jq -e . <<<"$output" >/dev/null
}

@test "the sources that PLAYBOOKS.md shows are planned" {
  one_of_each
  mkdir bin secrets && mv value.age secrets/stripe.age
  printf '#!/bin/sh\necho "canary of $*"\n' >bin/op && chmod +x bin/op
  echo 'canary-licence' >"$HOME/licence.txt"
  echo 'canary-backup' >credentials/backup
  sed -n '/^## Secrets/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook shown
  PATH=$project/bin:$PATH DB_PASSWORD=canary-database run "$pipster" plan playbooks/shown.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'Plan: 6 to add'* && $output != *canary* ]]
}
