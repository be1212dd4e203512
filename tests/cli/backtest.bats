#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pipster rules backtest: what would have been done when, and what it would have cost.

load helpers
setup() {
  setup_project
  start_lab
  playbook shop <<'P'
local hetzner = require "hetzner"
hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1" }
rule "bigger" {
  when = { revenue = "> $500", customers = ">= 50" }, hold = "14d",
  release = { revenue = "< $300" }, release_hold = "1 month", fit = { disk = "< 70%" },
  afford = { below = "10%", warn = "15%" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
rule "busy" {
  when = { revenue = "> $500" }, evidence = { cpu = "> 80%" }, hold = "7d",
  propose = { amend = { ["hetzner.server/app"] = { type = "cx43" } } },
}
P
}
teardown() { stop_lab; }

tells() { # CODE WORDS…: of the last `run`
  [ "$status" = "$1" ] || { echo "exit $status"; echo "$output"; return 1; }
  local words
  for words in "${@:2}"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

backtest() { # FLAGS…, the history on stdin
  cat >history.csv
  run "$pipster" --lab rules backtest history.csv playbooks/shop.lua "$@"
}

@test "month by month: up when it held, back when it fitted" {
  backtest --currency USD <<'C'
date,mrr,customers,disk
2025-11,450,45,
2025-12-10,510,51,40%
2026-01,530,55,40%
2026-02,520,54,40%
2026-03,280,30,40%
2026-04,270,29,40%
2026-05,270,29,40%
C
  tells 0 'history.csv from 2025-11-01 to 2026-05-01, at the prices of today' \
    '2025-11           450.00 $         45       5.99 €       1.4%' \
    '2025-12           510.00 $         51       8.99 €       1.9%  + bigger' \
    '2025-12-24  bigger: change hetzner.server/app' \
    '2026-04-01  bigger: goes back' '2026-05           270.00 $         29       5.99 €' \
    'busy: revenue is'
  [ "$(grep -c ' €  ' <<<"$output")" = 7 ]
}

@test "a month that nobody wrote down opens nothing, and closes nothing" {
  backtest <<'C'
date,mrr,customers,cpu
2026-01,600 USD,40,85%
2026-02-01,,40,85%
2026-06-01,$600,40,
C
  tells 0 '2026-01-08  busy: change' '2026-02          not known         40      16.49 €  not known' \
    '2026-04          not known  not known      16.49 €  not known'
  [ "$(grep -c 'busy' <<<"$output")" = 2 ]
  backtest --assume cpu=85% <<<$'date,mrr,customers\n2026-01,600 USD,40'
  tells 0 '2026-01-08  busy: change'
}

@test "as JSON lines, and as a plot" {
  backtest --json --svg plot.svg <<<$'date,mrr,customers\n2026-01,$600,60\n2026-02-28,$700,60'
  tells 0
  [ "$(grep '^{' <<<"$output" | jq -r 'select(.type == "rule_event") | "\(.date) \(.rule) \(.what)"')" = \
    '2026-01-15 bigger accepted' ]
  [ "$(grep '^{' <<<"$output" | jq -r 'select(.type == "forecast_month") | "\(.from) \(.revenue)"')" = \
    $'2026-01-01 600\n2026-02-01 700' ]
  grep -q '1  2026-01  bigger' plot.svg
}

@test "a bad line is named" {
  backtest <<<$'date,mrr\n2026-01,1\n2026-02,many'
  tells 1 'revenue = "many" is no figure' 'history.csv:3'
  backtest <<<$'date,mrr\n2026-01,1\n2025-12,1'
  tells 1 '2025-12 does not come after the line before it' 'history.csv:3'
  backtest <<<$'mrr\n1'
  tells 1 'no column is called "date"' 'history.csv:1' 'date,mrr,customers'
  backtest <<<$'date,mrr\n1990-01,1\n2026-01,1'
  tells 1 'is of more than 240 months'
  run "$pipster" --lab rules backtest no.csv playbooks/shop.lua
  tells 1 'cannot read the file' 'no.csv'
  run "$pipster" --lab rules backtest history.csv --format github
  tells 64 'a backtest is not told as github'
  run "$pipster" --lab rules backtest
  tells 64 'wants a history'
  run "$pipster" --lab rules backtest history.csv
  tells 64 'wants a playbook: none was run yet'
}

@test "the history of FORECAST.md is read" {
  sed -n '/^```csv$/,/^```$/{/^```/d;p}' "$root/docs/FORECAST.md" >history.csv
  local line
  line=$(sed -n 's/^pipster \(rules backtest .*\)/\1/p' "$root/docs/FORECAST.md")
  # shellcheck disable=SC2086
  run "$pipster" --lab $line
  tells 0 'history.csv from 2026-01-01 to 2026-03-01' '2026-02           510.00 $'
}
