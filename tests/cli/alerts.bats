#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What sends a host's messages, run here, against the stand-ins of the services.

load helpers
setup() {
  setup_project
  start_lab
  mkdir contacts
  # The script as a host gets it, but for its folder; and the file of a contact.
  cat >contact.lua <<'L'
local root, name = arg[1], arg[2]
package.path = root .. "/?.lua;" .. root .. "/stdlib/?.lua"
local fakes = require "tests.types.harness.host_fakes"
fakes.install { settings = { project_id = "p",
  endpoints = { sendgrid = os.getenv "SENDGRID_ENDPOINT" } } }
local function put(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end
local want = {}
for index = 3, #arg do
  local key, value = arg[index]:match("^([^=]*)=(.*)$")
  want[key] = key == "to" and { value } or value
end
put("contacts/" .. name, require "alert_contact".render(want))
put("alert", (require "alert_sender".text:gsub("/etc/pipster/contacts", "contacts")))
L
}
teardown() { stop_lab; }

contact() { # NAME KEY=VALUE…
  lua5.4 contact.lua "$root" "$@"
}
slack() { contact ops via=slack url="$PIPSTER_LAB_HOOKS/services/T0/B0/${1:-$PIPSTER_LAB_HOOKS_TOKEN}"; }

sends() { # CONTACT SUBJECT [BODY]: and is accepted
  run sh alert "$1" "$2" <<<"${3:-body}"
  [ "$status" = 0 ] || { echo "$output"; return 1; }
}
is_refused() { # CONTACT WORDS
  run sh alert "$1" subject <<<body
  [ "$status" = 1 ] && [[ $output == *"$2"* ]] || { echo "exit $status: $output"; return 1; }
}
messages() { curl -fsS "${1%/v3}/_lab/messages" | jq -c '.messages[]'; }

odd='a "b" \ $x `id` <b>&amp; ü'

@test "SendGrid takes the message whole, and says what is wrong" {
  contact ops via=sendgrid from=a@pipster.app to=b@pipster.app api_key="$SENDGRID_API_KEY"
  sends ops "s: $odd" "b: $odd"$'\n'"second	line"
  [ "$output" = 'accepted (202)' ]
  messages "$SENDGRID_ENDPOINT" | jq -e --arg odd "$odd" '.subject == "s: " + $odd
    and .content[0].value == "b: " + $odd + "\nsecond\tline"
    and .personalizations[0].to[0].email == "b@pipster.app" and .from.email == "a@pipster.app"'
  contact ops via=sendgrid from=a@pipster.app to=b@pipster.app api_key=SG.another-key
  is_refused ops 'sendgrid answered 401'
  contact ops via=sendgrid from=a@pipster.app to=nobody api_key="$SENDGRID_API_KEY"
  is_refused ops 'Does not contain a valid address.'
  [ "$(messages "$SENDGRID_ENDPOINT" | grep -c .)" = 1 ]
}

@test "Slack, Discord and a webhook take it, whatever is in it" {
  slack
  contact talk via=discord url="$PIPSTER_LAB_HOOKS/api/webhooks/7/$PIPSTER_LAB_HOOKS_TOKEN"
  contact hook via=webhook url="$PIPSTER_LAB_HOOKS/hook" token="$PIPSTER_LAB_HOOKS_TOKEN"
  for name in ops talk hook; do sends "$name" "s: $odd" "b: $odd"; done
  long=$(printf 'ü%.0s' $(seq 3000))
  sends talk long "$long"
  messages "$PIPSTER_LAB_HOOKS" >all
  [ "$(jq -r .service all | xargs)" = 'slack discord webhook discord' ]
  jq -es --arg odd "$odd" '(.[0].text | gsub("&lt;"; "<") | gsub("&gt;"; ">") | gsub("&amp;"; "&"))
    == "s: \($odd)\nb: \($odd)" and .[1].text == "s: \($odd)\nb: \($odd)"
    and .[1].body.allowed_mentions.parse == [] and .[2].body.subject == "s: " + $odd
    and .[2].body.contact == "hook" and (.[3].text | length) < 2000' all
}

@test "what a service refuses is told, without the secret that it was asked with" {
  slack another-token-0123456789
  is_refused ops 'slack answered 403: invalid_token'
  contact hook via=webhook url="$PIPSTER_LAB_HOOKS/another-0123456789" token=token-0123456789
  is_refused hook 'webhook answered 404'
  contact gone via=webhook url="http://127.0.0.1:1/secret-path-0123" token=token-0123456789
  sed -i 's/^attempts=5/attempts=2/' alert
  is_refused gone 'webhook cannot be reached'
  [[ $output != *0123* ]]
  is_refused nobody 'there is no contact "nobody"'
  is_refused ../pipster.lua 'there is no contact'
}

@test "a busy service is asked again, as it says; one that is busy for long is not" {
  slack
  "$pipster" lab fault hooks 429 POST '/services/*'
  sends ops once
  "$pipster" lab fault hooks 503 POST '/services/*' 2
  sends ops twice
  [ "$(messages "$PIPSTER_LAB_HOOKS" | grep -c .)" = 2 ]
  [ "$(jq -r 'select(.service == "hooks") | .status' .pipster/lab/requests.jsonl | xargs)" = \
    '429 200 503 503 200' ]
  "$pipster" lab fault clear
  curl -fsS "$PIPSTER_LAB_HOOKS/_lab/limit" -d '{"requests":0,"seconds":3600}' >limit
  is_refused ops 'to be asked again in 3600 s'
}

@test "pipster test alerts: what is not there to be asked is told" {
  run "$pipster" --lab test alerts
  [ "$status" = 64 ] && [[ $output == *'no host has a contact'*'pipster types alert.contact'* ]]
  run "$pipster" --lab test
  [ "$status" = 64 ] && [[ $output == *'pipster test alerts'* ]]
  playbook alerts <<'P'
local host = require("hetzner").server "app" {
  type = "cx23", image = "debian-12", location = "nbg1" }:host { }
require("alert").contact "ops" { on = host, server = "m", from = "a@b.c", to = "d@e.f" }
P
  "$pipster" --lab run playbooks/alerts.lua --yes
  run "$pipster" --lab test alerts nobody
  [ "$status" = 64 ] && [[ $output == *'there is no contact "nobody"'* ]]
  run "$pipster" --lab test alerts app:alert.contact/ops
  [ "$status" = 4 ] && [[ $output == *'host/app is no machine'* ]]
}
