#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The page of pipster report, laid out by Chromium; started by tests/lab/page.

load ../cli/helpers

setup_file() {
  setup_project
  start_lab
  cp "$root"/playbooks/*.lua playbooks
  cp "$root/tests/lab/page.html" .
  playbook grown <<'P'
include "phase2"
rule "a-second-server" {
  doc = "for those who come from the other side of the world, at night",
  when = { revenue = "> €500", customers = ">= 50" }, hold = "14d",
  evidence = { any = { { cpu = "> 80%" }, { memory = "> 85%" } }, over = "7d" },
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
P
  export SENDGRID_API_KEY=SG.of.the-page PAGE=$project
  SOURCE_DATE_EPOCH=$(date -ud 2026-02-03 +%s) "$pipster" --lab run playbooks/phase1.lua --yes
  SOURCE_DATE_EPOCH=$(date -ud 2026-05-12 +%s) "$pipster" --lab run playbooks/grown.lua --yes
  local month amount
  for month in 03:37 04:83 05:147.5 06:221 08:378 10:636 11:921.66; do
    amount=${month#*:} month=2026-${month%:*}-20
    sqlite3 .pipster/state/lab.db "
      insert into revenue (read_at_ms, as_of_ms, fresh_until_ms, source, gross, cautious,
          at_risk, currency, customers, accepted)
        values (strftime('%s', '$month') * 1000, strftime('%s', '$month') * 1000, 0,
          'stripe', '$amount', '$amount', '0', 'EUR', 20, 1)"
  done
  sqlite3 .pipster/state/lab.db "
    insert into step (run, address, type, host, action, outcome, begun_at_ms)
      values (1, 'app:file/etc/$(printf 'long%.0s' {1..60})', 'file', 'host/app', 'create',
        'open', 1);
    insert into evaluation (rule, at_ms, run, state, is_proposed, past, figures, saw)
      select 'a second server', strftime('%s', d) * 1000, 0, s, p, '{}', null,
        '[\"revenue is 921.66 €: over 500 €\"]' from (
          select '2026-09-01' d, 'closed' s, 0 p union all select '2026-11-01', 'open', 1);
    insert into amendment (rule, accepted_ms, accepted_by, amend)
      values ('a larger server', strftime('%s', '2026-09-05') * 1000, 'anna@laptop',
        '{\"hetzner.server/app\":{\"type\":\"cx33\"}}');"
  SOURCE_DATE_EPOCH=$(date -ud 2026-11-28 +%s) "$pipster" --lab report --html report.html
}
teardown_file() {
  project=$PAGE pipster=$PIPSTER
  stop_lab
}
setup() { cd "$PAGE" || return 1; }

browser() { # FLAGS… FILE
  HOME=$PAGE/home timeout 300 chromium --headless --no-sandbox --disable-gpu \
    --disable-dev-shm-usage --user-data-dir="$PAGE/browser" \
    --allow-file-access-from-files --virtual-time-budget=10000 "$@" 2>browser.log
}

# Nothing but what was looked at, at three widths and in that dress.
fits() { # light|dark FLAGS…
  local dress=$1
  shift
  browser --window-size=1400,1000 "$@" --dump-dom "file://$PAGE/page.html" >dom.html
  run sed -n '/<pre id="told">/,/<\/pre>/{s/<[^>]*>//g;/./p}' dom.html
  [ "$(grep -c "^looked [0-9]* $dress [0-9]*\$" <<<"$output")" = 3 ] &&
    grep -qx 'all looked at' <<<"$output" &&
    ! grep -v '^looked \|^all looked at$' <<<"$output" || { echo "$output"; cat browser.log; return 1; }
}

@test "light: nothing stands out, everything can be read, at 390, 820 and 1280" {
  fits light --blink-settings=preferredColorScheme=1
}

@test "dark: the same" {
  fits dark --blink-settings=preferredColorScheme=0
}

@test "a page that is too wide, or too faint, is seen" {
  cp report.html kept.html
  sed -i 's|<h2>Drift</h2>|&<p style="width:2000px;color:#eee">wide</p>|' report.html
  run fits light --blink-settings=preferredColorScheme=1
  mv kept.html report.html
  [ "$status" -eq 1 ]
  [[ $output == *'390 light: is 20'*' wide'* && $output == *'rgb(238, 238, 238) on 255,255,255: wide'* ]] ||
    { echo "$output"; false; }
}

@test "on paper: every section, no word cut off at an edge" {
  browser --no-pdf-header-footer --print-to-pdf="$PAGE/page.pdf" "file://$PAGE/report.html"
  pdftotext -bbox page.pdf words.html
  [ "$(grep -c '<page ' words.html)" -ge 2 ]
  awk -F'"' '/<page / { width = $2 } /<word / { if ($2 < 0 || $6 > width) { print; bad = 1 } }
    END { exit bad }' words.html
  pdftotext -layout page.pdf words
  sed -n 's/.*<h2>\(.*\)<\/h2>.*/\1/p' report.html >titles
  [ "$(grep -c . titles)" -ge 8 ]
  # The sum of a table that goes on behind a page stands at its end alone.
  [ "$(grep -c 'all of it  ' words)" = 1 ]
  while read -r title; do
    grep -qF "$title" words || { echo "not printed: $title"; return 1; }
  done <titles
}
