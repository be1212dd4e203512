#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What can be wrong with a host: one clear error, its exit code, the state right afterwards.

load helpers
setup() { setup_deployed; }
teardown() {
  ip link set "v$(server .id)" up
  inside systemctl start ssh
  mend
}

# Whatever happened, phase 1 is as it was and is known to be.
is_as_it_was() {
  state_is_whole
  nothing_to_do
  https /health/ready
}

@test "a host that cannot be reached: exit 4, for a plan and a run" {
  ip link set "v$(server .id)" down
  for verb in plan 'run --yes'; do
    # shellcheck disable=SC2086
    ends 4 $verb
    tells_one_error "host/app at $address:22 does not answer"
  done
  ip link set "v$(server .id)" up
  within 300 on true
  is_as_it_was
}

@test "an SSH server that is stopped: exit 4, and its words" {
  inside systemctl stop ssh.socket ssh 2>/dev/null
  ends 4 plan
  tells_one_error "host/app at $address:22 does not answer"
  tells 'Connection refused'
  inside systemctl start ssh
  within 300 on true
  is_as_it_was
}

@test "another host key: exit 5, both fingerprints" {
  old=$(on 'cd /etc/ssh && ssh-keygen -lf ssh_host_ed25519_key.pub' | cut -d' ' -f2)
  on 'cd /etc/ssh && mkdir kept && mv ssh_host_*_key* kept && ssh-keygen -q -A && systemctl restart ssh'
  ssh-keyscan -T 60 -t ed25519 "$address" 2>/dev/null >scanned
  new=$(ssh-keygen -lf scanned | cut -d' ' -f2)
  [ -n "$new" ] && [ "$new" != "$old" ]
  for verb in plan 'run --yes'; do
    # shellcheck disable=SC2086
    ends 5 $verb
    tells_one_error "the host key of host/app at $address:22 is not the one expected"
    tells "$old" "$new"
  done
  ssh -q -i "$lab/ssh/id_ed25519" -o BatchMode=yes -o UserKnownHostsFile=scanned "root@$address" \
    'cd /etc/ssh && rm ssh_host_*_key* && mv kept/* . && rmdir kept && systemctl restart ssh'
  is_as_it_was
}

# A commit on a branch of its own in the lab's remote of the application.
commit() { # BRANCH SED-SCRIPT
  rm -rf work
  git clone -q "$lab/git/pipster/identity.git" work
  git -C work checkout -q -b "$1"
  sed -i "$2" work/docker-compose.yml
  git -C work -c user.name=test -c user.email=test@pipster.test commit -q -a -m "$1"
  git -C work push -q origin "$1"
  rm -rf work
}

@test "a Compose file that does not validate: told, and what ran goes on" {
  commit invalid 's/^services:/servces:/'
  started=$(on 'docker inspect -f "{{.State.StartedAt}}" pipster-identity pipster-postgres')
  ends 3 run --yes --var revision=invalid
  tells_one_error 'app:docker.compose/identity failed on the host'
  tells 'servces'
  https /health/ready
  [ "$(on 'docker inspect -f "{{.State.StartedAt}}" pipster-identity pipster-postgres')" = "$started" ]
  ends 0 run --yes
  is_as_it_was
}

@test "an image that the registry lacks: told, and what ran goes on" {
  commit absent 's,pipster/identity:1.0.0,pipster/identity:9.9.9,'
  ends 3 run --yes --var revision=absent
  tells_one_error 'app:docker.compose/identity failed on the host'
  tells '9.9.9'
  https /health/ready
  ends 0 run --yes
  is_as_it_was
}

@test "an image of a server that the lab cannot run: told, nothing of it is left" {
  other=$LIFE/other
  mkdir -p "$other/playbooks" "$other/.pipster"
  sed 's/project = "pipster"/project = "other"/' pipster.lua >"$other/pipster.lua"
  ln -sfn "$lab" "$other/.pipster/lab"
  printf '%s\n' 'local hetzner = require "hetzner"' \
    'hetzner.server "old" { type = "cx23", location = "nbg1", image = "fedora-41" }' \
    >"$other/playbooks/old.lua"
  run "$pipster" --chdir "$other" --lab run playbooks/old.lua --yes
  [[ $status = 1 || $status = 3 ]]
  tells 'fedora-41'
  run "$pipster" --chdir "$other" --lab destroy --yes --allow-destroy=all
  [ "$status" -eq 0 ]
  [ "$(api GET /servers | jq '.servers | length')" = 1 ]
  is_as_it_was
}

holds_lock() { [ "$(requests | wc -l)" -gt 0 ]; }

@test "a second run at the same time: exit 6, told who holds the lock" {
  curl -fsS "$PIPSTER_LAB_URL/faults" -H 'Content-Type: application/json' \
    -d '{"fault":"slow","seconds":8,"match":{"method":"GET","path":"/servers"}}' >/dev/null
  forget
  "$pipster" --lab run --yes >first.txt 2>&1 3>&- &
  first=$!
  within 8 holds_lock
  kill -STOP "$first" # so that it has it as long as the second one asks
  run "$pipster" --lab run --yes
  kill -CONT "$first"
  [ "$status" = 6 ] || { echo "$output"; return 1; }
  tells_one_error ''
  tells "$first"
  wait "$first"
  grep -q 'No changes.' first.txt
  is_as_it_was
}
