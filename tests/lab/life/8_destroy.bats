#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Destroy: what it removes is said, what protection keeps too; then the lab is empty by its API,
# and the machine as it was before the lab.

load helpers
load traces
setup() { setup_deployed; }

@test "without the flag: exit 5, the protected zone is named, and nothing is gone" {
  run "$pipster" --lab destroy --yes
  [ "$status" -eq 5 ]
  tells 'hetzner.zone/main' '- hetzner.server/app' '--allow-destroy'
  [ "$(server .status)" = running ]
  https /health/ready
  nothing_to_do --var "type=$(server .server_type.name)"
}

@test "the lab that is up leaves traces, which are seen" {
  traces >"$LIFE/up"
  lab_insides "$lab" >"$LIFE/insides"
  for trace in 'link lab0' "link v$(server .id)" 'nft table inet pipster_lab'; do
    grep -qxF "$trace" "$LIFE/up" || { echo "not seen: $trace"; return 1; }
    fails grep -qxF "$trace" "$LIFE/before"
  done
  grep -q "^mount $lab" "$LIFE/up" || true
  [ "$(grep -c '^process' "$LIFE/insides")" -ge 20 ]
  for kind in net mnt pid; do grep -q "^namespace $kind:" "$LIFE/insides"; done
  [ "$(still_inside "$LIFE/insides" | wc -l)" -ge 20 ]
}

@test "with --allow-destroy=all: it says what it removes, and the lab is empty by its API" {
  run "$pipster" --lab destroy --yes --allow-destroy=all
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  tells '- hetzner.server/app' '- hetzner.zone/main' '- hetzner.firewall/web' \
    '- hetzner.ssh_key/deploy' '- dns.record/identity' '- secret/db_password' '0 to add, 0 to change'
  for kind in servers firewalls ssh_keys zones primary_ips; do
    [ "$(api GET "/$kind" | jq ".$kind | length")" = 0 ] || { api GET "/$kind"; return 1; }
  done
  [ "$(curl -fsS "$PIPSTER_LAB_URL/status" | jq .empty)" = true ]
  ends 0 state list
  [ -z "$output" ]
  within 300 eval '[ -z "$(ls "$lab/hosts")" ]'
}

@test "destroy again: nothing to do" {
  ends 0 destroy --yes
}

none_inside() { [ -z "$(still_inside "$LIFE/insides")" ]; }

@test "docs/LAB.md: its last command leaves no process, namespace, mount, link, table or loop device" {
  mapfile -t commands < <(commands_of "$root/docs/LAB.md")
  [[ ${commands[-1]} == "pipster lab down "* ]]
  bash -c "${commands[-1]}"
  within 300 none_inside || { still_inside "$LIFE/insides"; return 1; }
  diff "$LIFE/before" <(traces)
  id=$(sed -n 's/^link v//p' "$LIFE/up" | head -n 1)
  [ -z "$(find /sys/fs/cgroup -type d -path "*/lab-$(stat -L -c %i /proc/self/ns/net)/$id*")" ]
  fails pgrep -f -- "$lab/"
}
