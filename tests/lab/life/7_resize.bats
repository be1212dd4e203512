#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Another server type, in place: its downtime told, the server back, everything on it as it was.

load helpers
setup() { setup_deployed; }

@test "the plan tells the change in place, its downtime and its price" {
  ends 2 plan --var type=cx33 --detailed-exitcode
  tells '~ hetzner.server/app' 'cx23' 'cx33' 'downtime:' \
    'Plan: 0 to add, 1 to change, 0 to destroy.'
  plans --var=type=cx33 -- 'update hetzner.server/app'
  [ "$(jq -r 'select(.type == "cost") | (.after | tonumber) > (.before | tonumber)' plan.jsonl)" = true ]
}

@test "the run changes it: the same server, larger, and HTTPS answers again" {
  id=$(server .id) machine=$(on 'cat /etc/machine-id')
  boot=$(on 'cat /proc/sys/kernel/random/boot_id; systemctl show -p UserspaceTimestampMonotonic')
  env=$(on 'sha256sum /opt/pipster/identity/.env')
  ends 0 run --yes --var type=cx33
  tells 'Checks: 11 of 11 passed.'
  [ "$(server .id)" = "$id" ]
  [ "$(server .server_type.name)" = cx33 ]
  [ "$(server .status)" = running ]
  [ "$(on 'cat /etc/machine-id')" = "$machine" ]
  [ "$(on 'sha256sum /opt/pipster/identity/.env')" = "$env" ]
  [ "$(on 'cat /proc/sys/kernel/random/boot_id; systemctl show -p UserspaceTimestampMonotonic')" != "$boot" ]
  https /health/ready
  [ "$("$pipster" --lab state show hetzner.server/app --json | jq -r .attributes.type)" = cx33 ]
  nothing_to_do --var type=cx33
  state_is_whole
}
