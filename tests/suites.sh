# SPDX-License-Identifier: MIT
#
# Sourced by tests/check and tests/check-lab: `suite NAME COMMAND…` runs one suite, shows its
# minutes and, when it failed, its output; `suites_end` says once more what failed, where a
# log that is cut at its start still shows it, and prints the sum of all tests. Suites may
# also stand in a queue, from which several lanes (tests/lanes) take the next one.
logs=$1/check
queue=$logs/queue
mkdir -p "$logs"

count() { # PATTERN FILE: the sum of the numbers that PATTERN's \1 catches
  sed -nE "s/$1/\\1/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'
}

# cmocka, 'N passed, N failed', TAP (bats, prove).
tally() {
  good=$(count '^\[  PASSED  \] ([0-9]+) test.*' "$1")
  bad=$(count '^\[  FAILED  \] ([0-9]+) test.*' "$1")
  good=$((good + $(count '^([0-9]+) passed, [0-9]+ failed.*' "$1")))
  bad=$((bad + $(count '^[0-9]+ passed, ([0-9]+) failed.*' "$1")))
  good=$((good + $(grep -cE '^ok [0-9]+' "$1" || true)))
  bad=$((bad + $(grep -cE '^not ok [0-9]+' "$1" || true)))
}

suites_begin() {
  rm -f "$logs"/*.sum "$queue"
}

suite() { # NAME COMMAND…: in a lane the whole line is printed at its end
  name=$1
  shift
  began=$(date +%s)
  [ -n "${LANE:-}" ] || printf '%-12s ' "$name"
  status=0
  echo "0 1 1 $name" >"$logs/$name.sum" # as long as it has not ended
  # One that hangs is named, before who runs all of them loses patience.
  timeout --foreground -k 60 2400 "$@" >"$logs/$name.log" 2>&1 || status=$?
  [ "$status" != 124 ] || echo "not ok - $name did not end within 40 minutes" >>"$logs/$name.log"
  tally "$logs/$name.log"
  # A suite that fails counts as one failure even when no test says so.
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  if [ "$status" = 0 ] && [ "$good" = 0 ]; then good=1; fi
  echo "$good $bad $status $name" >"$logs/$name.sum"
  {
    flock 8
    [ -z "${LANE:-}" ] || printf '%-12s ' "$name"
    printf '%5d passed, %d failed  (%d s)\n' "$good" "$bad" $(($(date +%s) - began))
    [ "$status" = 0 ] || tail -n 60 "$logs/$name.log"
  } 8>>"$queue.lock"
}

# The queue: a suite a line, "NAME COMMAND…".
suites_run() { # until nothing waits
  while take_suite; do
    # shellcheck disable=SC2086
    suite $taken
  done
}
take_suite() {
  {
    flock 8
    taken=$(head -n 1 "$queue")
    sed -i 1d "$queue"
  } 8>>"$queue.lock"
  [ -n "$taken" ]
}

what_failed() { # LOG: the lines that name a failure, the first few
  grep -aE '^not ok |^\[  (FAILED|ERROR)|^\[   LINE|ERROR: [A-Za-z]+Sanitizer|runtime error:|: error: |\*\*\* \[' "$1" |
    cut -c -200 | head -n 12
}

suites_end() {
  local failures
  # What no lane was left to take.
  [ ! -s "$queue" ] || sed 's/ .*//; s/^/not run: /' "$queue"
  cat "$logs"/*.sum | awk '$3 != 0 { print $4 }' | while read -r name; do
    echo "$name failed:"
    what_failed "$logs/$name.log" | sed 's/^/  /'
  done
  failures=$(cat "$logs"/*.sum | awk '{ sum += $2 } END { print sum + 0 }')
  echo "$(cat "$logs"/*.sum | awk '{ sum += $1 } END { print sum + 0 }') passed," \
    "$failures failed"
  [ "$failures" = 0 ] && [ ! -s "$queue" ] && [ "${lanes_broke:-0}" = 0 ]
}
