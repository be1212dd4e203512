#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pipster report: one page that needs nothing else, and says what it does not know.

load helpers

setup() {
  setup_project
  export SHOP_API=canary-of-the-shop-4711
  start_lab
  playbook shop <<'P'
phase(1, "Shop")
local hetzner, cost = require "hetzner", require "cost"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key },
}
local host = app:host { }
host:file "/etc/motd" { content = input("motd", { default = "hello" }) }
cost.item "domain" {
  price = "$12/year", what = "<script>alert('&')</script>", after = app,
}
hetzner.firewall "web" { inbound = { 22, 443 } }
host:file "/etc/api" { content = secret("api", { env = "SHOP_API" }), mode = "0600" }
local token = secret("token", { length = 24, rotate_every = "90d" })
host:file "/etc/token" { content = token, mode = "0600" }
P
}
teardown() { stop_lab; }

page_is_whole() { # FILE
  lua5.4 "$root/tests/cli/page.lua" "$1"
}

has() { # FILE WORDS…: anywhere, whatever the lines
  local words page
  page=$(tr '\n' ' ' <"$1" | sed 's/<style>[^<]*<\/style>//g')
  for words in "${@:2}"; do
    [[ $page == *"$words"* ]] || { echo "not there: $words"; echo "$page"; return 1; }
  done
}

api() { # METHOD PATH [BODY]
  curl -sf -X "$1" -H "Authorization: Bearer $HCLOUD_TOKEN" \
    -H 'Content-Type: application/json' "$HCLOUD_ENDPOINT$2" ${3:+-d "$3"}
}

# The text of one section.
section() { # FILE ID
  sed -n "/<section id=\"$2\">/,/<\/section>/p" "$1"
}

@test "before anything is there, each section says so" {
  run "$pipster" --lab report --html page.html
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [ "$output" = 'Written: page.html' ]
  page_is_whole page.html
  has page.html '<h1>shop</h1>' 'Nothing yet: <code>pipster run PLAYBOOK</code>' \
    'Not known: no playbook was run yet.' 'Nothing was run yet' 'None is kept here.' 'No rule is declared' \
    'None is declared: <code>pipster types backup.postgres</code>'
  [ ! -e .pipster/state/lab.db ]
}

@test "what exists, what it costs, what was run; whatever it is called" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab report --html page.html
  page_is_whole page.html
  has page.html '<dt>Cost</dt><dd>6.91 €<small>a month, net' '<dt>Last run</dt><dd>done' \
    '<dt>Drift</dt><dd>none' '<th scope="rowgroup">phase 1' 'server cx23 in nbg1' \
    '&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;' \
    'None: 7 things were found as last applied.' 'of <code>playbooks/shop.lua</code> by'
  [ "$(section page.html graph | grep -c 'class="graph')" = 2 ]
  # The server needs its key, the domain waits for the server, the host is on it.
  [ "$(section page.html graph | sed '/graph narrow/,$d' | grep -c 'class="line"' )" -ge 3 ]
  has <(section page.html graph) '>app</text>' '>hetzner.server</text>' '3 × file' \
    '5.99 € a month'
  [[ $(section page.html secrets) == *'secret/token'*generated* ]]
}

@test "what is to be looked at is told: drift, checks, secrets, open steps" {
  "$pipster" --lab run playbooks/shop.lua --yes
  sqlite3 .pipster/state/lab.db "
    insert into step (run, address, type, host, action, outcome, begun_at_ms)
      values (1, 'cost.item/other', 'cost.item', null, 'create', 'open', 1);
    update secret set made_at_ms = made_at_ms - 100 * 86400000;
    update run set outcome = 'partial';"
  id=$(api GET /firewalls | jq '.firewalls[0].id')
  api POST "/firewalls/$id/actions/set_rules" '{"rules":[]}' >/dev/null
  "$pipster" --lab report --html page.html
  page_is_whole page.html
  has <(section page.html attention) '<li class="bad"><b>open</b> create of cost.item/other' \
    '<li class="warn"><b>secrets</b> secret/token is 100 days old'
  has <(section page.html secrets) 'class="warn">overdue since 20'
  has page.html '<dt>Drift</dt><dd>1<small>changed outside' '<b>partial</b> run'
  has <(section page.html drift) '<code>hetzner.firewall/web</code></td><td>inbound: <code>' \
    '→ <code>[]</code>'
}

reading() { # DAY AMOUNT [ACCEPTED [CURRENCY]]
  sqlite3 .pipster/state/lab.db "
    insert into revenue (read_at_ms, as_of_ms, fresh_until_ms, source, gross, cautious,
        at_risk, currency, customers, accepted)
      values (strftime('%s', '$1') * 1000, strftime('%s', '$1') * 1000, 0, 'typed in',
        '$2', '$2', '0', '${4:-EUR}', 5, ${3:-1})"
}

@test "cost against revenue: month by month, a gap where none is known" {
  SOURCE_DATE_EPOCH=$(date -ud 2026-08-10 +%s) "$pipster" --lab run playbooks/shop.lua --yes
  reading 2026-09-20 138.2
  reading 2026-09-28 691
  reading 2026-11-02 999999 0
  SOURCE_DATE_EPOCH=$(date -ud 2026-11-21 +%s) "$pipster" --lab report --html page.html
  page_is_whole page.html
  has <(section page.html money) 'class="plot"' '>2026-08</td>' '>2026-11</td>' \
    '2026-09</td><td class="amount">6.91 €</td><td class="amount">691.00 €</td><td class="amount">1.0%<' \
    '2026-10</td><td class="amount">6.91 €</td><td class="amount">not known</td><td class="amount"><'
  [[ $(section page.html money) != *999* && $(section page.html money) != *138* ]]
  # In another currency it has its rate, with the date.
  reading 2026-11-20 1085 1 USD
  SOURCE_DATE_EPOCH=$(date -ud 2026-11-21 +%s) "$pipster" --lab report --html page.html
  has <(section page.html money) '<td class="amount">1000.00 €</td>' \
    'Revenue in USD, all of it at 1 EUR = 1.085 USD of 2026-09-30.'
  # Without a rate it is no figure, and the page says why.
  reading 2026-11-20 77 1 CHF
  SOURCE_DATE_EPOCH=$(date -ud 2026-11-21 +%s) "$pipster" --lab report --html page.html
  has <(section page.html money) 'There is no exchange rate from CHF'
  [[ $(section page.html money) != *77.00* ]]
}

@test "things that are alike have one row, with their sum" {
  playbook many <<'P'
phase(2, "Many <&>")
local cost = require "cost"
for i = 1, 7 do cost.item("seat" .. i) { price = "2.50 €/month", what = "a seat" } end
for i = 1, 4 do cost.item("desk" .. i) { price = "1 €/month", what = "a desk" } end
P
  "$pipster" --lab run playbooks/many.lua --yes
  "$pipster" --lab report --html page.html
  page_is_whole page.html
  has <(section page.html cost) 'phase 2: Many &lt;&amp;&gt;' \
    '7 × a seat<small><code>cost.item/seat1</code>, <code>cost.item/seat2</code>, <code>cost.item/seat3</code>, and 4 more</small></td><td class="amount">17.50 €' \
    'all of it</th><td class="amount">21.50 €'
  [ "$(section page.html cost | grep -c 'a desk')" = 4 ]
}

@test "rules: what each says and saw, and what is in force, with marks over time" {
  SOURCE_DATE_EPOCH=$(date -ud 2026-08-10 +%s) "$pipster" --lab run playbooks/shop.lua --yes
  sqlite3 .pipster/state/lab.db "
    insert into evaluation (rule, at_ms, run, state, is_proposed, past, figures, saw)
      select 'larger', strftime('%s', d) * 1000, 0, s, p, '{}', null, w from (
        select '2026-09-01' d, 'closed' s, 0 p, '[\"revenue is 90 €\"]' w union all
        select '2026-10-01', 'open', 1, '[\"revenue is 600 €\"]' union all
        select '2026-11-01', 'open', 1, '[\"revenue is <b>700</b> €\"]');
    insert into amendment (rule, accepted_ms, accepted_by, amend)
      values ('wider', strftime('%s', '2026-09-05') * 1000, 'anna@laptop',
        '{\"hetzner.server/app\":{\"type\":\"cx33\"}}');"
  SOURCE_DATE_EPOCH=$(date -ud 2026-11-21 +%s) "$pipster" --lab report --html page.html
  page_is_whole page.html
  has <(section page.html rules) 'larger<small>revenue is &lt;b&gt;700&lt;/b&gt; €</small>' \
    '<span class="warn">proposes</span><small>since 2026-10-01</small></td><td>2026-11-01<' \
    '<b>wider</b> in force since 2026-09-05, accepted by anna@laptop' \
    'changes <code>hetzner.server/app</code>'
  has <(section page.html money) '2026-09  wider accepted' '2026-10  larger proposes'
}

@test "rules of the playbook are judged as they are now" {
  cat >>playbooks/shop.lua <<'P'
rule "larger" {
  doc = "<Milestone>", when = { revenue = "> €500" }, hold = "14d",
  propose = { amend = { ["hetzner.server/app"] = { type = "cx33" } } },
}
rule "later" { when = { customers = ">= 100" }, propose = { text = "think" } }
P
  at() { SOURCE_DATE_EPOCH=$(date -ud "$1" +%s) "$pipster" --lab "${@:2}"; }
  at 2026-10-01 run playbooks/shop.lua --yes
  at 2026-10-20 revenue set 640 --customers 20
  at 2026-10-20 rules >/dev/null
  at 2026-10-26 rules >/dev/null
  at 2026-10-28 report --html page.html
  page_is_whole page.html
  has <(section page.html rules) 'larger: &lt;Milestone&gt;<small>✓ revenue &gt; €500 is 640.00 €' \
    'holds, not long enough yet since 2026-10-20; opens on 2026-11-03</span>' \
    'later<small>✗ customers ' '<span class="plain">closed</span>'
  has page.html '<dt>Revenue</dt><dd>640.00 €<small>a month, cautious; 20 customers' 'of revenue'
  at 2026-11-01 rules >/dev/null
  at 2026-11-04 report --html page.html
  has <(section page.html rules) '<span class="warn">open since 2026-11-0'
}

@test "success criteria: computed, answered or not known" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" --lab report --html page.html
  has <(section page.html criteria) 'Phase 1: initial deployment' 'Under $15/month total cost' \
    '<td class="fine">met</td>' '<td class="plain">not known</td>'
  "$pipster" --lab review | tail -n 2 | head -n 1 >counted
  has <(section page.html criteria) "$(sed 's/\.$//' counted)"
  # The project's own checklist takes its place.
  playbook review <<'P'
review "own" { text = "Ours <i>", ask = "Is it?" }
P
  "$pipster" --lab review answer own "yes" >/dev/null
  "$pipster" --lab report --html page.html
  page_is_whole page.html
  has <(section page.html criteria) 'Ours &lt;i&gt;' '1 met, 0 missed, 0 not known'
}

@test "no secret is on it, and the same state makes the same page" {
  "$pipster" --lab run playbooks/shop.lua --yes
  export SOURCE_DATE_EPOCH=1795254000
  "$pipster" --lab report --html - >one.html
  "$pipster" --lab report --html two.html
  cmp one.html two.html
  has one.html 'as of <time datetime="2026-11-21T09:40:00Z">'
  has one.html 'secret/api' 'env SHOP_API'
  run grep -F "$SHOP_API" one.html
  [ "$status" -eq 1 ]
}

@test "a page is replaced whole or not at all" {
  echo old >page.html
  run "$pipster" --lab report
  [ "$status" -eq 64 ]
  [[ $output == *'wants to know where to write'*'--html report.html'* ]]
  run "$pipster" --lab report --html playbooks
  [ "$status" -eq 64 ]
  [[ $output == *'playbooks is a folder'*'--html playbooks/report.html'* ]]
  run "$pipster" --lab report --html not/there.html
  [ "$status" -eq 1 ]
  [[ $output == *'cannot create the file'*'not/there.html'*'No such file'* ]]
  run "$pipster" --lab report page.html
  [ "$status" -eq 64 ]
  [ "$(cat page.html)" = old ]
  (umask 027 && "$pipster" --lab report --html page.html)
  [ "$(stat -c %a page.html)" = 640 ]
  [ "$(ls page.html*)" = page.html ]
}

@test "what cannot be asked is said with its reason, and the page is written" {
  "$pipster" --lab run playbooks/shop.lua --yes
  "$pipster" lab fault unauthorized GET '*' 99 >/dev/null
  run "$pipster" --lab report --html page.html
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  page_is_whole page.html
  has page.html '<dt>Cost</dt><dd>not known' '<dt>Drift</dt><dd>not known' \
    'class="warn">Not known: '
  has <(section page.html graph) '>app</text>'
  [[ $(section page.html drift) == *'hetzner.server/app</code></td><td><span class="warn">not known'* ]]
}

@test "it changes nothing, and of a run at work it says so" {
  "$pipster" --lab run playbooks/shop.lua --yes
  forget
  "$pipster" --lab report --html page.html
  [ -z "$(requests '.method != "GET"')" ]
  exec 9<>.pipster/state/lab.lock
  flock 9
  "$pipster" --lab report --html page.html
  exec 9>&-
  has page.html 'a run is at work'
}
