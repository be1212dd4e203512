#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Files that come from the project: source, template; in the lab without hosts.

load helpers
setup() {
  setup_project
  start_lab
  mkdir files
  printf 'one\ntwo\n' >files/text
  printf 'zq7\0\377' >files/binary
  printf 'server {\n  name "{{name}}";\n  ip {{ip|none}};\n  key {{key}};\n}\n' >files/template
  playbook files <<'P'
local hetzner = require "hetzner"
local app = hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
local host = app:host { }
host:file "/etc/text" { source = "files/text" }
host:file "/etc/binary" { source = "files/binary" }
host:file "/etc/server" {
  template = "files/template", escape = "shell", backup = true,
  values = { name = "it's", ip = app.ipv4, key = secret "k" },
}
P
}
teardown() { stop_lab; }

@test "text is told line by line, binary by digest, a template when it changes" {
  run "$pipster" --lab run playbooks/files.lua --yes
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  ! grep -rqa zq7 .pipster/state/*.db* || { echo "binary contents in state"; return 1; }
  echo three >>files/text
  printf 'zq7\0\376' >files/binary
  sed -i 's/server/site/' files/template
  run "$pipster" --lab plan --detailed-exitcode
  [ "$status" -eq 2 ]
  [[ $output == *'+ three'* && $output == *'sha256:'* ]] || { echo "$output"; return 1; }
  [[ $output == *'0 to add, 3 to change'* ]] || { echo "$output"; return 1; }
}

refused() { # WORDS, STATUS of validate
  run "$pipster" --lab plan playbooks/files.lua
  [ "$status" -eq 1 ] || { echo "$status: $output"; return 1; }
  [[ $output == *"$1"* ]] || { echo "$output"; return 1; }
}

@test "what leads out of the project is not read" {
  ln -sf /etc/passwd files/text
  refused 'it is outside of the folder of pipster.lua'
  sed -i 's,files/text,../../../../../../../../etc/passwd,' playbooks/files.lua
  refused 'outside of the folder'
  sed -i 's,"\.\./.*passwd","/etc/passwd",' playbooks/files.lua
  refused 'it is an absolute path'
}

@test "what is no plain file, or is not there, is told and not waited for" {
  rm files/binary
  refused 'No such file'
  mkfifo files/binary
  refused 'it is no plain file'
}

@test "a name without a value is told with its line" {
  echo '{{other}}' >>files/template
  refused '{{other}} has no value'
  [[ $output == *'files/template:6'* ]] || { echo "$output"; return 1; }
}
