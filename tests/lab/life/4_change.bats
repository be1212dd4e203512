#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One line of the playbook changed: exactly that change is planned and done.

load helpers
setup() { setup_deployed; }
teardown() { mend; }

@test "one line of the Caddy site: exactly that change and its reload" {
  sed -i 's/reverse_proxy = "localhost:5000"/reverse_proxy = "127.0.0.1:5000"/' playbooks/phase1.lua
  [ "$(diff "$root/playbooks/phase1.lua" playbooks/phase1.lua | grep -c '^>')" = 1 ]
  before=$(on 'systemctl show -p MainPID caddy; stat -c %i /etc/caddy/Caddyfile')
  reloads=$(on 'journalctl -q -u caddy | grep -c "Reloaded caddy"' || true)
  ends 2 plan --detailed-exitcode -v
  tells '~ app:caddy.site/identity' 'localhost:5000' '127.0.0.1:5000' 'reload caddy' \
    'Plan: 0 to add, 1 to change, 0 to destroy.'
  plans 'update app:caddy.site/identity'
  [ "$(jq -r 'select(.type == "planned_change" and .action != "check") | .fields[].name' \
    plan.jsonl)" = reverse_proxy ]
  forget
  ends 0 run --yes
  tells 'app:caddy.site/identity changed' 'reload caddy on host/app' '1 done, 0 failed'
  [ -z "$(requests '.executed')" ]
  [ "$(on 'systemctl show -p MainPID caddy; stat -c %i /etc/caddy/Caddyfile')" = "$before" ]
  [ "$(on 'journalctl -q -u caddy | grep -c "Reloaded caddy"')" = $((reloads + 1)) ]
  on 'grep -q "reverse_proxy 127.0.0.1:5000" /etc/caddy/sites/identity.caddy'
  https /health
  nothing_to_do
  cp "$root/playbooks/phase1.lua" playbooks/
  ends 0 run --yes
}

@test "a site that Caddy refuses is not put in place, and the one there goes on" {
  sed -i 's/reverse_proxy = "localhost:5000"/extra = "no_such_directive"/' playbooks/phase1.lua
  run "$pipster" --lab run --yes
  [[ $status = 1 || $status = 3 ]]
  tells_one_error 'app:caddy.site/identity failed on the host'
  tells 'no_such_directive'
  https /health
  on '! grep -r no_such_directive /etc/caddy'
  cp "$root/playbooks/phase1.lua" playbooks/
  ends 0 run --yes
  nothing_to_do
  state_is_whole
}

@test "a changed setting of the application is planned as its alone, and takes effect" {
  sed -i 's/ASPNETCORE_ENVIRONMENT = "Production"/ASPNETCORE_ENVIRONMENT = "Staging"/' playbooks/phase1.lua
  plans 'update app:docker.compose/identity'
  ends 0 run --yes
  on 'docker inspect pipster-identity | grep -q "ASPNETCORE_ENVIRONMENT=Staging"'
  cp "$root/playbooks/phase1.lua" playbooks/
  ends 0 run --yes
  on 'docker inspect pipster-identity | grep -q "ASPNETCORE_ENVIRONMENT=Production"'
  nothing_to_do
}

@test "what is no longer declared is removed, and nothing else" {
  sed -i 's/"wget", "vim"/"wget"/' playbooks/phase1.lua
  plans 'delete app:package/vim'
  ends 0 run --yes
  fails on 'dpkg -l vim | grep -q "^ii"'
  nothing_to_do
  cp "$root/playbooks/phase1.lua" playbooks/
  ends 0 run --yes
  nothing_to_do
}
