#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What Stripe's subscriptions come to, read over HTTP from the lab's Stripe.

load helpers
setup() {
  setup_project
  printf 'return { project = "shop", currency = "EUR",\n  %s\n  %s }\n' \
    'exchange = { date = "2026-09-30", USD_EUR = "0.92", JPY_EUR = "0.0061" },' \
    "revenue = revenue.stripe { ${stripe:-} }," >pipster.lua
  start_lab
}
teardown() { stop_lab; }

scenario() { # NAME
  curl -sf "${STRIPE_ENDPOINT%/v1}/_lab/scenario" -d "{\"name\":\"$1\"}" >/dev/null
}

asked() { # PATTERN of a path: how often
  jq -r 'select(.service == "stripe") | .path' .pipster/lab/requests.jsonl | grep -cx "$1"
}

read_all() {
  forget
  run "$pipster" --lab revenue --refresh --accept-revenue --json
}

figures() { # "gross cautious at_risk customers"
  jq -r 'select(.type == "revenue") |
    "\(.gross) \(.cautious) \(.at_risk) \(.customers) \(.currency)"' <<<"$output"
}

expect_figures() { # SCENARIO FIGURES
  scenario "$1"
  read_all
  [ "$status" -eq 0 ] || { echo "$1: $output"; return 1; }
  [ "$(figures)" = "$2" ] || { echo "$1: $(figures)"; echo "$output"; return 1; }
}

@test "pages, coupons, tiers, currencies: what each comes to, by how many requests" {
  expect_figures pages '2500 2500 0 250 USD'
  [ "$(asked /v1/subscriptions)" = 4 ]
  expect_figures coupons '490 440 0 6 USD'
  [ "$(asked '/v1/coupons/.*')" = 6 ]
  expect_figures tiered '108 108 0 3 USD'
  [ "$(asked '/v1/prices/.*')" = 2 ]
  # Tiers and coupons are kept for a day.
  read_all
  [ "$(asked '/v1/.*')" = 2 ]
  expect_figures past_due '50 50 30 2 USD'
  expect_figures ending '30 20 0 2 USD'
  expect_figures many_items '25 25 0 1 USD'
  expect_figures currencies '157.1 157.1 0 4 EUR'
  expect_figures rate_limited '50 50 30 2 USD'
}

@test "what is wrong is told, the key is nowhere, and nothing is stored" {
  for name in unauthorized forbidden server_error half garbage cut endless nothing_more mixed_modes; do
    scenario "$name"
    read_all
    [ "$status" -ne 0 ] || { echo "$name: $output"; return 1; }
    [[ $output != *"$STRIPE_API_KEY"* ]]
  done
  [ "$(sqlite3 .pipster/state/lab.db 'select count(*) from revenue')" = 0 ]
  ! grep -rqF "$STRIPE_API_KEY" .pipster/state
  # Another key than the lab's.
  run env STRIPE_API_KEY=rk_live_canary "$pipster" revenue --refresh -v
  [ "$status" -ne 0 ]
  [[ $output == *'STRIPE_API_KEY'*'restricted key'* ]] || { echo "$output"; return 1; }
  [[ $output != *canary* ]]
  ! grep -rqF canary .pipster
}

@test "a secret key is refused before anything is asked" {
  scenario yearly
  forget
  run env STRIPE_API_KEY=sk_live_canary "$pipster" revenue --refresh
  [ "$status" -ne 0 ]
  [[ $output == *'which may do everything'*'restricted key'* ]] || { echo "$output"; return 1; }
  [[ $output != *canary* ]]
  [ "$(asked '/v1/.*')" = 0 ]
}
