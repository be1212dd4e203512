#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Log limits on a host whose containers were made without any: who is made anew, and that
# nothing is done twice.

load helpers
setup() { setup_deployed; }
teardown() { mend; }

limits() { # CONTAINER: its limit, or nothing
  on "docker inspect -f '{{index .HostConfig.LogConfig.Config \"max-size\"}}' $1"
}

@test "limits for logs: the plan tells the restart and who is made anew, and so it is" {
  sed -i '/^return {/i require("docker").logging { on = host }' playbooks/phase1.lua
  on "docker run -d --name loner --restart always -v /:/r:ro --entrypoint sleep \
    \$(docker inspect -f '{{.Image}}' pipster-postgres) 1d"
  [ -z "$(limits pipster-identity)$(limits pipster-postgres)" ]
  ends 2 plan --detailed-exitcode
  tells 'app:docker.logging' 'docker restarts: every container for some seconds' \
    'made anew, some seconds each: pipster-identity, pipster-postgres' \
    'log without a limit, and stay as they are: loner'
  ends 0 run --yes
  [ "$(limits pipster-identity) $(limits pipster-postgres)" = '10m 10m' ]
  [ -z "$(limits loner)" ]
  [ "$(on "docker inspect -f '{{.State.Running}}' loner")" = true ]
  https /health
  nothing_to_do
  tells 'stay as they are: loner'
  on 'docker rm -f loner'
}

@test "an edit of the settings is seen, mended with a restart, and with no one made anew" {
  before=$(on 'docker inspect -f "{{.Id}}" pipster-identity pipster-postgres')
  on 'sed -i s/10m/90m/ /etc/docker/daemon.json'
  plans 'update app:docker.logging'
  ends 0 run --yes
  [ "$(on 'docker inspect -f "{{.Id}}" pipster-identity pipster-postgres')" = "$before" ]
  on 'grep -q 10m /etc/docker/daemon.json'
  nothing_to_do
}

@test "a file that is no JSON is refused with its line, and nothing is changed" {
  on 'cp -p /etc/docker/daemon.json /root/good; echo "{" > /etc/docker/daemon.json'
  run "$pipster" --lab run --yes
  [ "$status" = 1 ] || { echo "$output"; return 1; }
  tells_one_error '/etc/docker/daemon.json is no JSON'
  tells 'line 2: a name in " is missing'
  [ "$(on 'cat /etc/docker/daemon.json')" = '{' ]
  on 'mv /root/good /etc/docker/daemon.json'
}

@test "without the declaration the file goes, and Docker is as it was" {
  cp "$root/playbooks/phase1.lua" playbooks/
  plans 'delete app:docker.logging'
  ends 0 run --yes
  on '! test -e /etc/docker/daemon.json'
  https /health
  nothing_to_do
  state_is_whole
}
