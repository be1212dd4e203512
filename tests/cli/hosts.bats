#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The verbs for hosts, where there are none: what is refused, and how. With real hosts:
# tests/lab/hosts.

load helpers
setup() {
  setup_project
  start_lab
}
teardown() { stop_lab; }

set_up_hosts() {
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
for index = 1, 2 do
  hetzner.server("web" .. index) {
    type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
  }:host { }
end
P
  "$pipster" --lab run playbooks/shop.lua --yes
}

refused() { # CODE WORDS ARGUMENTS…
  local code=$1 words=$2
  shift 2
  run "$pipster" --lab "$@"
  [ "$status" -eq "$code" ] || { echo "$status: $output"; return 1; }
  [[ $output == *"$words"* ]] || { echo "$output"; return 1; }
}

@test "what they are not told, or told wrongly, is a wrong command line" {
  refused 64 'pipster ssh wants one host' ssh
  refused 64 'a command comes after --' ssh app uptime
  refused 64 'pipster exec wants hosts and a command' exec app
  refused 64 'pipster exec wants hosts and a command' exec -- uptime
  refused 64 '"soon" is no span of time' exec app --timeout soon -- uptime
  refused 64 'pipster facts wants a host' facts
  refused 64 'pipster logs wants a host' logs
  for verb in ssh facts logs; do
    refused 64 'no host was set up yet' "$verb" app
  done
  refused 64 'no host was set up yet' exec app -- uptime
  set_up_hosts
  refused 64 'did you mean web1?' ssh wbe1
  refused 64 '"soon" is no span of time' logs web1 --since soon
  refused 64 '-n wants a number, or all, not "few"' logs web1 -n few
}

@test "where hosts are kept in a model there is none to be reached" {
  set_up_hosts
  refused 4 'is no machine' ssh web1
  refused 4 'is no machine' facts web1
  refused 4 'is no machine' logs web1
  run "$pipster" --lab exec 'web*' --json -- 'uptime --since'
  [ "$status" -eq 4 ] || { echo "$output"; return 1; }
  [ "$(jq -r 'select(.type == "host_result") | "\(.host) \(.reason)"' <<<"$output" | sort)" = \
    'web1 unreachable
web2 unreachable' ]
  jq -e 'select(.type == "exec_summary") | .hosts == 2 and .unreachable == 2
    and .exit_code == 4' <<<"$output"
  # It is kept, without a step; there is nothing that could be turned back.
  "$pipster" --lab history 2 --json | jq -e 'select(.type == "run") | .verb == "exec"
    and .outcome == "failed" and .options.command == ["uptime --since"]
    and .options.hosts == ["web1", "web2"]'
  "$pipster" --lab history | grep -q 'exec .*failed .*uptime --since'
  refused 64 'run 2 is an exec, which has no inverse' undo 2
}

@test "a secret in a command is not kept" {
  echo 'secret("token", { env = "TOKEN" })' | playbook shop
  TOKEN=correct-horse-battery "$pipster" --lab run playbooks/shop.lua --yes
  cat >>playbooks/shop.lua <<'P'
local hetzner = require "hetzner"
hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }:host { }
P
  TOKEN=correct-horse-battery "$pipster" --lab run --yes
  run "$pipster" --lab exec app -- login correct-horse-battery
  [ "$status" -eq 4 ]
  "$pipster" --lab history 3 --json | jq -e 'select(.type == "run")
    | .options.command == ["login (secret)"]'
  ! grep -q correct-horse .pipster/state/lab.db*
}

@test "adopt: a host that is none, and a wrong command line" {
  refused 64 'pipster adopt host 192.0.2.10' adopt host
  refused 64 'pipster adopt host 192.0.2.10' adopt hetzner 192.0.2.1
  refused 1 'has no machine to adopt' adopt host 192.0.2.1
  [ ! -e playbooks/adopted.lua ]
}

@test "ssh: not installed is said, with what to do" {
  set_up_hosts
  mkdir empty
  run env PATH="$project/empty" PIPSTER_HOST_DRIVER=ssh "$pipster" ssh web1 --env lab
  [ "$status" -eq 1 ] || { echo "$output"; return 1; }
  [[ $output == *'it is not installed'*'apt install openssh-client'* ]]
}
