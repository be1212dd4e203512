#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# From nothing to the end of phase 2, and the same again.

load ../life/helpers
setup() { setup_life; }

@test "plan from nothing: only reads, and says what phase 2 adds to the price" {
  forget
  ends 0 plan playbooks/phase2.lua
  tells '+ monitor.http/identity' '+ hetzner.storage_box/backups' \
    '+ app:backup.postgres/identity' '+ app:alert.contact/ops' '+ app:docker.logging'
  [ -n "$(requests)" ]
  [ -z "$(requests '.method != "GET" or .executed')" ]
  [ ! -e .pipster/state/lab.db ]
  # The bill of phase 2 is the box alone, by its type.
  [ "$("$pipster" --lab cost playbooks/phase2.lua --by phase --json |
    jq -r 'select(.type == "cost_line" and .group == "phase 2") | "\(.address) \(.what)"')" = \
    'hetzner.storage_box/backups storage box bx11 in fsn1' ]
}

@test "run: every check passes" {
  run "$pipster" --lab run playbooks/phase2.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  tells ' 0 failed, 0 skipped'
  address=$(sed -n 's/^  *address = //p; s/^address = //p' <<<"$output" | head -n 1)
  [ -n "$address" ] || address=$(server .public_net.ipv4.ip)
  "$pipster" --lab state show host/app --json | jq -r --arg address "$address" \
    '.attributes.host_keys[] | "\($address) \(.)"' >"$LIFE/known"
  [ "$(grep -c . "$LIFE/known")" -ge 1 ]
  echo "$address" >"$LIFE/address"
}

@test "again: nothing to do" {
  setup_deployed
  nothing_to_do
  ends 0 run --yes
  tells 'No changes.'
  state_is_whole
}

@test "docs and status say what there is" {
  ends 0 status
  tells '1: playbooks/phase1.lua' '2: playbooks/phase2.lua'
  ends 0 history --baseline
  tells p95 cpu
}

# As if the watches had been at work for an hour.
sampled() { # WATCH PERCENT
  on "echo $(($(date +%s) / 3600 * 3600)) $2 >>/var/lib/pipster/watches/$1/hours"
}

@test "what the alerts sampled by the hour is what the rules of scale.lua look at" {
  setup_deployed
  sampled cpu-busy 11.5
  sampled memory-used 22.5
  sampled disk-root 33.5
  ends 0 run --yes
  "$pipster" --lab history --baseline --json | jq -r 'select(.address == "app:check.metrics/app")
    | "\(.name) \(.value) \(.unit)"' | sort >sampled
  [ "$(cat sampled)" = "$(printf '%s\n' 'cpu 11.5 %' 'disk 33.5 %' 'memory 22.5 %')" ] ||
    { cat sampled; return 1; }
  nothing_to_do
}

@test "keys and passwords stand in no plan, no state and no journal" {
  setup_deployed
  printf '%s\n' "$SENDGRID_API_KEY" "$UPTIMEROBOT_API_KEY" >values
  on 'cat /etc/pipster/backup/identity/offsite/password; echo
    sed -n "s/^DB_PASSWORD=//p" /opt/pipster/identity/.env' | grep . >>values
  [ "$(grep -cE '^.{32,}$' values)" = 4 ]
  "$pipster" --lab plan -v --json >plan.json
  "$pipster" --lab history --json >history.json
  "$pipster" --lab state export >export.jsonl
  on 'journalctl -b --no-pager -o cat; ps -eww -o args' >journal
  for file in plan.json history.json export.jsonl journal "$lab/requests.jsonl" \
    .pipster/state/lab.db; do
    [ -s "$file" ]
    [ "$(grep -acFf values "$file")" = 0 ] || { echo "in $file"; return 1; }
  done
}
