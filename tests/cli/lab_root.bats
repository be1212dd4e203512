#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Only `lab up` and `lab down` become root, by sudo; here a user without any rights tries it.

load helpers
setup() {
  [ "$(id -u)" = 0 ] || skip "only root can become somebody else"
  setup_project
  # A folder that another user can reach, and only that user.
  theirs=$(mktemp -d /tmp/pipster-user.XXXXXX)
  cp -r "$project/." "$theirs"
  cp "$pipster" "$theirs/pipster"
  mkdir "$theirs/bin"
  chown -R 65534:65534 "$theirs"
  cd "$theirs" || return 1
}
teardown() { [ -z "${theirs:-}" ] || rm -rf "$theirs"; }

as_user() { # COMMAND…
  setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$theirs" \
    XDG_CONFIG_HOME="$theirs/config" PATH="$theirs/bin:$PATH" "$@"
}
put_sudo() { # what stands for sudo prints what it is asked
  printf '#!/bin/sh\nprintf "<%%s>" "$@"\necho\n' >"$theirs/bin/sudo"
  chmod 755 "$theirs/bin/sudo"
}

@test "lab up runs itself again by sudo, with all it needs as flags" {
  put_sudo
  run as_user ./pipster lab up --stock catalogue --port 4711 --no-color
  [ "$status" -eq 0 ]
  [[ $output == *'becomes root (sudo)'* ]]
  [[ $output == *"<-n><--><$theirs/pipster><-C><$theirs><lab><up><--dir><$theirs/.pipster/lab>"* ]]
  [[ $output == *'<--stock><catalogue><--port><4711><--no-color>'* ]]
  [ "$(stat -c '%a %u' .pipster .pipster/lab .pipster/state | sort -u)" = "700 65534" ]
}

@test "without sudo lab up tells what to do" {
  run as_user env PATH="$theirs/bin" ./pipster lab up
  [ "$status" -eq 1 ]
  [[ $output == *'`pipster lab up` needs root'*'--driver none'* ]]
}

@test "a lab without hosts needs no root, nor does anything in it" {
  put_sudo
  run as_user ./pipster lab up --driver none
  [ "$status" -eq 0 ]
  [[ $output != *sudo* ]]
  [ "$(stat -c %u .pipster/lab/env .pipster/lab/ssh/id_ed25519 | sort -u)" = 65534 ]
  printf 'require "hetzner".server "app" { %s }\n' \
    'type = "cx23", image = "debian-12", location = "nbg1"' >playbooks/shop.lua
  as_user ./pipster --lab run playbooks/shop.lua --yes
  as_user ./pipster lab down
}

@test "a lab that root started: its owner reads it, and sudo takes it down" {
  put_sudo
  as_user ./pipster lab down # makes nothing of nothing
  SUDO_UID=65534 SUDO_GID=65534 ./pipster lab up --driver none
  [ "$(stat -c '%a %u' .pipster .pipster/lab | sort -u)" = "700 65534" ]
  run as_user ./pipster lab status
  [[ $output == *'"up":true'* ]]
  run as_user ./pipster --lab plan
  [ "$status" -ne 70 ]
  [[ $output != *'cannot'* ]]
  run as_user ./pipster lab down
  [[ $output == *'<lab><down>'* ]]
  ./pipster lab down
}
