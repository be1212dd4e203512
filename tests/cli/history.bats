#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Looking back: the runs, one run, what is known of one thing.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner, caddy = require "hetzner", require "caddy"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = input("type", { default = "cx23" }), image = "debian-12", location = "nbg1",
  ssh_keys = { key },
}
local host = app:host { }
local token = secret("token", { length = 24 })
host:file "/etc/motd" { content = input("motd", { default = "Welcome\n" }) }
host:file "/etc/token" {
  content = text("%s %s", input("words", { default = "one" }), token), mode = "0600",
}
caddy.site "shop" { on = host, domain = "shop.pipster.app",
  reverse_proxy = "localhost:5000" }
P
}
teardown() { stop_lab; }

@test "history: newest first, with who, when, what came of it and what it costs" {
  run "$pipster" --lab history
  [ "$status" -eq 0 ]
  [[ $output == 'Nothing was run yet.' ]]
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var type=cx33
  run "$pipster" --lab history
  echo "$output"
  [ "$status" -eq 0 ]
  [[ ${lines[0]} =~ ^\ +2\ \ 20..-..-..\ ..:..\ \ just\ now\ +run\ playbooks/shop.lua\ +done ]]
  [[ ${lines[0]} == *'1 done'*'5.99 → 8.99 €/month'*"$(id -un)@$(hostname)"* ]]
  [[ ${lines[1]} == *'    1  '*'0.00 → 5.99 €/month'* ]]
  run "$pipster" --lab history --limit 1 --json
  [ "$(jq -r .type <<<"$output" | tr '\n' ' ')" = "version run " ]
  [ "$(jq -r 'select(.type == "run") | .run, .verb, .outcome, .cost_before, .summary.done' \
    <<<"$output" | tr '\n' ' ')" = "2 run done 5.99 EUR 1 " ]
}

@test "history of a run: its steps with what each changed, handlers; secrets are words" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var motd=Closed --var words=two
  run "$pipster" --lab history 2
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'Run 2: run of playbooks/shop.lua by '* ]]
  [[ $output == *'~ app:file/etc/motd  done'*'content        "Welcome\n" → "Closed"'* ]]
  [[ $output == *'~ app:file/etc/token  done'*'content        '*'(secret)'* ]]
  run "$pipster" --lab history 1
  [[ $output == *'+ hetzner.server/app  done'*'type           "cx23"'* ]]
  [[ $output == *'! '*'caddy'*' on host/app  ran'* ]] || { echo "$output"; false; }
  run "$pipster" --lab history 2 --json
  [ "$(jq -r 'select(.address == "app:file/etc/motd") | .action, .outcome,
    .fields[0].name, .fields[0].before, .fields[0].after' <<<"$output" | tr -d '\n')" = \
    updatedonecontentWelcomeClosed ]
  value=$("$pipster" --lab state show secret/token --json | jq -r '.attributes.value.digest')
  [ -n "$value" ]
  for output in "$("$pipster" --lab history 1)" "$("$pipster" --lab history 1 --json)"; do
    [[ $output != *"$value"* ]]
  done
  run "$pipster" --lab history 9
  [ "$status" -eq 64 ]
  [[ $output == *'there is no run 9'* ]]
}

@test "a run that was killed is told as killed, one that works as running" {
  PIPSTER_CRASH_AT=result-committed:2 run "$pipster" --lab run playbooks/shop.lua --yes
  [ "$status" -eq 137 ]
  run "$pipster" --lab history
  [[ $output == *'killed'* ]] || { echo "$output"; false; }
  "$pipster" lab fault held POST /servers
  "$pipster" --lab run playbooks/shop.lua --yes >/dev/null 2>&1 3>&- &
  worker=$!
  wait_until fault_is_used_up
  run "$pipster" --lab history
  [[ $output == *'running'* ]] || { echo "$output"; false; }
  kill -9 $worker
  wait $worker || true
  run "$pipster" --lab history --limit 1
  [[ $output == *'killed'* ]] || { echo "$output"; false; }
}

@test "explain: who declared it, what hangs together, price, past, verdict" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab run playbooks/shop.lua --yes --var type=cx33
  run "$pipster" --lab explain hetzner.server/app
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'declared    playbooks/shop.lua:3'* ]]
  [[ $output == *'state       made by pipster, last changed '* ]]
  [[ $output == *'needs       hetzner.ssh_key/deploy'* ]]
  [[ $output == *'needed by   host/app'* ]]
  [[ $output == *'price       8.99 €/month, 5.99 € when run 1 made it, 5.99 € after this plan'* ]]
  [[ $output == *'verdict     update: type differs'* ]]
  [[ $output == *'past        run 1 '*'create  done'*'run 2 '*'update  done: type'* ]]
  run "$pipster" --lab explain hetzner.server/app --var type=cx33
  [[ $output == *'verdict     no change: nothing differs'* ]] || { echo "$output"; false; }
  run "$pipster" --lab explain hetzner.server/app playbooks/shop.lua --json
  [ "$(jq -r 'select(.type == "explanation") | .where, .verdict.action, .monthly, .monthly_after, .past[1].fields[0],
    .needed_by[0]' <<<"$output" | tr '\n' ' ')" = \
    "playbooks/shop.lua:3 update 8.99 5.99 type host/app " ] || { echo "$output"; false; }
}

@test "explain: of what is gone, of what cannot be planned, of what was never there" {
  printf 'local h = require "hetzner"\nh.primary_ip "fixed" { location = "nbg1" }\n' | playbook ip
  "$pipster" --lab run playbooks/ip.lua --yes
  run "$pipster" --lab explain hetzner.primary_ip/fixed
  [[ $output == *'protected   yes: only --allow-destroy=hetzner.primary_ip/fixed lifts it'* ]]
  printf 'h.primary_ip "fixed" { location = "nbg1" \n' | playbook ip
  run "$pipster" --lab explain hetzner.primary_ip/fixed
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'verdict     not known: '*'past        run 1 '* ]]
  printf 'require("hetzner").ssh_key "k" { public_key = input("ssh_public_key") }\n' | playbook ip
  run "$pipster" --lab explain hetzner.primary_ip/fixed
  [[ $output == *'declared    playbooks/ip.lua, which does not any more'*'verdict     delete: not declared any more'* ]]
  "$pipster" --lab run playbooks/ip.lua --yes --allow-destroy=all
  run "$pipster" --lab explain hetzner.primary_ip/fixed
  [ "$status" -eq 0 ]
  [[ $output == *'state       not recorded'*'verdict     not there, and not wanted'*'run 2 '*'delete  done'* ]]
  run "$pipster" --lab explain hetzner.ssh_kex/k
  [ "$status" -eq 64 ]
  [[ $output == *'nothing is called hetzner.ssh_kex/k'*'did you mean hetzner.ssh_key/k?'* ]]
}
