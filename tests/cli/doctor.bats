#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The doctor: one line a check, with what to type; 1 when something fails.

load helpers
setup() {
  setup_project
  unset HCLOUD_TOKEN SSH_AUTH_SOCK
  echo 'secret("db")' | playbook one
}

key_file() { echo "$XDG_CONFIG_HOME"/pipster/keys/*; }
verdict() { "$pipster" doctor --json | jq -r "select(.subject == \"$1\").verdict" | sort -u; }

@test "a project that stored nothing is sound, and nothing is made by looking" {
  run "$pipster" doctor
  [ "$status" -eq 0 ]
  [[ $output == *'ok    state    nothing is stored yet'* ]]
  [[ $output == *'HCLOUD_TOKEN is not set'* && $output == *'export HCLOUD_TOKEN=…'* ]]
  [[ $output =~ libssh2\ [0-9] && $output =~ libcurl\ [0-9] && $output =~ SQLite\ [0-9] ]]
  [ ! -e .pipster ] && [ ! -e "$XDG_CONFIG_HOME/pipster" ]
}

@test "the backup of the key is asked for until it was said, and again for another key" {
  "$pipster" run playbooks/one.lua --yes
  run "$pipster" doctor
  [ "$status" -eq 0 ]
  [[ $output == *'warn  backup'* && $output == *'pipster doctor --key-backed-up'* ]]
  "$pipster" doctor --key-backed-up
  [ "$(verdict backup)" = ok ]
  rm "$(key_file)"
  run "$pipster" doctor
  [ "$status" -eq 1 ]
  [[ $output == *'fail  key'*'pipster secrets rotate db'* ]]
  "$pipster" secrets rotate db
  "$pipster" run --yes
  run "$pipster" doctor
  [ "$status" -eq 0 ]
  [[ $output == *'what was backed up is another key than this one'* ]]
}

@test "what is open to others, damaged or overdue is told with what to type" {
  echo 'secret("db", { rotate_every = "1d" })' | playbook one
  "$pipster" run playbooks/one.lua --yes
  chmod 644 "$(key_file)" .pipster/state/default.db
  run "$pipster" doctor
  [ "$status" -eq 1 ]
  [[ $output == *"chmod 600 $project/.pipster/state/default.db"* ]]
  [[ $output == *"chmod 600 $(key_file)"* ]]
  chmod 600 "$(key_file)" .pipster/state/default.db
  sqlite3 .pipster/state/default.db 'UPDATE secret SET made_at_ms = 1'
  run "$pipster" doctor
  [ "$status" -eq 0 ]
  [[ $output == *'warn  secrets'*'pipster secrets rotate db'* ]]
  sqlite3 .pipster/state/default.db \
    'UPDATE resource SET changed_at_ms = changed_at_ms + 86400000'
  [ "$(verdict clock)" = fail ]
  sqlite3 .pipster/state/default.db 'VACUUM'
  printf 'nonsense' | dd of=.pipster/state/default.db bs=1 seek=4100 conv=notrunc status=none
  [ "$(verdict state)" = fail ]
}

@test "a token, an agent and a key file are seen" {
  mkdir -p "$HOME/.ssh"
  ssh-keygen -q -t ed25519 -N '' -f "$HOME/.ssh/id_ed25519"
  HCLOUD_TOKEN=a-token-of-hetzner run "$pipster" doctor
  [[ $output == *'ok    token'* && $output == *"ok    ssh      $HOME/.ssh/id_ed25519"* ]]
  [[ $output != *a-token-of-hetzner* ]]
  eval "$(ssh-agent -a "$project/agent")"
  run "$pipster" doctor
  kill "$SSH_AGENT_PID"
  [[ $output == *'ok    ssh      an agent answers'* ]]
}

@test "the keys of vendors are asked for where things of the state need them" {
  start_lab
  playbook one <<'P'
local monitor = require "monitor"
for _, name in ipairs { "one", "two" } do
  monitor.http(name) { service = "uptimerobot", url = "https://shop.example/" .. name,
    every = "5m" }
end
secret("sendgrid_api_key", { env = "SENDGRID_API_KEY" })
P
  unset PIPSTER_LAB
  "$pipster" run playbooks/one.lua --yes
  run "$pipster" doctor
  [ "$status" -eq 0 ]
  [[ $output == *'ok    token    UPTIMEROBOT_API_KEY is set, for monitor.http/one and 1 more'* ]]
  [[ $output == *'ok    token    SENDGRID_API_KEY is set, for secret/sendgrid_api_key'* ]]
  [[ $output != *BETTERSTACK* && $output != *"$UPTIMEROBOT_API_KEY"* ]]
  stop_lab
  unset UPTIMEROBOT_API_KEY SENDGRID_API_KEY
  run "$pipster" doctor
  [ "$status" -eq 0 ]
  [[ $output == *'warn  token    UPTIMEROBOT_API_KEY is not set: monitor.http/one and 1 more'* ]]
  [[ $output == *'export UPTIMEROBOT_API_KEY=…, made in the dashboard'* ]]
  [[ $output == *'warn  token    SENDGRID_API_KEY is not set: secret/sendgrid_api_key'* ]]
  run "$pipster" --env empty doctor
  [[ $output != *UPTIMEROBOT* ]]
}
