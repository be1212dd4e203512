#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An unhealthy service fails the run, also when the run has nothing to change, and is named.

load helpers
setup() {
  setup_deployed
  # As phase 1, but a check that fails says so soon; Compose (180s) has its time.
  sed -i -E '/within = "180s"/!s/within = "[0-9]+s"/within = "6s"/' playbooks/phase1.lua
}
# For what cannot become healthy.
impatient() { sed -i 's/within = "180s"/within = "15s"/' playbooks/phase1.lua; }
teardown() { mend; }

breaks() { # PATH: the application answers 500 there
  sed -i "s|ASPNETCORE_ENVIRONMENT =|IDENTITY_BROKEN_PATH = \"$1\", &|" playbooks/phase1.lua
}

# What failed is made whole by the playbook as it was.
heals() {
  cp "$root/playbooks/phase1.lua" playbooks/
  ends 0 run --yes
  nothing_to_do
  https /health/ready
}

fails_naming() { # WORDS…
  run "$pipster" --lab run --yes
  [ "$status" -ne 0 ] || { echo "$output"; return 1; }
  tells "$@"
  [ "$(grep -c '^error: ' <<<"$output")" -ge 1 ]
  state_is_whole
}

@test "500 on /health: the service does not become healthy" {
  breaks /health
  impatient
  fails_naming 'app:docker.compose/identity failed' 'not healthy: identity' 'GET /health 500'
  heals
}

@test "500 on /health/live: two checks fail and name it" {
  breaks /health/live
  fails_naming 'check.http/live failed' "https://$domain/health/live is not as it should be" \
    'status 500, not 200' 'app:check.command/health-suite failed'
  [ "$status" = 3 ]
  ends 1 run --yes
  tells 'No changes.' 'check.http/live failed'
  heals
}

@test "500 on the OpenID configuration" {
  breaks /.well-known/openid-configuration
  fails_naming 'check.http/openid-configuration failed' 'status 500, not 200'
  heals
}

@test "the database stopped, and not able to start" {
  impatient
  on 'v=$(docker volume inspect -f "{{.Mountpoint}}" identity_postgres)
    docker stop pipster-postgres && mv $v/global $v/global.away'
  fails_naming 'app:docker.compose/identity failed' 'postgres'
  on 'v=$(docker volume inspect -f "{{.Mountpoint}}" identity_postgres); mv $v/global.away $v/global'
  heals
}

@test "the database gone from a server that runs" {
  sql() { on "docker exec pipster-postgres psql -U pipster -d postgres -qc '$1'"; }
  sql 'alter database pipster_identity rename to away'
  fails_naming 'app:check.command/database failed' 'database "pipster_identity" does not exist'
  sql 'alter database away rename to pipster_identity'
  on 'cd /opt/pipster/identity && docker-compose up -d --force-recreate'
  heals
}

@test "an error line in a container's log" {
  on 'echo "2026-09-30T12:00:00Z error injected by a test" \
    >/proc/$(docker inspect -f "{{.State.Pid}}" pipster-identity)/fd/1'
  fails_naming 'No changes.' 'app:check.logs/identity' \
    'pipster-identity: 2026-09-30T12:00:00Z error injected by a test'
  on 'cd /opt/pipster/identity && docker-compose up -d --force-recreate'
  heals
}
