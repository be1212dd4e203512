#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Canary secrets of every source go through files, templates, joins, Docker's environment,
# failures and crashes; then everything that pipster wrote on this side is searched for
# them, in plain, base64, URL and JSON forms, after a control that finds each form.

load helpers
setup() {
  setup_project
  start_lab
  unset GITHUB_ACTIONS PIPSTER_PASSPHRASE
  export PIPSTER_LOG=trace PIPSTER_LOG_FILE=$project/pipster.log
  forms=$BATS_TEST_TMPDIR/forms said=$project/said
  mkdir -p "$said"
  make -s -C "$root" build/lab/execs >&2
}
teardown() { stop_lab; }

# No two alike in any eight bytes; awkward for shells, URLs and JSON.
declare -gA canaries=(
  [by_env]='env-Kx71"/é +zQ%canary' [by_file]=$'Fi1e-first-line-8c2\nFi1e-second-line-4d'
  [by_age]='aGe-&=5b9c1d?canary' [by_systemd]="sysD-it's-77a1c0-canary"
  [by_command]='cMd-3f5e\9a8canary' [by_hand]='hAnd-60b2f4e1-canary'
)

# VALUE in the forms in which it might be shown.
forms_of() { # VALUE
  local shift encoded
  printf '%s\n' "$1"
  for shift in 0 1 2; do
    encoded=$(printf '%.*s%s' $shift xx "$1" | base64 -w 0)
    encoded=${encoded%????}
    encoded=${encoded:$(((shift * 8 + 5) / 6))}
    printf '%s\n' "$encoded" "$(tr '+/' '-_' <<<"$encoded")"
  done
  jq -rn --arg x "$1" '$x | @uri'
  jq -cn --arg x "$1" '$x' | sed 's/^"//; s/"$//'
  jq -can --arg x "$1" '$x' | sed 's/^"//; s/"$//'
}

write_forms() {
  local name line
  for name in "${!canaries[@]}"; do
    [[ ${canaries[$name]} == *$'\n'* ]] || { forms_of "${canaries[$name]}"; continue; }
    jq -rn --arg x "${canaries[$name]}" '$x | @uri'
    while read -r line; do forms_of "$line"; done <<<"${canaries[$name]}"
  done | sort -u >"$forms"
  [ "$(wc -l <"$forms")" -gt 30 ]
}

# Files below that hold one.
holders() { LC_ALL=C grep -raFlf "$forms" "$@" | sort; }

sources() {
  mkdir credentials
  printf '%s' "${canaries[by_file]}" >value.txt
  printf '%s' "${canaries[by_systemd]}" >credentials/db
  age-keygen -o identity 2>/dev/null
  printf '%s' "${canaries[by_age]}" |
    age -r "$(sed -n 's/^# public key: //p' identity)" -o value.age
  sed -i 's/^return {/return { age_identity = "identity",/' pipster.lua
  printf '%s' "${canaries[by_command]}" >said-by-command
  export CANARY=${canaries[by_env]} CREDENTIALS_DIRECTORY=$project/credentials
  printf '%s' "${canaries[by_hand]}" | "$pipster" --lab secrets set by_hand
  playbook canary <<'P'
local hetzner, docker = require "hetzner", require "docker"
local key = hetzner.ssh_key "k" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", location = "nbg1", image = "debian-12", ssh_keys = { key },
}
local host = app:host { }
local s = {
  secret("by_env", { env = "CANARY" }), secret("by_file", { file = "value.txt" }),
  secret("by_age", { age = "value.age" }), secret("by_systemd", { credential = "db" }),
  secret("by_command", { command = { "cat", "said-by-command" }, safe = true }),
  secret("by_hand"), secret("made", { length = 24 }),
}
local all = s[1] .. " " .. s[2] .. " " .. text("%s,%s", s[3], s[4])
host:file "/etc/app/all.env" { content = all, mode = "0600" }
host:file "/etc/app/each" { content = text("a=%s\nb=%s\nc=%s\n", s[5], s[6], s[7]), mode = "0600" }
docker.engine { on = host }
docker.compose "shop" { on = host, path = "/opt/shop", env = { A = s[1], B = s[3] .. "x", M = s[7] } }
host:cron "beat" { schedule = "@daily", run = text("curl -H %s localhost", s[4]) }
output { joined = all, one = s[6] }
local fails = input("fails", { default = "no" })
if fails == "source" then
  secret("broken", { command = "cat said-by-command >&2; exit 1", safe = true })
elseif fails == "playbook" then
  error(all)
end
P
}

keep() { # NAME COMMAND…: what it says, on both streams
  local name=$1
  shift
  "$root/build/lab/execs" "$said/$name.execs" "$@" >"$said/$name.out" 2>"$said/$name.err" ||
    { tail -n 5 "$said/$name.err"; return 1; }
}

@test "no canary in state, WAL, logs, plans, JSON, tracebacks and argument vectors" {
  sources
  write_forms
  keep plan "$pipster" --lab plan playbooks/canary.lua -v
  keep plan_json "$pipster" --lab plan playbooks/canary.lua --json
  keep traceback "$pipster" --lab plan playbooks/canary.lua --var fails=playbook && return 1
  keep failing "$pipster" --lab plan playbooks/canary.lua --var fails=source && return 1
  grep -qF 'its exit status is 1: (secret)' "$said/failing.err"
  # Killed with results in the WAL, and gone on with.
  PIPSTER_CRASH_AT=result-committed:3 keep killed "$pipster" --lab run playbooks/canary.lua --yes && return 1
  mkdir snapshot && cp .pipster/state/* snapshot/
  [ -s snapshot/lab.db-wal ]
  keep run "$pipster" --lab run playbooks/canary.lua --yes -v
  export CANARY=${canaries[by_env]}-2
  "$pipster" --lab secrets rotate made
  keep rotating "$pipster" --lab plan --json
  keep saved "$pipster" --lab plan --out saved.plan
  grep -q 'secret/by_env' saved.plan && cp saved.plan kept.plan
  keep applied "$pipster" --lab apply saved.plan --json
  "$pipster" --lab secrets rotate made
  keep rotated "$pipster" --lab run --yes --json
  keep states "$pipster" --lab state list --json
  keep shown "$pipster" --lab show --json
  keep listed "$pipster" --lab secrets list
  grep -q '^    app:docker.compose/shop$' "$said/listed.out"
  keep history "$pipster" --lab history 1
  keep doctor "$pipster" --lab doctor
  # What was to be written is there, and tells that there was something to tell.
  grep -q 'value          (secret) → (secret, known after apply)\|rotation asked for' "$said/rotating.out"
  grep -q 'joined' "$said/run.out"
  grep -qF 'canary.lua:24' "$said/traceback.err"
  [ "$(wc -l <pipster.log)" -gt 20 ] && [ -s .pipster/lab/requests.jsonl ]
  grep -q "$pipster" "$said/run.execs" && grep -q 'cat said-by-command' "$said/run.execs"
  # Control: each form is found, in a file and in an argument vector.
  while IFS= read -r form; do
    printf 'x%sx' "$form" >control/one 2>/dev/null || { mkdir control; printf 'x%sx' "$form" >control/one; }
    [ "$(holders control)" = control/one ] || { echo "not found: $form"; return 1; }
  done <"$forms"
  keep argument true "$(head -n 1 "$forms")"
  [ "$(holders "$said")" = "$said/argument.execs" ]
  rm -r control "$said/argument.execs"
  # The sources themselves, and the lab's model of what stands on the host, may hold them.
  rm -r value.txt credentials said-by-command
  found=$(holders "$project" --exclude-dir=hosts)
  [ "$found" = "" ] || { echo "$found"; holders_show; return 1; }
}

holders_show() {
  LC_ALL=C grep -raoFf "$forms" "$project" | cut -c1-200 | sort | uniq -c | head -n 20
}

@test "a rotation that is killed at any commit converges, and the value is rotated once" {
  sources
  unset PIPSTER_LOG
  "$pipster" --lab run playbooks/canary.lua --yes
  sealed() { sqlite3 .pipster/state/lab.db "SELECT hex(sealed) FROM secret WHERE label = 'secret/made'"; }
  for point in secret-sealing:1 intent-committed:1 result-committed:1 intent-committed:2 \
    host-step:1 result-committed:2; do
    before=$(sealed)
    "$pipster" --lab secrets rotate made
    PIPSTER_CRASH_AT=$point run "$pipster" --lab run --yes
    [ "$status" -eq 137 ] || { echo "$point: $status: $output"; return 1; }
    after=$(sealed)
    [ "$point" != secret-sealing:1 ] || [ "$after" = "$before" ]
    run "$pipster" --lab run --yes
    [ "$status" -eq 0 ] || { echo "$point: $output"; return 1; }
    [ "$(sealed)" != "$before" ]
    # What was sealed before it was killed is what is used: no second rotation.
    [ "$point" = secret-sealing:1 ] || [ "$(sealed)" = "$after" ]
    run "$pipster" --lab plan --detailed-exitcode
    [ "$status" -eq 0 ] || { echo "$point: $output"; return 1; }
  done
}
