# SPDX-License-Identifier: MIT
#
# Sourced by tests/check and tests/check-lab: `suite NAME COMMAND…` runs one suite, shows its
# minutes and, when it failed, its output; `suites_end` prints the sum of all tests.
passed=0
failed=0
logs=$1/check
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

suite() {
  name=$1
  shift
  began=$(date +%s)
  printf '%-12s ' "$name"
  status=0
  "$@" >"$logs/$name.log" 2>&1 || status=$?
  tally "$logs/$name.log"
  # A suite that fails counts as one failure even when no test says so.
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  if [ "$status" = 0 ] && [ "$good" = 0 ]; then good=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  ended=$(date +%s)
  printf '%5d passed, %d failed  (%d s)\n' "$good" "$bad" $((ended - began))
  [ "$status" = 0 ] || { tail -n 60 "$logs/$name.log"; return 0; }
}

suites_end() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
