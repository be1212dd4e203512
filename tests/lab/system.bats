#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A run that restarts a service and reboots its host; started by tests/lab/system.

load asked

setup() {
  cd "$SYSTEM" || return 1
  eval "$("$PIPSTER" lab env | sed 's/^/export /')"
  ask="touch /run/reboot-required; echo linux-image-x > /run/reboot-required.pkgs"
}

# settles SCRIPT WANTED: a service writes a moment after systemd calls it started.
settles() {
  local end=$((SECONDS + 300)) found
  until found=$(on "$1") && [ "$found" = "$2" ]; do
    [ "$SECONDS" -lt "$end" ] || { echo "$1: $found, not $2"; return 1; }
    read -rt 0.2 <> <(:) || true
  done
}

boots() { on 'journalctl --list-boots --no-pager -q | grep -c "[0-9a-f]\{32\}"'; }

@test "the first run reboots nothing, and the second has nothing to do" {
  ends 0 run playbooks/system.lua --yes
  tells 'downtime: about a minute' '= app:reboot/when required'
  settles 'cat /root/starts' one
  [ "$(on 'cat /root/after')" = one ]
  ends 0 plan --detailed-exitcode
  tells 'No changes.'
}

@test "one restart behind two causes, a reboot in the midst, and the rest goes on" {
  before=$(on 'cat /proc/sys/kernel/random/boot_id')
  ends 0 run --yes --var text=two --var "ask=$ask"
  tells 'may change: app:file/etc/worker.conf may ask for it' '✓ restart worker on host/app' \
    '✓ app:reboot/when required' '✓ app:file/root/after'
  [ "$(on 'cat /proc/sys/kernel/random/boot_id')" != "$before" ]
  [ "$(on 'cat /root/after')" = two ]
  settles 'cat /root/starts' "$(printf 'one\ntwo\ntwo')" # restarted, and booted
  ends 0 plan --detailed-exitcode --var text=two
}

@test "what leaves the playbook restarts what it was declared to, but no service that leaves too" {
  ends 0 run --yes --var text=two
  before=$(on 'wc -l </root/starts')
  # Edited, it stays, and nothing is owed.
  on 'cp /etc/worker.more /root/kept; echo mine >>/etc/worker.more'
  ends 0 plan --var text=two --var more=false
  tells '/etc/worker.more was edited' 'app:service/other'
  [[ $output != *'! restart'* ]] || { echo "$output"; false; }
  on 'cat /root/kept >/etc/worker.more'
  ends 0 plan --var text=two --var more=false
  tells '! restart worker on host/app  after app:file/etc/worker.more'
  [[ $output != *'restart other'* ]] || { echo "$output"; false; }
  ends 0 run --yes --var text=two --var more=false
  tells '✓ restart worker on host/app'
  settles 'wc -l </root/starts' $((before + 1))
  settles 'cat /root/others' "$(printf 'other\nother')" # made, and booted
  [ "$(on 'ls /etc/worker.more /etc/other.conf 2>/dev/null')" = "" ]
  ends 0 plan --detailed-exitcode --var text=two --var more=false
  # The undoing makes the file again, and owes what that owes.
  ends 0 undo "$("$PIPSTER" --lab history --json | jq -s 'map(select(.verb == "run"))[0].run')" --yes
  settles 'wc -l </root/starts' $((before + 2))
  ends 0 plan --detailed-exitcode --var text=two
}

@test "a host that takes too long stops what is behind it; the next run goes on" {
  count=$(boots)
  ends 3 run --yes --var text=three --var "ask=$ask" --var within=0s
  tells 'has not come back: not within 0 seconds' '· app:file/root/after'
  end=$((SECONDS + 300))
  until [ "$(boots)" = $((count + 1)) ]; do
    [ "$SECONDS" -lt "$end" ] || { echo "it did not come back"; return 1; }
    sleep 1
  done
  ends 0 run --yes --var text=three
  [ "$(on 'cat /root/after')" = three ]
  [ "$(boots)" = $((count + 1)) ]
}

@test "a unit that does not come back behind its cause says why, and stays owed" {
  on 'cd /etc/systemd/system; printf "[Service]\nExecStartPre=/root/pre\nExecStart=/bin/sleep 99\n" >fragile.service
    printf "#!/bin/sh\n[ ! -e /run/broken ] || { echo so it goes; exit 1; }\n" >/root/pre
    chmod 755 /root/pre; systemctl daemon-reload; systemctl start fragile; touch /run/broken'
  ends 3 run --yes --var text=four --var unit=fragile
  tells 'a handler failed on the host' 'fragile did not come back' 'so it goes'
  on 'rm /run/broken'
  ends 0 run --yes --var text=four
  ends 0 plan --detailed-exitcode --var text=four
}
