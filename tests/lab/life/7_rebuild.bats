#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A server of another project in the same lab is rebuilt in place: a new disk and a new host
# key behind the same id and address, and everything on it set up again.

load helpers
setup() {
  setup_deployed
  mkdir -p "$LIFE/rebuild/playbooks"
  cd "$LIFE/rebuild"
  export PIPSTER_LAB_DIR=$lab
  echo 'return { project = "rebuild", currency = "EUR" }' >pipster.lua
  cat >playbooks/spare.lua <<'LUA'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "spare" { public_key = input("spare_key") }
local spare = hetzner.server "spare" {
  type = "cx23", location = "nbg1", image = "debian-12", ssh_keys = { key },
  user_data = input("data", { default = "#!/bin/sh\ntouch /root/first\n" }),
  recreate = "rebuild",
}
local host = spare:host { login = { "root" }, identity = input("identity") }
host:file "/etc/spare" { content = "kept by pipster\n" }
LUA
  [ -e key ] || ssh-keygen -q -t ed25519 -N '' -C '' -f key
  PIPSTER_VAR_spare_key=$(cat key.pub)
  export PIPSTER_VAR_spare_key PIPSTER_VAR_identity=$PWD/key
}

spare() { api GET /servers | jq -r ".servers[] | select(.name == \"spare\") | $1"; }
on_spare() {
  address=$(spare .public_net.ipv4.ip)
  "$pipster" --lab state show host/spare --json |
    jq -r --arg ip "$address" '.attributes.host_keys[] | "\($ip) \(.)"' >known
  timeout 60 ssh -q -i key -o BatchMode=yes -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile=known "root@$address" "$@"
}

@test "a server is made, and what is on it" {
  ends 0 run playbooks/spare.lua --yes
  on_spare 'cat /etc/spare /root/first; echo by hand > /root/by-hand'
  spare .id >id
  cp known known-before
}

@test "another user_data: the plan says what is lost, the run rebuilds it and sets it up again" {
  data=$'#!/bin/sh\ntouch /root/second\n'
  ends 2 plan playbooks/spare.lua --var "data=$data" --detailed-exitcode
  tells '~ hetzner.server/spare' 'rebuilt in place' 'lost: the disk' 'survives: the address'
  ends 0 run playbooks/spare.lua --yes --var "data=$data"
  [ "$(spare .id)" = "$(cat id)" ]
  on_spare 'test -e /root/second && test ! -e /root/first && test ! -e /root/by-hand &&
    cat /etc/spare' | grep -qx 'kept by pipster'
  fails diff known known-before
  ends 0 plan playbooks/spare.lua --var "data=$data" --detailed-exitcode
  tells 'No changes.'
}

@test "and destroyed" {
  ends 0 destroy --yes --allow-destroy=all
  [ -z "$(spare .id)" ]
}
