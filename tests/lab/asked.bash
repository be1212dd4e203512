# SPDX-License-Identifier: MIT
#
# Words to ask pipster and the host `app` in a lab that is up.

# ends CODE ARGUMENTS…: that pipster ends so; what it printed is $output.
ends() {
  local code=$1
  shift
  run "$PIPSTER" --lab "$@"
  [ "$status" = "$code" ] || { echo "pipster $*: exit $status"; echo "$output"; return 1; }
}

tells() { # WORDS…: each is in $output
  local words
  for words in "$@"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

on() { "$PIPSTER" --lab exec app -- "$1" | sed -n 's/^app| *//p'; }
