-- SPDX-License-Identifier: MIT
--
-- One change at a time on a host: FOLDER/lock appears whole (a link to a finished file)
-- and names who holds it: process, when that was started, boot, run. Passed over is the
-- lock of a process that is gone, of an earlier boot, or of this very shell, which runs
-- one script at a time. A probe only waits; a change ends what still runs after a while
-- (the machine that started it is gone, or it would hold the project's own lock). While
-- a dead man's switch (batch_switch) is armed, nobody can say what will be: both wait.
local settings = require "settings"

local lock = {}

lock.functions = [[
since() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
boot=$(cat /proc/sys/kernel/random/boot_id)
held() {
  holder= started= booted= rest=
  read -r holder started booted rest 2>/dev/null < "$folder/lock" || return 1
  [ "$booted" = "$boot" ] && [ "$holder" != $$ ] && [ "$(since "$holder")" = "$started" ]
}
now() { cut -d. -f1 /proc/uptime; }
armed() { [ -e "$folder/switch/armed" ] || [ -e "$folder/switch/reverting" ]; }
# Seconds until it is turned back: none once the host was booted. A container's boot id is
# its machine's, so what is in /run counts too.
left() {
  due= booted=
  read -r due booted 2>/dev/null < "$folder/switch/due"
  if [ "$booted" = "$boot" ] && [ -e "/run/pipster-switch-${folder##*/}" ] &&
    [ "$(now)" -lt "$due" ]; then echo $((due - $(now))); else echo 0; fi
}
]]

-- A switch that nobody watches any more is passed over, in the end.
local unarmed = [[
waited=$(($(left) + 60))
while armed && [ $waited -gt 0 ]; do
  if [ $waited -gt 150 ]; then
    mark locked "a change that is turned back in $(left) s unless it is confirmed"; exit 0
  fi
  waited=$((waited - 1)); sleep 1
done
]]

function lock.await()
  return lock.functions .. unarmed .. [[
waited=0
while held; do
  waited=$((waited + 1))
  if [ $waited -gt 30 ]; then mark locked "$rest (process $holder)"; exit 0; fi
  sleep 1
done
]]
end

-- The group that holds it is asked to end, then made to; never our own. A shell that is
-- ended by a signal (nobody listens any more) does not run what is for its EXIT.
lock.ending = [[
group_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f3; }
end_holder() {
  group=$(group_of "$holder")
  [ "${group:-0}" -gt 1 ] && [ "$group" != "$(group_of $$)" ] || return 1
  kill -TERM -- "-$group"; sleep 5; kill -KILL -- "-$group" 2>/dev/null; sleep 1
}
]]

local take = [[
umask 077
problem=$({ make_folder && printf '%s %s %s %s\n' $$ "$(since $$)" "$boot" "run @RUN" |
  cat > "$folder/.lock.$$"; } 2>&1) || {
  rm -f "$folder/.lock.$$" 2>/dev/null; mark unwritable "$folder $problem"; exit 0
}
waited=0 tries=0
until ln "$folder/.lock.$$" "$folder/lock" 2>/dev/null; do
  if ! held; then
    tries=$((tries + 1))
    if [ $tries -gt 5 ]; then mark unwritable "$folder takes no lock"; exit 0; fi
    rm -f "$folder/lock"; continue
  fi
  waited=$((waited + 1))
  if [ $waited -gt 60 ] && ! end_holder; then
    rm -f "$folder/.lock.$$"; mark locked "$rest (process $holder)"; exit 0
  fi
  sleep 1
done
rm -f "$folder/.lock.$$"
trap 'rm -f "$folder/lock"' EXIT
trap 'exit 1' HUP PIPE TERM
]]

-- Ours alone, in folders that are open to others as usual.
lock.make_folder = [[
make_folder() {
  ( umask 022; mkdir -p /var/lib/pipster ) &&
    ( umask 077; mkdir -p "$folder/written" )
}
]]

function lock.take()
  local text = take:gsub("@RUN", tostring(settings.run or 0))
  return lock.functions .. lock.ending .. lock.make_folder .. unarmed .. text
end

return lock
