# SPDX-License-Identifier: MIT
#
# Sourced by tests/bench/run: N things that live in state alone, beside as many
# terraform_data of Terraform's or OpenTofu's.

peer_project() { # COUNT: a configuration of as many terraform_data
  mkdir -p "$work/peer-$1"
  awk -v count="$1" 'BEGIN { for (i = 1; i <= count; i++)
    printf "resource \"terraform_data\" \"t%d\" {\n  input = \"%d\"\n}\n", i, i }' \
    >"$work/peer-$1/main.tf"
  (cd "$work/peer-$1" && "$tofu" init -input=false >>"$work/log" 2>&1)
}
# As many more of what it made of a thousand: to let it make five thousand takes minutes.
peer_state() { # COUNT
  jq --argjson count "$1" '.resources[0] as $first | .resources = [range(1; $count + 1) |
      tostring as $n | $first | .name = "t" + $n | .instances[0].attributes |=
      (.id = "made-" + $n | .input.value = $n | .output.value = $n)]' \
    "$work/peer-1000/terraform.tfstate" >"$work/peer-$1/terraform.tfstate"
  theirs "$1" plan -detailed-exitcode >>"$work/log" 2>&1 # and there is nothing to do
}
our_project() {
  mkdir -p "$work/ours-$1/playbooks"
  cp tests/bench/items.lua "$work/ours-$1/playbooks/"
  echo 'return { project = "bench", currency = "EUR" }' >"$work/ours-$1/pipster.lua"
}
ours() { # COUNT WORDS…
  XDG_CONFIG_HOME=$work/config "$pipster" -C "$work/ours-$1" "${@:2}" playbooks/items.lua \
    --var "count=$1"
}
theirs() { # COUNT WORDS…
  (cd "$work/peer-$1" && "$tofu" "${@:2}" -input=false -no-color)
}
peak_mb() { # COMMAND…: the largest resident set
  /usr/bin/time -f '%M' -o "$work/peak" "$@" >>"$work/log" 2>&1
  awk 'END { printf "%.1f\n", $1 / 1024 }' "$work/peak"
}
median_seconds() { # RUNS COMMAND…
  local run
  for ((run = 0; run < $1; run++)); do seconds "${@:2}"; done | sort -n |
    sed -n "$((($1 + 1) / 2))p"
}

beside_terraform() {
  local count goal
  if ! tofu=$(tests/bench/peer-tofu "$build/peers" 2>>"$work/log"); then
    skip "plans beside Terraform" "$(tail -n 1 "$work/log")"
    return
  fi
  for count in 1000 5000; do
    goal=$((count == 1000 ? 50 : 200))
    peer_project "$count"
    our_project "$count"
    our_apply=$(seconds ours "$count" run --yes)
    if [ "$count" = 1000 ]; then their_apply=$(seconds theirs "$count" apply -auto-approve)
    else peer_state "$count"; fi
    row "plan-nochange-$count-vs-terraform" "$(median_seconds 9 ours "$count" plan)" \
      "$(median_seconds $((count == 1000 ? 3 : 1)) theirs "$count" plan)" s "$goal"
    row "plan-nochange-$count-memory-vs-terraform" \
      "$(XDG_CONFIG_HOME=$work/config peak_mb "$pipster" -C "$work/ours-$count" plan \
        playbooks/items.lua --var "count=$count")" \
      "$(cd "$work/peer-$count" && peak_mb "$tofu" plan -input=false)" MB 10
    [ "$count" = 1000 ] || continue
    row apply-1000-vs-terraform "$our_apply" "$their_apply" s 100
  done
}

# The engine alone, over the world in memory.
engine_alone() {
  local count kind folder
  make --no-print-directory BUILD="$build" "$build/bench/engine" >>"$work/log" 2>&1
  for count in 1000 5000 100000; do
    for kind in flat chain; do
      folder=$(mktemp -d "$work/engine.XXXXXX")
      "$build/bench/engine" "$count" "$kind" "$folder" 3 >"$work/engine.json" 2>>"$work/log"
      row "engine: plan of $count, no change ($kind)" "$(jq .plan_ms "$work/engine.json")" null ms null
      row "engine: apply of $count ($kind)" "$(jq .apply_ms "$work/engine.json")" null ms null
      rm -rf "$folder"
    done
  done
}
