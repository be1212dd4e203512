-- SPDX-License-Identifier: MIT
--
-- One change at a time on a host: FOLDER/lock appears whole (a link to a finished file)
-- and names who holds it: process, when that was started, boot, run. Passed over is the
-- lock of a process that is gone, of an earlier boot, or of this very shell, which runs
-- one script at a time. A probe only waits; a change ends what still runs after a while
-- (the machine that started it is gone, or it would hold the project's own lock).
local settings = require "settings"

local lock = {}

local functions = [[
since() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
boot=$(cat /proc/sys/kernel/random/boot_id)
held() {
  holder= started= booted= rest=
  read -r holder started booted rest 2>/dev/null < "$folder/lock" || return 1
  [ "$booted" = "$boot" ] && [ "$holder" != $$ ] && [ "$(since "$holder")" = "$started" ]
}
]]

function lock.await()
  return functions .. [[
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
local take = [[
umask 077; mkdir -p "$folder"; chmod 755 /var/lib/pipster
group_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f3; }
end_holder() {
  group=$(group_of "$holder")
  [ "${group:-0}" -gt 1 ] && [ "$group" != "$(group_of $$)" ] || return 1
  kill -TERM -- "-$group"; sleep 5; kill -KILL -- "-$group" 2>/dev/null; sleep 1
}
printf '%s %s %s %s\n' $$ "$(since $$)" "$boot" "run @RUN" > "$folder/.lock.$$"
waited=0 tries=0
until ln "$folder/.lock.$$" "$folder/lock" 2>/dev/null; do
  if ! held; then
    tries=$((tries + 1))
    if [ $tries -gt 5 ]; then mark locked "nobody: it cannot be made"; exit 0; fi
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

function lock.take()
  return functions .. take:gsub("@RUN", tostring(settings.run or 0)) .. ""
end

return lock
