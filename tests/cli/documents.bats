#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What README.md and docs/ tell to type is typed here, word by word, against the lab without
# hosts; what needs hosts must be run by the test that is named below. (docs.bats has the
# playbook of README.md and the examples of the types.)

load helpers
setup() {
  setup_project
  mkdir bin
  ln -s "$pipster" bin/pipster
  PATH=$project/bin:$PATH
  cp "$root/pipster.lua" "$project/"
  cp "$root"/playbooks/*.lua playbooks/
}
teardown() { stop_lab; }

blocks() { # LANGUAGE FILE: the lines of its fenced blocks, comments taken off
  sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$2" | grep -v '^```' |
    sed -E 's/(^| +)# .*//; s/ +$//' | grep -v '^$'
}

# The lab without hosts stands for the world; nobody is there to answer a question.
as_typed_here() {
  case $1 in
    "pipster lab up") echo "$1 --driver none" ;;
    "pipster destroy"* | "pipster undo"*) echo "$1 --yes" ;;
    *) echo "$1" ;;
  esac
}
run_elsewhere() { # COMMAND: prints which test runs it
  case $1 in
    "make demo") echo tests/lab/fresh-machine 'demo >/tmp/demo.log' ;;
    "make check") echo .ci/run 'make check' ;;
    "export HCLOUD_TOKEN="*) echo tests/cli/helpers.bash 'lab env' ;;
    "build/pipster plan playbooks/phase1.lua"* | "build/pipster run "*phase1.lua* | \
      "pipster --lab run playbooks/phase1.lua --yes") echo tests/demo 'run "$playbook"' ;;
    # There must be a rest.
    "pipster apply next.plan --resume") echo tests/cli/saved_plans.bats '--resume carries out the rest' ;;
    # A whole part, as root on a host that has such backups.
    *) sed -n '/^## Restore by hand/,/^## /p' "$root/docs/OPERATIONS.md" | grep -qxF -- "$1" &&
      echo tests/lab/backups 'Restore by hand' ;;
  esac
}

# A document whose every line another test runs, in a world of its own.
has_its_own_test() { # DOCUMENT
  local named
  case $(basename "$1") in
    COSTS.md) named='costs.bats:each line that COSTS.md shows' ;;
    FORECAST.md) named='forecast.bats:each line that FORECAST.md shows' ;;
    RULES.md) named='docs.bats:what RULES.md does with a rule can be done' ;;
    SCALE.md) named='scale.bats:each command of SCALE.md is run' ;;
    *) return 1 ;;
  esac
  grep -qF -- "@test \"${named#*:}" "$root/tests/cli/${named%%:*}"
}

@test "every command of the documents is run" {
  start_lab
  export PIPSTER_LAB=1
  playbook shop <<'P'
local hetzner = require "hetzner"
phase(2, "Shop")
local function machine(name)
  return hetzner.server(name) { type = "cx23", image = "debian-12", location = "nbg1" }
end
local app, web = machine "app", machine "web"
app:host {}:file "/etc/motd" { content = "hello\n" }
web:host {}:file "/etc/motd" { content = "hello\n", tags = "web" }
hetzner.firewall "office" { inbound = { 22 } }
P
  echo 'hetzner.firewall/*' >not-today.txt
  typed=0
  for document in "$root"/README.md "$root"/docs/*.md; do
    has_its_own_test "$document" && continue
    pipster run playbooks/shop.lua --yes
    while IFS= read -r command; do
      if place=$(run_elsewhere "$command"); then
        grep -qF -- "${place#* }" "$root/${place%% *}" || { echo "$command: not in $place"; false; }
        continue
      fi
      echo "$(basename "$document"): $command"
      # The world of a document ends with its `lab down`.
      bash -c "$(as_typed_here "$command")" </dev/null
      typed=$((typed + 1))
    done < <(blocks sh "$document")
    pipster lab up --driver none
  done
  [ "$typed" -ge 12 ]
}

@test "phase 1 plans with the flags of README.md" {
  start_lab
  mkdir -p "$HOME/.ssh" build
  ln -s "$pipster" build/pipster
  echo "$PIPSTER_VAR_ssh_public_key" >"$HOME/.ssh/id_ed25519.pub"
  unset PIPSTER_VAR_ssh_public_key
  command=$(blocks sh "$root/README.md" | grep '^build/pipster plan')
  run bash -c "$command"
  [ "$status" -eq 0 ]
  [[ $output == *'Plan: '*' to add, 0 to change, 0 to destroy.'* ]]
}

@test "the words of docs/PLAYBOOKS.md are words" {
  start_lab
  printf 'phase(1, "First")\nlocal h = require "hetzner"\n%s\n%s\n' \
    'local app = h.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }' \
    'return { app = app }' | playbook first
  playbook words <<'P'
local cost, hetzner = require "cost", require "hetzner"
local domain = input("domain", { default = "shop.example" })
guard.budget { max = "$15/month" }
local first = include "first"
first.app:amend { type = "cx33" }
cost.item "domain" { price = "$12/year" }
manual "domain" {
  task = "Buy it", address = "https://registrar.example", verify = { delegation = domain },
}
local host = first.app:host { login = { "root" } }
host:package { "git", "curl" }
local key = secret("jwt_key", { length = 32 })
host:file "/etc/shop" { mode = "0600", content = "key=" .. key }
local zone = hetzner.zone "main" { name = domain, after = first.app }
output { address = first.app.ipv4, url = text("https://%s/health", first.app.ipv4) }
return { zone = zone }
P
  run pipster --lab plan playbooks/words.lua
  [ "$status" -eq 0 ]
  [[ $output == *'cx33'* ]]
  run pipster --lab plan playbooks/words.lua --var domain=other.example
  [[ $output == *'other.example'* ]]
}

@test "docs/STATE.md: what is stored, where, and for whom" {
  start_lab
  printf 'host = require "hetzner".server "app" { %s }:host { login = { "root" } }\n%s\n' \
    'type = "cx23", image = "debian-12", location = "nbg1"' \
    'host:file "/etc/key" { mode = "0600", content = secret("key", { length = 16 }) }' |
    sed 's/^host = /local host = /' | playbook kept
  pipster --lab run playbooks/kept.lua --yes
  [ "$(stat -c %a .pipster .pipster/state .pipster/lab | sort -u)" = 700 ]
  [ "$(stat -c %a .pipster/state/lab.db .pipster/state/lab.cache .pipster/state/lab.lock |
    sort -u)" = 600 ]
  [ "$(cat .pipster/.gitignore)" = '*' ]
  [ "$(stat -c %a "$XDG_CONFIG_HOME"/pipster/keys/*)" = 600 ]
  rm .pipster/state/lab.cache
  run pipster --lab plan
  [ "$status" -eq 0 ]
  [[ $output == *'No changes'* ]]
}

@test "docs/OPERATIONS.md: state and key alone carry a project to another machine" {
  start_lab
  printf 'local h = require "hetzner"\n%s\n' \
    'h.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }' | playbook shop
  "$pipster" --env default run playbooks/shop.lua --yes
  mkdir -p elsewhere/.pipster/state
  chmod -R 700 elsewhere/.pipster
  cp -r pipster.lua playbooks elsewhere/
  sqlite3 .pipster/state/default.db ".backup elsewhere/.pipster/state/default.db"
  chmod 600 elsewhere/.pipster/state/default.db
  run pipster -C elsewhere plan
  [ "$status" -eq 0 ]
  [[ $output == *'No changes'* ]]
}
