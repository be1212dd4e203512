#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What others changed is found by a plan, which names that and nothing else, and mended by
# a run; then there is nothing to do.

load helpers
setup() { setup_deployed; }
teardown() { mend; }

drifted() { # ACTION ADDRESS FIELD…: planned alone, for these fields; a run mends it
  local line="$1 $2"
  plans "$line"
  shift 2
  [ "$(jq -r 'select(.type == "planned_change" and .action != "check") | .fields[].name' \
    plan.jsonl)" = "$(printf '%s\n' "$@")" ] || { jq -c .fields plan.jsonl; return 1; }
  ends 2 plan --detailed-exitcode
  ends 0 run --yes
  tells '1 done, 0 failed'
  nothing_to_do
  state_is_whole
}

@test "a file edited" {
  on 'echo "edited by hand" >>/opt/pipster/DEPLOYMENT.md'
  drifted update app:file/opt/pipster/DEPLOYMENT.md content
  fails on 'grep "edited by hand" /opt/pipster/DEPLOYMENT.md'
}

@test "a file removed" {
  on 'rm /opt/pipster/RUNBOOK.md'
  plans 'create app:file/opt/pipster/RUNBOOK.md'
  ends 0 run --yes
  nothing_to_do
}

@test "a package purged" {
  on 'apt-get purge -y -qq wget >/dev/null 2>&1; ! command -v wget'
  plans 'create app:package/wget'
  ends 0 run --yes
  on 'command -v wget'
  nothing_to_do
}

@test "a container stopped" {
  on 'docker stop pipster-identity'
  run https /health
  [ "$status" -ne 0 ]
  drifted update app:docker.compose/identity running
  https /health
}

@test "a container paused" {
  on 'docker pause pipster-postgres'
  drifted update app:docker.compose/identity running
}

@test "a container removed" {
  on 'docker rm -f pipster-identity'
  drifted update app:docker.compose/identity running
  https /health
}

@test ".env readable by others" {
  on 'chmod 644 /opt/pipster/identity/.env'
  drifted update app:docker.compose/identity env
  [ "$(on 'stat -c %a /opt/pipster/identity/.env')" = 600 ]
}

@test ".env edited" {
  on 'sed -i "s,^IDENTITYSERVER_ISSUER_URI=.*,IDENTITYSERVER_ISSUER_URI=https://evil.test," \
    /opt/pipster/identity/.env'
  plans 'update app:docker.compose/identity'
  ends 0 run --yes
  nothing_to_do
  [ "$(https /.well-known/openid-configuration | jq -r .issuer)" = "https://$domain" ]
}

@test "a file of the checkout edited" {
  on 'echo "# edited" >>/opt/pipster/identity/scripts/test-health.sh'
  plans 'update app:git/opt/pipster/identity' 'update app:docker.compose/identity'
  ends 0 run --yes
  nothing_to_do
}

@test "a rule added to ufw" {
  on 'ufw allow 8080/tcp'
  drifted update app:ufw allow
  fails on 'ufw status | grep 8080'
}

@test "ufw disabled" {
  on 'ufw disable'
  plans 'create app:ufw'
  ends 0 run --yes
  on 'ufw status | grep -q "Status: active"'
  nothing_to_do
}

set_rules() { # PORT…
  local id rules
  id=$(api GET /firewalls | jq '.firewalls[0].id')
  rules=$(printf '%s\n' "$@" | jq -c '{direction: "in", protocol: "tcp", port: tostring,
    source_ips: ["0.0.0.0/0"]}' | jq -cs '{rules: .}')
  api POST "/firewalls/$id/actions/set_rules" "$rules" >/dev/null
}
ports() { api GET /firewalls | jq -r '[.firewalls[0].rules[].port] | sort | join(" ")'; }

@test "the cloud firewall opened through the API" {
  set_rules 22 80 443 8080
  drifted update hetzner.firewall/web inbound
  [ "$(ports)" = '22 443 80' ]
}

@test "the cloud firewall closed through the API, for SSH too" {
  set_rules 8080
  drifted update hetzner.firewall/web inbound
  [ "$(ports)" = '22 443 80' ]
  https /health
}

@test "the DNS record changed through the API" {
  id=$(api GET /zones | jq '.zones[0].id')
  api POST "/zones/$id/rrsets/identity/A/actions/set_records" '{"records":[{"value":"10.91.9.9"}]}'
  plans 'update dns.record/identity'
  ends 0 run --yes
  nothing_to_do
}

is_off() { [ "$(server .status)" = off ]; }

@test "the server powered off through the API" {
  api POST "/servers/$(server .id)/actions/poweroff" '{}' >/dev/null
  within 300 is_off
  drifted update hetzner.server/app power
  [ "$(server .status)" = running ]
  https /health/ready
}

@test "the Caddy site edited by hand" {
  on 'sed -i "s/5000/5001/" /etc/caddy/sites/identity.caddy; systemctl reload caddy'
  run https /health
  [ "$status" -ne 0 ]
  plans 'update app:caddy.site/identity'
  ends 0 run --yes
  tells 'reload caddy on host/app'
  https /health
  nothing_to_do
}

@test "a user's key removed" {
  on 'sed -i "/pipster-lab/d" /home/pipster/.ssh/authorized_keys'
  drifted update app:user/pipster ssh_keys
  ssh -q -i "$lab/ssh/id_ed25519" -o BatchMode=yes -o UserKnownHostsFile="$LIFE/known" \
    "pipster@$address" true
}

@test "a user's sudo removed" {
  on 'rm /etc/sudoers.d/pipster-pipster'
  drifted update app:user/pipster sudo
}

@test "a service disabled and stopped" {
  on 'systemctl disable --now -q fail2ban'
  drifted update app:fail2ban active
  on 'systemctl is-active fail2ban && systemctl is-enabled fail2ban'
}

@test "Caddy disabled" {
  on 'systemctl disable -q caddy'
  drifted update app:caddy.install active
}
