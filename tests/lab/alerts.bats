#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Five ways by which a host tells that something is wrong; started by tests/lab/alerts.

load asked

setup() {
  cd "$ALERTS" || return 1
  eval "$("$PIPSTER" lab env | sed 's/^/export /')"
  export SLACK_URL=$PIPSTER_LAB_HOOKS/services/T0/B0/$PIPSTER_LAB_HOOKS_TOKEN
  export DISCORD_URL=$PIPSTER_LAB_HOOKS/api/webhooks/1/$PIPSTER_LAB_HOOKS_TOKEN
  export PIPSTER_VAR_hook_url=$PIPSTER_LAB_HOOKS/hook
}

# Who was sent a message with this subject, by now: "discord mail sendgrid slack webhook".
told() { # WORDS
  {
    grep -rqF -- "Subject: $1" .pipster/lab/mail/new && echo mail
    curl -fsS "${SENDGRID_ENDPOINT%/v3}/_lab/messages" |
      jq -r --arg words "$1" '.messages[] | select(.subject | startswith($words)) | "sendgrid"'
    curl -fsS "$PIPSTER_LAB_HOOKS/_lab/messages" |
      jq -r --arg words "$1" '.messages[] | select(.text | startswith($words)) | .service'
  } | sort | xargs
}
all='discord mail sendgrid slack webhook'

all_are_told() { # WORDS
  local end=$((SECONDS + 300))
  until [ "$(told "$1")" = "$all" ]; do
    [ "$SECONDS" -lt "$end" ] || { echo "'$1' was told to: $(told "$1")"; return 1; }
    read -rt 0.2 <> <(:) || true
  done
}

no_secret() { # in what was printed, what is told apart on the host, and what may be read there
  local secret
  for secret in "$PIPSTER_LAB_HOOKS_TOKEN" "$SENDGRID_API_KEY"; do
    [[ $output != *"$secret"* ]]
    [ "$(on "journalctl -q | grep -c $secret; grep -rl $secret /etc /usr/local /var/lib/pipster |
      xargs -r stat -c %a | sort -u | xargs")" = "$(printf '0\n600')" ]
  done
}

@test "contacts are there when they took a test message, and then there is nothing to do" {
  ends 0 run playbooks/alerts.lua --yes
  no_secret
  [ "$(told 'pipster: test of the contact')" = "$all" ]
  ends 0 plan --detailed-exitcode
}

@test "a disk that fills up is told in five ways, and so is that it is over" {
  on 'head -c 8500000 /dev/zero >/srv/small/filled'
  all_are_told 'ALERT app: disk /srv/small is 81.1 % full'
  ends 0 plan
  tells 'disk /srv/small is 81.1 % full'
  on 'rm /srv/small/filled'
  all_are_told 'RESOLVED app: disk /srv/small is 0.0 % full'
  # Once each: nobody is told again what they know.
  [ "$(told 'ALERT app: ')" = "$all" ]
}

@test "pipster test alerts: each contact says what its service said" {
  ends 0 test alerts
  tells '✓ app:alert.contact/mail' '✓ app:alert.contact/hook  accepted (204)'
  [ "$(grep -c '^✓' <<<"$output")" = 5 ]
  [ "$(told 'pipster: test of the contact slack on app')" = 'slack slack' ]
  no_secret
  ends 0 test alerts slack app:alert.contact/discord --json
  [ "$(jq -r 'select(.type == "alert_test") | "\(.host) \(.contact) \(.accepted)"' <<<"$output" |
    sort | xargs)" = 'app discord true app slack true' ]
  "$PIPSTER" lab fault hooks forbidden POST '/services/*'
  ends 1 test alerts
  tells '✗ app:alert.contact/slack  slack answered 403' '✓ app:alert.contact/hook'
  ends 64 test alerts nobody
  tells 'there is no contact "nobody"'
}

@test "a contact that does not take its test message fails, and the one before stays" {
  before=$(on 'sha256sum /etc/pipster/contacts/slack')
  wrong=another-token-0123456789
  SLACK_URL=${SLACK_URL%/*}/$wrong ends 3 run playbooks/alerts.lua --yes
  tells 'app:alert.contact/slack' 'slack answered 403: invalid_token'
  [[ $output != *"$wrong"* ]]
  [ "$(on 'sha256sum /etc/pipster/contacts/slack')" = "$before" ]
  ends 0 run playbooks/alerts.lua --yes
}

@test "what is gone from the playbook is gone from the host" {
  sed -i '/^alert.disk/,$d' playbooks/alerts.lua
  ends 0 run playbooks/alerts.lua --yes --allow-destroy='*'
  [ -z "$(on 'ls /etc/pipster/watches /etc/systemd/system/pipster-watch-* 2>/dev/null')" ]
}
