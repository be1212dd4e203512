-- SPDX-License-Identifier: MIT
--
-- A step that may take only so long, in POSIX sh: its commands run in a process of their
-- own beside a watch that ends them with all that they started. What made itself a daemon
-- meanwhile is on its own, and stays.

local timeout = {}

-- Seconds that a whole batch may take beside what its steps say themselves.
local BATCH = 3600

-- within SECONDS PROCESS STEP. The watch is asked to go by TERM, which it ignores once
-- the time is over: then it is waited for, until all is asked to end and made to.
timeout.functions = [[
children() {
  cat /proc/[0-9]*/stat 2>/dev/null |
    sed -n "s/^\([0-9]*\) (.*) [A-Za-z] $1 .*/\1/p"
}
tree() { echo "$1"; for child in $(children "$1"); do tree "$child"; done; }
alive() { for process; do kill -0 "$process" && return 0; done; return 1; }
end_tree() {
  kill -STOP "$1" || return 0
  for child in $(children "$1"); do end_tree "$child"; done
  kill -KILL "$1"
}
within() {
  ( sleep "$1" >/dev/null & trap "kill $!; exit" TERM; wait $!
    trap '' TERM; mark over "$3"
    tree=$(tree "$2"); kill -TERM $tree
    for second in 1 2 3 4 5; do alive $tree || exit; sleep 1 >/dev/null; done
    for process in $tree; do end_tree "$process"; done
  ) 2>/dev/null </dev/null &
  watch=$!
  wait "$2"; set -- "$?"
  kill -TERM "$watch" 2>/dev/null; wait "$watch" 2>/dev/null
  return "$1"
}
]]

-- The commands of step `index`, in parentheses, with their end in $status_INDEX.
function timeout.wrap(commands, step, index)
  if not step.timeout then
    return { "( ", commands, ":\n) 2>&1; status_", index, "=$?\n" }
  end
  return { "( ", commands, ":\n) 2>&1 </dev/null &\n",
    ("within %d $! %d; status_%d=$?\n"):format(step.timeout, index, index) }
end

-- How long a batch of these steps may take.
function timeout.of_batch(steps)
  local sum = BATCH
  for _, step in ipairs(steps) do sum = sum + (step.timeout or 0) end
  return sum
end

return timeout
