#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What needs no lab: version, help, usage, and playbooks that cannot be evaluated.

load helpers
setup() { setup_project; }

@test "version, as text and as JSON" {
  run "$pipster" version
  [ "$status" -eq 0 ]
  [[ $output =~ ^pipster\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
  run "$pipster" version --json
  [ "$(jq -r .version <<<"$output")" != null ]
}

@test "help lists every command and each has its own" {
  run "$pipster" help
  [ "$status" -eq 0 ]
  verbs=$(sed -n '/^usage:/,/^flags/s/^  \([a-z]*\) .*/\1/p' <<<"$output")
  for verb in plan run apply destroy undo history drift explain show state lab version help; do
    grep -qx "$verb" <<<"$verbs"
  done
  for verb in $verbs; do
    "$pipster" help "$verb" | grep -q "^pipster $verb"
  done
}

@test "an unknown command is usage, with the nearest one" {
  run "$pipster" plann
  [ "$status" -eq 64 ]
  [[ $output == *'did you mean pipster plan?'* ]]
}

@test "an unknown flag is usage, with the nearest one" {
  run "$pipster" plan --jsn
  [ "$status" -eq 64 ]
  [[ $output == *'did you mean --json?'* ]]
}

@test "a playbook that is not there" {
  run "$pipster" plan playbooks/none.lua
  [ "$status" -eq 64 ]
  [[ $output == *'there is no playbook playbooks/none.lua'* ]]
}

@test "a Lua syntax error names file and line" {
  printf 'local a = 1\nlocal = 2\n' | playbook broken
  run "$pipster" plan playbooks/broken.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/broken.lua:2'* ]]
}

@test "an unfinished declaration names its line" {
  printf 'local h = require "hetzner"\nh.server "app"\n' | playbook unfinished
  run "$pipster" plan playbooks/unfinished.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/unfinished.lua:2'* ]]
}

@test "an unknown attribute is told with the nearest one" {
  printf 'local h = require "hetzner"\nh.server "app" { type = "cx23", imge = "debian-12" }\n' | playbook key
  run "$pipster" plan playbooks/key.lua
  [ "$status" -eq 1 ]
  [[ $output == *'imge'*'image'* ]]
  [[ $output == *'playbooks/key.lua:2'* ]]
}

@test "a cycle is printed as a path" {
  playbook cycle <<'P'
local c = require "cost"
local a = c.item "a" { price = "$12/year" }
local b = c.item "b" { price = "$12/year", after = a }
a:amend { after = b }
P
  run "$pipster" plan playbooks/cycle.lua
  [ "$status" -eq 1 ]
  [[ $output == *'cost.item/a'*'→'*'cost.item/b'* ]]
}

@test "an endless loop ends with its line" {
  printf 'while true do end\n' | playbook loop
  run timeout 300 "$pipster" plan playbooks/loop.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/loop.lua:1'* ]]
}

@test "an endless loop cannot swallow its end by pcall" {
  printf 'while true do pcall(function() while true do end end) end\n' | playbook swallow
  run timeout 300 "$pipster" plan playbooks/swallow.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/swallow.lua:1'* ]]
}

@test "a pattern that hangs in C ends with the last line seen" {
  printf 'local s = ("a"):rep(3000)\nlocal x = s:find(".-.-.-.-b")\n' | playbook pattern
  run timeout 300 "$pipster" plan playbooks/pattern.lua
  [ "$status" -eq 1 ]
  [[ $output == *'playbooks/pattern.lua:2'* ]]
}

@test "a plan of a project that stored nothing writes no state" {
  printf 'local c = require "cost"\nc.item "domain" { price = "$12/year" }\n' | playbook plan
  run "$pipster" plan playbooks/plan.lua
  [ "$status" -eq 0 ]
  [[ $output == *'1 to add'* ]]
  [ ! -e .pipster ]
}

@test "types --json: a line of each, with its attributes" {
  "$pipster" types --json >types
  [ "$(grep -c '"type":"type"' types)" = "$("$pipster" types | wc -l)" ]
  run python3 - types <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines[0]["type"] == "version"
server = next(line for line in lines[1:] if line["name"] == "hetzner.server")
image = next(one for one in server["attributes"] if one["name"] == "image")
assert image["kind"] == "string" and image["required"] is True, image
PYTHON
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "types: all of them, and one with its attributes, as the messages promise" {
  run "$pipster" types
  [ "$status" -eq 0 ]
  [[ $output == *'hetzner.server'*'docker.compose'* || $output == *'docker.compose'*'hetzner.server'* ]]
  run "$pipster" types hetzner.server
  [ "$status" -eq 0 ]
  [[ $output == *'image'*'required'* ]]
  for name in file host:file host.file box:file; do
    run "$pipster" types "$name"
    [ "$status" -eq 0 ] && [[ $output == 'file: A file on a host'*'default "0644"'* ]]
  done
  run "$pipster" types hetzner.sever
  [ "$status" -eq 64 ] && [[ $output == *'hetzner.server'* ]]
}
