#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the documents show can be done: the README's playbook, the example of every type.

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

# What the examples of the types take for granted.
common() {
  cat <<'P'
local hetzner, docker, caddy = require "hetzner", require "docker", require "caddy"
local dns, check, cost = require "dns", require "check", require "cost"
local alert = require "alert"
local backup = require "backup"
local key = hetzner.ssh_key "common" { public_key = input("ssh_public_key") }
local web = hetzner.firewall "common" { inbound = { 22, 80, 443 } }
local zone = hetzner.zone "common" { name = "pipster.app" }
local app = hetzner.server "common" {
  type = "cx23", location = "nbg1", image = "debian-12", ssh_keys = { key },
}
local host = app:host { }
P
}

example_of() { # FILE
  awk '/example = \[\[/ { on = 1; sub(/.*example = \[\[/, "") }
    on { line = $0; sub(/\]\].*/, "", line); print line }
    /\]\]/ { on = 0 }' "$1"
}

# The Lua of that section of PLAYBOOKS.md, as the playbook NAME.
section() { # NAME TITLE
  sed -n "/^## $2/,/^## /{/^\`\`\`lua\$/,/^\`\`\`\$/{/^\`\`\`/d;p}}" "$root/docs/PLAYBOOKS.md" |
    playbook "$1"
}

# It is carried out, and then there is nothing to do. What the run printed is $output.
runs_once() { # NAME
  run "$pipster" --lab plan "playbooks/$1.lua" --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  run "$pipster" --lab run "playbooks/$1.lua" --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  local printed=$output
  run "$pipster" --lab plan "playbooks/$1.lua" --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  output=$printed
}

@test "the README's playbook is planned, run, and then there is nothing to do" {
  sed -n '/^```lua$/,/^```$/{/^```/d;p}' "$root/README.md" | playbook readme
  [ "$(grep -c . playbooks/readme.lua)" -ge 10 ]
  run "$pipster" --lab plan playbooks/readme.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab run playbooks/readme.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the words for a life in PLAYBOOKS.md do no harm where nothing is there yet" {
  sed -n '/^## The life/,/^## Guards/{/^```lua$/,/^```$/{/^```/d;p}}' \
    "$root/docs/PLAYBOOKS.md" | playbook life
  [ "$(grep -c 'moved\|removed' playbooks/life.lua)" = 3 ]
  run "$pipster" --lab run playbooks/life.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan playbooks/life.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the groups of PLAYBOOKS.md are planned, and chosen by" {
  sed -n '/^## Groups/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook grouped
  run "$pipster" --lab plan playbooks/grouped.lua --only group=web
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'web3:package/rsync'*'rolling "web": web1 and web2, then web3'* ]] ||
    { echo "$output"; return 1; }
}

@test "the files of PLAYBOOKS.md come to a host, and then there is nothing to do" {
  sed -n '/^## Files on a host/,/^## The system/{/^```lua$/,/^```$/{/^```/d;p}}' \
    "$root/docs/PLAYBOOKS.md" | playbook files
  [ "$(grep -c '^host:' playbooks/files.lua)" = 8 ]
  mkdir files
  head -c 3000 /dev/urandom >files/logo.png
  printf 'PORT={{port}}\nADDRESS={{address}}\nKEY={{key}}\n' >files/shop.env
  run "$pipster" --lab run playbooks/files.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan playbooks/files.lua --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the guards of PLAYBOOKS.md stop what has no label, and nothing else" {
  sed -n '/^## Guards/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook guarded
  [ "$(grep -c guard. playbooks/guarded.lua)" = 4 ]
  echo 'require("hetzner").firewall "web" { inbound = { 443 } }' >>playbooks/guarded.lua
  run "$pipster" --lab plan playbooks/guarded.lua
  [ "$status" -eq 5 ]
  [[ $output == *'hetzner.firewall/web has no label "team"'*'accounting asks for it'* ]]
  sed -i 's/inbound/labels = { team = "core" }, inbound/' playbooks/guarded.lua
  run "$pipster" --lab plan playbooks/guarded.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the rule of RULES.md is declared well" {
  sed -n '/^```lua$/,/^```$/{/^```/d;p}' "$root/docs/RULES.md" | playbook rules
  [ "$(grep -c '^rule "' playbooks/rules.lua)" -ge 1 ]
  run "$pipster" --lab validate playbooks/rules.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  sed -i 's/when = {/wen = {/' playbooks/rules.lua
  run "$pipster" --lab validate playbooks/rules.lua
  [ "$status" -eq 1 ]
  [[ $output == *'it takes no wen'*'playbooks/rules.lua:5'*'did you mean when?'* ]] ||
    { echo "$output"; return 1; }
}

@test "what RULES.md does with a rule can be done" {
  local line now=$(($(date +%s) * 1000))
  sed -n '/^```lua$/,/^```$/{/^```/d;p}' "$root/docs/RULES.md" |
    sed '/evidence =/d; s/hold = "14d"/hold = "0"/' | playbook grow
  "$pipster" --lab run playbooks/grow.lua --yes
  sqlite3 .pipster/state/lab.db "INSERT INTO revenue (read_at_ms, as_of_ms,
    fresh_until_ms, source, currency, gross, cautious, at_risk, customers, accepted)
    VALUES ($now, $now, $now + 86400000, 'typed in', 'EUR', '600', '600', '0', 52, 1)"
  sed -n '/^```sh$/,/^```$/{/^pipster/p}' "$root/docs/RULES.md" >commands
  [ "$(wc -l <commands)" -ge 7 ]
  while read -r line; do
    read -ra words <<<"${line%%#*}"
    run "$pipster" --lab "${words[@]:1}" --yes
    case $line in
    *detailed*) [ "$status" -eq 2 ] ;;
    *decline*) [ "$status" -eq 64 ] && [[ $output == *'nothing that could be declined'* ]] ;;
    *) [ "$status" -eq 0 ] ;;
    esac || { echo "$line: $output"; return 1; }
  done <commands
}

@test "the hosts of CONNECTIONS.md are declared well" {
  sed -n '/^```lua$/,/^```$/{/^```/d;p}' "$root/docs/CONNECTIONS.md" | playbook hosts
  [ "$(grep -c '^host "' playbooks/hosts.lua)" -ge 1 ]
  run "$pipster" --lab validate playbooks/hosts.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the backups of PLAYBOOKS.md are planned and run, and then there is nothing to do" {
  sed -n '/^## Backups/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook backups
  run "$pipster" --lab run playbooks/backups.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'backup.postgres/identity created'* ]] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the system of a host in PLAYBOOKS.md is declared well" {
  sed -n '/^## The system/,/^## /{/^```lua$/,/^```$/{/^```/d;p}}' "$root/docs/PLAYBOOKS.md" |
    playbook system
  [ "$(grep -c '^host:' playbooks/system.lua)" -ge 8 ]
  run "$pipster" --lab validate playbooks/system.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "the alerts of PLAYBOOKS.md come to a host, and then there is nothing to do" {
  section alerts Alerts
  [ "$(grep -c '\<alert\.' playbooks/alerts.lua)" = 8 ]
  runs_once alerts
}

@test "the storage box of PLAYBOOKS.md is planned and made" {
  section boxes 'Storage boxes'
  runs_once boxes
  [[ $output =~ 'by_hand = sftp -P 23 u'[0-9]+'@u'[0-9]+'.your-storagebox.de' ]]
}

@test "the monitors of PLAYBOOKS.md are made, and then there is nothing to do" {
  section watched Watched
  [ "$(grep -c 'monitor\.[a-z_]* "' playbooks/watched.lua)" = 4 ]
  runs_once watched
}

# The blocks of that language in REVENUE.md, from the N-th on, one.
revenue_block() { # LANGUAGE N
  awk -v open='```'"$1" -v want="$2" '$0 == open { on = ++count == want; next }
    /^```/ { on = 0 } on' "$root/docs/REVENUE.md"
}

@test "the revenue of REVENUE.md is typed in, read, and told where it is not relied on" {
  export SOURCE_DATE_EPOCH=1795946400 # 2026-11-29
  revenue_block sh 1 >typed.sh
  [ "$(grep -c '^pipster' typed.sh)" = 3 ]
  PATH=$(dirname "$pipster"):$PATH run bash -e typed.sh
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'640.00 $'*'12.31 $ each'* ]]
  revenue_block lua 1 >pipster.lua
  revenue_block csv 1 >revenue.csv
  revenue_block sh 2 >read.sh
  [ "$(grep -c '^pipster' read.sh)" = 2 ]
  PATH=$(dirname "$pipster"):$PATH run bash -e read.sh
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'640.00 $'*'2026-10-31'*'"source":"csv"'* ]]
  revenue_block lua 2 | playbook shop
  revenue_block lua 3 >costs.lua
  [ "$(grep -c 'cash = ' costs.lua)" = 1 ]
  run "$pipster" validate playbooks/shop.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  sed -i 's/640.00/1640.00/' revenue.csv
  revenue_block sh 3 >accepted.sh
  echo 'require("cost").item "domain" { price = "100 €/month" }' | playbook dear
  [ "$(grep -c '^pipster' accepted.sh)" = 3 ]
  run "$pipster" revenue --detailed-exitcode
  [ "$status" -eq 2 ] || { echo "$output"; return 1; }
  PATH=$(dirname "$pipster"):$PATH run bash -e accepted.sh
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  mv costs.lua pipster.lua
  run "$pipster" cost playbooks/dear.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == *'6.6% of revenue'*'For each of 52 customers'*'Cash: 1000.00 €'* ]] ||
    { echo "$output"; return 1; }
}

@test "the example of every type is planned" {
  count=0
  for file in "$root"/stdlib/*/*.lua; do
    grep -q '^  example = ' "$file" || continue
    example_of "$file" >example
    [ -s example ] || { echo "no example: $file"; return 1; }
    # The global word, not the common host.
    case $file in */host/host.lua) common | grep -v '^local host' ;; *) common ;; esac \
      >playbooks/example.lua
    cat example >>playbooks/example.lua
    run "$pipster" --lab plan playbooks/example.lua
    # A machine of one's own is declared well, and is none of the lab's.
    [ "$status" -eq 0 ] || [[ $output == *'the lab has no model of host/web1'* ]] ||
      { echo "$file: $output"; return 1; }
    count=$((count + 1))
  done
  [ "$count" = "$("$pipster" types | wc -l)" ]
}

@test "what may lock us out is told with its switch, and its window is a setting" {
  {
    echo 'local app = require "hetzner".server "app" {'
    echo '  type = "cx23", image = "debian-12", location = "nbg1" }'
    echo 'local host = app:host { }'
    sed -n '/^## What may lock/,/^## The life/{/^```lua$/,/^```$/{/^```/d;p}}' \
      "$root/docs/PLAYBOOKS.md"
  } | playbook risky
  sed -i 's/return {/return { revert_after = "90s",/' pipster.lua
  run "$pipster" --lab plan playbooks/risky.lua
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$(grep -c "dead man's switch: the host turns it back after 90 s unless" <<<"$output")" = 2 ]
  for wrong in '60' '"1s"' '"2h"' '"soon"'; do
    sed "s/revert_after = \"90s\"/revert_after = $wrong/" pipster.lua >wrong.lua
    mkdir -p other && mv wrong.lua other/pipster.lua && cp -r playbooks other
    run "$pipster" --lab -C other plan playbooks/risky.lua
    [ "$status" -eq 1 ]
    [[ $output == *revert_after* ]]
  done
}
