#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# From nothing: plan, run, the HTTPS answer, what is remembered; the same again.

load helpers
setup() { setup_life; }

@test "plan from nothing: only reads, writes nothing, prices it" {
  forget
  ends 0 plan playbooks/phase1.lua
  tells '+ hetzner.server/app' '+ app:docker.compose/identity' '+ app:caddy.site/identity' \
    '+ dns.record/identity' '+ secret/db_password' '30 to add, 0 to change, 0 to destroy' \
    'Cost: +8.01 €/month (0.00 → 8.01).'
  [ -n "$(requests)" ]
  [ -z "$(requests '.method != "GET" or .executed')" ]
  [ ! -e .pipster/state/lab.db ]
  [ -z "$(ls "$lab/hosts" 2>/dev/null)" ]
}

@test "plan --detailed-exitcode from nothing: 2" {
  ends 2 plan playbooks/phase1.lua --detailed-exitcode
}

@test "docs/LAB.md: its second command brings phase 1 up, with every check passed" {
  mapfile -t commands < <(commands_of "$root/docs/LAB.md")
  [[ ${commands[0]} == "pipster lab up "* ]]
  [[ ${commands[1]} == "pipster --lab run playbooks/phase1.lua --yes" ]]
  date -u +%F >"$LIFE/begun"
  run bash -c "${commands[1]}"
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  tells 'Checks: 11 of 11 passed.' ' 0 failed, 0 skipped' "url = https://$domain" \
    'reload caddy on host/app'
  address=$(sed -n 's/^address = //p' <<<"$output")
  [[ $address == 10.91.* ]]
  "$pipster" --lab state show host/app --json | jq -r --arg address "$address" \
    '.attributes.host_keys[] | "\($address) \(.)"' >"$LIFE/known"
  [ "$(grep -c . "$LIFE/known")" -ge 1 ]
  echo "$address" >"$LIFE/address"
  date -u +%F >"$LIFE/deployed"
  [[ ${commands[2]} == "pipster lab status" ]]
  bash -c "${commands[2]}"
}

@test "each thing was made by one executed request" {
  [ "$(requests '.executed and .method == "POST"' | grep -cE '/(servers|firewalls|ssh_keys|zones)$')" = 4 ]
  [ -z "$(requests '.executed and .method == "POST"' | sort | uniq -d)" ]
}

@test "HTTPS: Pipster Identity answers by a certificate of the lab's ACME CA" {
  setup_deployed
  run https /health
  [ "$status" -eq 0 ]
  [ "$(jq -r .status <<<"$output")" = healthy ]
  [ "$(https /health/ready | jq -r .database)" = up ]
  [ "$(https /.well-known/openid-configuration | jq -r .issuer)" = "https://$domain" ]
}

@test "HTTPS: another CA and the system's roots do not verify it" {
  setup_deployed
  [ -s "$lab/ca/lab-ca.pem" ] && [ -s /etc/ssl/certs/ca-certificates.crt ]
  run https /health --cacert "$lab/ca/lab-ca.pem"
  [ "$status" -eq 60 ]
  run https /health --cacert /etc/ssl/certs/ca-certificates.crt
  [ "$status" -eq 60 ]
}

@test "HTTPS: issuer and name are what they should be, another name does not verify" {
  setup_deployed
  openssl s_client -connect "$address:443" -servername "$domain" -CAfile "$PIPSTER_CA_ROOTS" \
    -no-CApath -no-CAstore -verify_hostname "$domain" </dev/null >answer 2>&1
  grep -q 'Verify return code: 0 (ok)' answer
  openssl x509 -noout -issuer -ext subjectAltName <answer >certificate
  grep -q 'issuer=CN = Pebble Intermediate CA' certificate
  grep -qx " *DNS:$domain" certificate
  run openssl s_client -connect "$address:443" -servername "$domain" \
    -CAfile "$PIPSTER_CA_ROOTS" -verify_hostname other.pipster.app </dev/null
  tells 'hostname mismatch'
}

@test "HTTP is sent on to HTTPS" {
  setup_deployed
  run curl -sS -o answer -w '%{http_code} %{redirect_url}' --resolve "$domain:80:$address" \
    "http://$domain/health"
  [ "$output" = "308 https://$domain/health" ]
}

@test "only 22, 80 and 443 are open" {
  setup_deployed
  for port in 22 80 443; do timeout 30 bash -c "</dev/tcp/$address/$port"; done
  on 'ss -Hltn | grep -q 127.0.0.1:5000'
  run timeout 3 bash -c "</dev/tcp/$address/5000"
  [ "$status" -ne 0 ]
}

@test "state list names what was made, state show its attributes" {
  setup_deployed
  ends 0 state list
  for name in hetzner.ssh_key/deploy hetzner.firewall/web hetzner.server/app host/app \
    hetzner.zone/main dns.record/identity app:package/wget app:docker.engine app:ufw \
    app:user/pipster app:git/opt/pipster/identity app:docker.compose/identity \
    app:caddy.site/identity app:file/opt/pipster/RUNBOOK.md secret/jwt_key; do
    grep -qx "$name" <<<"$output" || { echo "missing: $name"; return 1; }
  done
  [ "$(wc -l <<<"$output")" = 30 ]
  ends 0 state show hetzner.server/app --json
  [ "$(jq -r .attributes.ipv4 <<<"$output")" = "$address" ]
  [ "$(jq -r .attributes.type <<<"$output")" = cx23 ]
  state_is_whole
}

@test "the same run again: No changes, exit 0, no call but reads" {
  setup_deployed
  forget
  ends 0 run playbooks/phase1.lua --yes
  tells 'No changes.' 'Checks: 11 of 11 passed.'
  [ -n "$(requests)" ]
  [ -z "$(requests '.method != "GET" or .executed')" ]
  nothing_to_do
}

@test "a plan that changes nothing asks for each list once" {
  setup_deployed
  forget
  nothing_to_do
  [ -z "$(requests | sort | uniq -d)" ]
}
