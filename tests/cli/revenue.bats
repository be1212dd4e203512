#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pipster revenue: what comes in is read, added up, kept, and relied on only while it is
# fresh and not too far from what it was.

load helpers

DAY=86400
NOW=1795946400 # 2026-11-29T10:00:00Z

setup() {
  setup_project
  export SOURCE_DATE_EPOCH=$NOW
  playbook shop <<'P'
guard.budget { max_share_of_revenue = "10%" }
local cost = require "cost"
cost.item "domain" { price = input("price", { default = "6 €/month" }) }
P
}
teardown() {
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}

sources() { # LUA…: pipster.lua names these
  printf 'return { project = "shop", currency = "EUR",\n  %s\n  revenue = { %s } }\n' \
    'exchange = { date = "2026-09-30", EUR_USD = "1.0850" },' "$*" >pipster.lua
}

later() { # DAYS
  SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + $1 * DAY))
}

tells() { # CODE WORDS…: of the last `run`
  [ "$status" = "$1" ] || { echo "exit $status"; echo "$output"; return 1; }
  local words
  for words in "${@:2}"; do
    [[ $output == *"$words"* ]] || { echo "not told: $words"; echo "$output"; return 1; }
  done
}

field() { # NAME: of the newest, as JSON
  "$pipster" revenue --json | jq -r "select(.type == \"revenue\") | .$1"
}

rows() {
  sqlite3 .pipster/state/default.db 'select count(*) from revenue'
}

# Answers with what stands in the file answer, and writes a line a request.
serve() {
  : >asked
  python3 -u -c '
import http.server
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        key = self.headers.get("Authorization") or self.headers.get("X-Key")
        open("asked", "a").write("%s %s\n" % (self.path, key))
        code, body = open("answer").read().split("\n", 1)
        self.send_response(int(code))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *ignored): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
print(server.server_port)
server.serve_forever()' >port 2>/dev/null 3>&- &
  server=$!
  wait_until test -s port
  url=http://127.0.0.1:$(cat port)
}

@test "where nothing is known and nothing is declared, looking makes nothing" {
  run "$pipster" revenue
  tells 0 'No revenue is known yet'
  run "$pipster" revenue history
  tells 0 'No revenue is known yet'
  run "$pipster" revenue accept
  tells 64 'there is no revenue to be accepted yet'
  [ ! -e .pipster ]
  run "$pipster" revenue set 640
  tells 0 '640.00 €'
  [ -e .pipster ]
}

@test "nothing is known, then it is typed in" {
  run "$pipster" revenue
  tells 0 'No revenue is known yet' 'pipster revenue set 640'
  run "$pipster" revenue set 640 --customers 52 --currency USD
  tells 0 '640.00 $' '52  12.31 $ each' 'typed in'
  [ "$("$pipster" revenue --json | jq -r 'select(.type == "revenue") |
      "\(.revenue) \(.currency) \(.customers) \(.source) \(.accepted)"')" = \
    '640 USD 52 typed in true' ]
  run "$pipster" plan playbooks/shop.lua
  tells 0 '1.0% of revenue'
  run "$pipster" plan playbooks/shop.lua --var 'price=60 €/month'
  tells 5 'over the budget of 10%'
}

@test "what is no amount, no number and no verb is told" {
  run "$pipster" revenue set much
  tells 64 '"much" EUR is no amount'
  run "$pipster" revenue set -- -5
  tells 64 'is no amount'
  run "$pipster" revenue set 640 --customers many
  tells 64 '--customers wants a number'
  run "$pipster" revenue set '640 $' --currency EUR
  tells 64 'is not in EUR'
  run "$pipster" revenue set
  tells 64 'takes one amount'
  run "$pipster" revenue frob
  tells 64 'has no "frob"'
  run "$pipster" revenue accept
  tells 64 'no revenue to be accepted'
  [ "$(rows)" = 0 ]
}

@test "off by more than 40 % it waits until it is accepted" {
  "$pipster" revenue set 640 --customers 52
  later 1
  run "$pipster" revenue set 384 --detailed-exitcode
  tells 0 '384.00 €'
  later 1
  run "$pipster" revenue set 900 --detailed-exitcode
  tells 2 '134% more than the last accepted, 384.00 €' 'pipster revenue accept'
  run "$pipster" plan playbooks/shop.lua
  tells 0 '1.6% of revenue' '900.00 €' 'pipster revenue accept'
  run "$pipster" revenue accept --detailed-exitcode
  tells 0 '900.00 €'
  [ "$(field accepted)" = true ]
  run "$pipster" plan playbooks/shop.lua
  tells 0 '0.7% of revenue'
  [[ $output != *accept* ]]
  run "$pipster" revenue accept
  tells 0 'Nothing waits'
  later 1
  run "$pipster" revenue set 90 --accept-revenue --detailed-exitcode
  tells 0 '90.00 €'
  [ "$("$pipster" revenue history --json | jq -r 'select(.type == "revenue") | .revenue' |
    paste -sd' ')" = '90 900 384 640' ]
  run "$pipster" revenue history --limit 2
  [ "${#lines[@]}" = 2 ]
}

@test "what is too old is not relied on until it is accepted" {
  "$pipster" revenue set 640 --customers 52
  later 36
  run "$pipster" revenue --detailed-exitcode
  tells 2 'too old since' 'pipster revenue accept'
  run "$pipster" plan playbooks/shop.lua --var 'price=100 €/month'
  tells 0 'is not judged' 'of 2026-11-29' 'share of revenue not known'
  "$pipster" revenue accept
  run "$pipster" plan playbooks/shop.lua --var 'price=100 €/month'
  tells 5 'over the budget of 10%'
  [ "$(rows)" = 2 ]
  later 36
  run "$pipster" revenue --detailed-exitcode
  tells 2 'too old since'
}

@test "a file: the newest line, one row for each change, churn" {
  printf 'date,mrr,customers\n2026-09,500,55\n2026-10,600,50\n2027-01,9000,999\n' >r.csv
  sources 'revenue.csv { file = "r.csv", currency = "USD" }'
  run "$pipster" revenue
  tells 0 '600.00 $' '2026-10-31' 'churn           not known'
  "$pipster" revenue
  "$pipster" plan playbooks/shop.lua
  [ "$(rows)" = 1 ]
  sed -i 's/^2027.*/2026-11,640,49/' r.csv
  run "$pipster" revenue
  tells 0 '640.00 $' '2.0%  at least 1 of 50 left since 2026-10-31'
  later 1
  "$pipster" revenue
  [ "$(rows)" = 2 ]
  printf 'date,mrr\n2026-11,"6,4"\n' >r.csv
  run "$pipster" revenue
  tells 1 '640.00 $' '"6,4" is no amount' 'r.csv:2'
  [ "$(rows)" = 2 ]
  rm r.csv
  run "$pipster" revenue
  tells 1 '640.00 $' 'r.csv of the project cannot be read' 'pipster.lua'
  run "$pipster" plan playbooks/shop.lua
  tells 0 'r.csv of the project cannot be read' '1.0% of revenue'
}

@test "a command runs in a plan only where it is safe" {
  printf 'echo ran >>ran; echo "${MRR:-640} USD"\n' >mrr.sh
  sources 'revenue.command { run = "sh mrr.sh" }'
  run "$pipster" plan playbooks/shop.lua
  tells 0 'revenue.command is not read in a plan: its command is not declared safe' \
    'share of revenue not known'
  [ ! -e ran ]
  run "$pipster" run playbooks/shop.lua --yes
  tells 0 '1.0% of revenue'
  [ "$(wc -l <ran) $(rows)" = '1 1' ]
  later 1
  "$pipster" revenue
  [ "$(wc -l <ran)" = 1 ]
  later 1
  MRR=700 "$pipster" revenue
  [ "$(wc -l <ran) $(field revenue)" = '2 700' ]
  MRR=710 "$pipster" revenue --refresh
  [ "$(wc -l <ran) $(field revenue)" = '3 710' ]
  sources 'revenue.command { run = "sh mrr.sh", safe = true, max_age = "1h" }'
  "$pipster" plan playbooks/shop.lua
  "$pipster" plan playbooks/shop.lua
  [ "$(wc -l <ran)" = 4 ]
  printf 'echo no such database >&2; exit 3\n' >mrr.sh
  run "$pipster" revenue --refresh
  tells 1 '640.00 $' 'the command of the revenue failed' 'no such database'
}

@test "an address: counted requests, none where it is fresh, the key in no place" {
  serve
  printf '200\n{"data": [{"amount": "64000"}], "currency": "USD", "active": 52}' >answer
  sources "revenue.http { url = '$url/mrr', path = 'data.0.amount', minor = true," \
    "currency_path = 'currency', customers_path = 'active', token_env = 'MRR_KEY' }"
  run "$pipster" revenue
  tells 1 'MRR_KEY is not set' 'export MRR_KEY'
  export MRR_KEY=rk_canary_1
  playbook shop <<'P'
guard.budget { max_share_of_revenue = "10%" }
P
  run "$pipster" run playbooks/shop.lua --yes
  [ "$(cat asked)" = '/mrr Bearer rk_canary_1' ]
  run "$pipster" plan playbooks/shop.lua --timing
  tells 0 '0 HTTP requests'
  [ "$(wc -l <asked)" = 1 ]
  # A plan asks when it is due, and keeps what it was told: the next one asks no more.
  later 2
  rows=$(rows)
  run "$pipster" plan playbooks/shop.lua --timing
  tells 0 '1 HTTP requests'
  run "$pipster" plan playbooks/shop.lua --timing
  tells 0 '0 HTTP requests'
  [ "$(rows)" = "$rows" ]
  # What a plan was told is kept by the next that may write.
  "$pipster" revenue
  [ "$(wc -l <asked) $(rows)" = "2 $((rows + 1))" ]
  printf '403\n{"error": "no"}' >answer
  run "$pipster" revenue --refresh
  tells 1 '640.00 $' 'status 403' 'may read'
  printf '200\n{"data": [], "currency": "USD"}' >answer
  run "$pipster" revenue --refresh
  tells 1 'nothing at data.0.amount'
  kill "$server"
  run "$pipster" revenue --refresh
  [ "$status" = 4 ] || { echo "$status $output"; false; }
  ! grep -rq rk_canary .pipster config "$HOME"
}

@test "sources of pipster.lua and of a playbook are added up, in dated euros" {
  printf 'date,mrr,customers\n2026-11,108.50,2\n' >r.csv
  sources 'revenue.csv { file = "r.csv", currency = "USD" }'
  playbook shop <<'P'
revenue.manual { mrr = "540 €", customers = 50 }
local cost = require "cost"
cost.item "domain" { price = "6.40 €/month" }
P
  run "$pipster" plan playbooks/shop.lua
  tells 0 '1.0% of revenue'
  [ ! -e .pipster/state/default.db ]
  "$pipster" run playbooks/shop.lua --yes
  [ "$("$pipster" revenue --json | jq -r 'select(.type == "revenue") |
      "\(.revenue) \(.currency) \(.customers) \(.source)"')" = '640 EUR 52 csv + manual' ]
  run "$pipster" revenue set 5
  tells 64 'is not typed in here' '2 sources'
  # What stands written is of the day on which it was read first.
  later 30
  "$pipster" revenue
  later 10
  run "$pipster" revenue --detailed-exitcode
  tells 2 'too old since'
  printf 'date,mrr,customers\n2026-12,108.50,2\n' >r.csv
  "$pipster" revenue accept
  run "$pipster" plan playbooks/shop.lua
  tells 0 '% of revenue'
}

@test "a mistake in a source has its line, and reads nothing" {
  playbook shop <<'P'
revenue.http { url = "http://127.0.0.1:1/", pth = "data" }
P
  run "$pipster" validate playbooks/shop.lua
  tells 1 'did you mean path?' 'playbooks/shop.lua:1'
  playbook shop <<'P'
revenue.http { url = "http://127.0.0.1:1/", path = "data" }
P
  run "$pipster" validate playbooks/shop.lua
  tells 0
  printf 'return { revenue = "much" }\n' >pipster.lua
  run "$pipster" revenue
  tells 1 'names no sources' 'pipster.lua'
}

@test "status, doctor and cost tell what is known of it" {
  sources 'revenue.csv { file = "r.csv" }, revenue.http { url = "http://127.0.0.1:1/",' \
    'token_env = "MRR_KEY" }'
  run "$pipster" doctor
  [[ $output == *'r.csv is not there'*'MRR_KEY is not set'* ]] || { echo "$output"; false; }
  sources 'revenue.csv { file = "r.csv" }'
  run "$pipster" status --detailed-exitcode
  tells 2 'revenue.csv is named, and was not read yet'
  sed -i 's/currency = "EUR",/& cash = { amount = "100 €", as_of = "2026-11-01" },/' pipster.lua
  run "$pipster" cost playbooks/shop.lua
  tells 0 'Cash: 100.00 € of 2026-11-01 lasts 16 months, until 2028-03' 'nothing comes in'
  printf 'date,mrr,customers\n2026-11,4.00,2\n' >r.csv
  "$pipster" revenue
  run "$pipster" status --detailed-exitcode
  tells 0 '4.00 € a month, 2 customers, csv, of 2026-11-29'
  run "$pipster" doctor
  [[ $output == *'r.csv is there'*'the newest figures are'*'old (csv)'* ]] ||
    { echo "$output"; false; }
  run "$pipster" cost playbooks/shop.lua
  tells 0 'For each of 2 customers: 3.00 € of 2.00 € a month' 'lasts 50 months, until 2031-01'
  [ "$("$pipster" cost playbooks/shop.lua --json | jq -r 'select(.type == "cost_basis") |
    "\(.per_customer) \(.runway_months) \(.covered)"')" = '3 50 false' ]
  later 40
  run "$pipster" status --detailed-exitcode
  tells 2 'too old; pipster revenue'
  run "$pipster" cost playbooks/shop.lua
  tells 0 'the cash is of 2026-11-01'
  printf 'date,mrr,customers\n2027-01,40.00,2\n' >r.csv
  "$pipster" revenue
  run "$pipster" status
  tells 0 'too far from the last; if it is right: pipster revenue accept'
  for wrong in -5 NaN many '€-5' 99999999999999999999; do
    run "$pipster" cost playbooks/shop.lua "--revenue=$wrong"
    [ "$status" -eq 64 ] || { echo "$output"; return 1; }
    [[ $output == *"--revenue wants what comes in a month, not \"$wrong\""* ]]
  done
  run "$pipster" cost playbooks/shop.lua --revenue 5
  [[ $output == *"of revenue"* ]] || { echo "$output"; return 1; }
  run "$pipster" cost playbooks/shop.lua --revenue '$5'
  tells 0 'of revenue'
  sed -i 's/as_of = "2026-11-01"/as_of = "soon"/' pipster.lua
  run "$pipster" cost playbooks/shop.lua
  tells 1 'cash of pipster.lua is an amount and its day'
}

@test "the subscriptions of Stripe: in a plan by few requests, else by as many as it takes" {
  unset SOURCE_DATE_EPOCH
  start_lab
  playbook shop <<'P'
revenue.stripe { max_age = input("age", { default = "24h" }) }
guard.budget { max_share_of_revenue = "10%" }
P
  run "$pipster" --lab plan playbooks/shop.lua --timing
  [ "$status" = 0 ]
  [[ $output =~ ([0-9]+)\ HTTP\ requests ]]
  [ "${BASH_REMATCH[1]}" -le 2 ] || { echo "$output"; false; }
  run "$pipster" --lab run playbooks/shop.lua --yes
  tells 0
  run "$pipster" --lab revenue --timing
  tells 0 'stripe, read' '0 HTTP requests'
  run "$pipster" --lab plan playbooks/shop.lua --timing
  tells 0 '0 HTTP requests'
  run "$pipster" --lab revenue --refresh --timing
  tells 0 'stripe, read just now'
  [[ $output =~ ([0-9]+)\ HTTP\ requests ]]
  [ "${BASH_REMATCH[1]}" -gt 0 ]
  stop_lab
}

@test "a plan makes two requests at most, whatever is to be read" {
  serve
  printf '200\n{"mrr": 100, "customers": 1}' >answer
  sources "revenue.http { url = '$url/a', customers_url = '$url/b', customers_path =" \
    "'customers' }, revenue.http { url = '$url/c' }"
  run "$pipster" plan playbooks/shop.lua --timing
  tells 0 'revenue.http is not read in a plan' '2 HTTP requests'
  [ "$(cut -d' ' -f1 asked | paste -sd' ')" = '/a /b' ]
  run "$pipster" revenue
  tells 0 '200.00 €' 'customers       not known' 'http tells no customers'
  run "$pipster" plan playbooks/shop.lua --timing
  tells 0 '0 HTTP requests'
}

@test "the key of an address may be a secret of the playbook" {
  serve
  printf '200\n{"mrr": 100}' >answer
  playbook shop <<P
revenue.http { url = "$url/mrr", header = "X-Key", token = secret("mrr", { env = "MRR_KEY" }) }
guard.budget { max_share_of_revenue = "10%" }
P
  export MRR_KEY=rk_canary_2
  run "$pipster" run playbooks/shop.lua --yes
  tells 0
  unset MRR_KEY
  "$pipster" revenue --refresh # sealed by the run
  [ "$(paste -sd' ' asked)" = '/mrr rk_canary_2 /mrr rk_canary_2' ]
  ! grep -rq rk_canary .pipster config "$HOME"
}

@test "while a run is on what is known can be looked at, and nothing is stored" {
  start_lab
  sources 'revenue.command { run = "echo ran >>ran; echo 640 USD" }'
  playbook shop <<'P'
local hetzner = require "hetzner"
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
hetzner.server "app" { type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key } }
P
  "$pipster" --lab revenue
  begin_and_hold
  later 2
  run "$pipster" --lab revenue
  tells 0 '640.00 $' 'too old since'
  run "$pipster" --lab revenue --refresh
  tells 6
  run "$pipster" --lab revenue set 5
  tells 6
  kill "$held"
  wait "$held" || true
  [ "$(wc -l <ran)" = 1 ]
  stop_lab
}
