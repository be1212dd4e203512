# SPDX-License-Identifier: MIT
#
# Sourced by the crash and the fault matrix: cases by the hundred, a line each, tried by several
# workers at once. The matrix has `try_case WORD…`, which complains, and `title_of WORD…`.

# Takes [--sample N --seed HEX] [--only PATTERN] BUILD; what follows is left in $cases_rest.
cases_options() {
  sample=
  only=.
  seed=0
  while [[ ${1:-} == --* ]]; do
    case $1 in
      --sample) sample=$2 ;;
      --only) only=$2 ;;
      --seed) seed=$((16#${2:0:7})) ;;
      *) echo "$0: no option $1" >&2; exit 64 ;;
    esac
    shift 2
  done
  build=$(cd "$1" && pwd)
  pipster=$build/pipster
  shift
  cases_rest=("$@")
}

# A sample takes all cases with equal chance; the seed alone says which.
cases_choose() { # FILE with all of them
  grep -e "$only" "$1" >"$scratch/all"
  if [ -n "$sample" ]; then
    awk -v seed="$seed" 'BEGIN { srand(seed) } { print rand(), $0 }' "$scratch/all" | sort -n |
      head -n "$sample" | cut -d' ' -f2-
  else
    cat "$scratch/all"
  fi >"$scratch/cases"
  echo "$(wc -l <"$1") cases, $(wc -l <"$scratch/cases") of them now"
}

# One case after another of those whose number leaves this rest.
cases_work() { # REST
  local number=0 words where verdict
  while read -ra words; do
    number=$((number + 1))
    [ $((number % jobs)) = "$1" ] || continue
    broken=
    {
      try_case "${words[@]}"
      where=$world
      end_world
    } >"$scratch/said.$1"
    verdict=ok
    [ -z "$broken" ] || verdict=FAIL
    { # in one write, so that the workers do not mix their lines
      printf '%-4s %s%s\n' "$verdict" "$(title_of "${words[@]}")" "${broken:+  ($where)}"
      cat "$scratch/said.$1"
    } >"$scratch/case.$1"
    cat "$scratch/case.$1" >>"$scratch/verdicts"
    cat "$scratch/case.$1"
  done <"$scratch/cases"
}

# All that were chosen; the last line counts them.
cases_try() {
  local rest passed failed
  : >"$scratch/verdicts"
  for ((rest = 0; rest < jobs; rest++)); do
    (trap leave_world EXIT; cases_work "$rest") &
  done
  wait
  passed=$(grep -c '^ok ' "$scratch/verdicts" || true)
  failed=$(($(wc -l <"$scratch/cases") - passed))
  [ "$failed" != 0 ] || rm -rf "$scratch"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
