-- SPDX-License-Identifier: MIT
--
-- The script on a host that sends a message to one of its contacts: curl, with all that
-- is secret in the contact's file, which is curl's own configuration. What a contact is
-- stands there as comments: "# via: slack".
local shell = require "shell"

local sender = {}

sender.path = "/usr/local/lib/pipster/alert"
sender.folder = "/etc/pipster/contacts"

sender.text = [==[
#!/bin/sh
# Written by pipster: sends a message to a contact of this host.
#   alert CONTACT SUBJECT < BODY
# Exit code 0 only when the service has accepted it. What could not be sent is told in
# the journal: journalctl -t pipster-alert
set -u
LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
attempts=5 patience=60
[ $# = 2 ] && [ -n "$2" ] || { echo "usage: alert CONTACT SUBJECT < BODY" >&2; exit 64; }
contact=$1
config=/etc/pipster/contacts/$contact
clean() { iconv -c -f UTF-8 -t UTF-8; }
subject=$(printf %s "$2" | tr '\000-\037\177' ' ' | head -c 200 | clean)

tell() { logger -t pipster-alert -p "user.$1" -- "$2" 2>/dev/null; }
give_up() {
  tell err "not sent to $contact: $subject: $1"
  echo "$1" >&2
  exit 1
}
case $contact in */*|.*|'') give_up "there is no contact \"$contact\"" ;; esac
[ -r "$config" ] || give_up "there is no contact \"$contact\" (in ${config%/*})"

setting() { sed -n "s/^# $1: //p" "$config"; }
# Nothing of the line after "# secret" comes out, whatever a service answers.
redacted() {
  awk 'NR == FNR {
      if (secret) {
        sub(/^[^"]*"/, ""); sub(/"$/, "")
        sub(/^Authorization: Bearer /, "")
        sub(/[?]wait=true$/, "")
        if (secret == 2) sub(/^[^:]*:/, "")
        if (length($0) >= 4) hidden[++count] = $0
      }
      secret = $0 == "# secret" ? 1 : $0 == "# secret password" ? 2 : 0
      next
    }
    { for (i = 1; i <= count; i++) {
        shown = ""
        while (at = index($0, hidden[i])) {
          shown = shown substr($0, 1, at - 1) "(secret)"
          $0 = substr($0, at + length(hidden[i]))
        }
        $0 = shown $0
      }
      print }' "$config" - | head -c 600
}

# Not on a disk that may be full: that may be what is to be told.
work=$(mktemp -d /run/pipster-alert.XXXXXX 2>/dev/null || mktemp -d) ||
  give_up "no temporary folder can be made"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
via=$(setting via)
head -c 16000 | clean > "$work/body"
[ -s "$work/body" ] || echo "$subject" > "$work/body"

# Its stdin as a string of JSON.
json() {
  tr '\000-\010\013-\037\177' ' ' | sed -e ':a' -e '$!{N;ba' -e '}' \
    -e 's/[\\"]/\\&/g;s/\t/\\t/g;s/\n/\\n/g;s/^/"/;s/$/"/'
}
both() { printf '%s\n' "$subject"; cat "$work/body"; }
mail() {
  printf 'Date: %s\nFrom: %s\nTo: %s\nSubject: %s\nMessage-ID: <%s@%s>\n' "$(date -R)" \
    "$(setting from)" "$(setting to)" \
    "$(printf %s "$subject" | LC_ALL=C.UTF-8 iconv -c -f UTF-8 -t ASCII//TRANSLIT)" \
    "pipster.$(date +%s).$$" "$(uname -n)"
  printf '%s\n' 'Auto-Submitted: auto-generated' 'MIME-Version: 1.0' \
    'Content-Type: text/plain; charset=utf-8' 'Content-Transfer-Encoding: base64' ''
  base64 "$work/body"
}
case $via in
smtp) mail | sed 's/$/\r/' ;;
sendgrid)
  printf '{%s,"subject":%s,"content":[{"type":"text/plain","value":%s}]}' \
    "$(setting envelope)" "$(printf %s "$subject" | json)" "$(json < "$work/body")" ;;
slack)
  printf '{"text":%s}' "$(both | sed 's/&/\&amp;/g;s/</\&lt;/g;s/>/\&gt;/g' | json)" ;;
discord)
  printf '{"content":%s,"allowed_mentions":{"parse":[]}}' \
    "$(both | head -c 1900 | clean | json)" ;;
webhook)
  printf '{"subject":%s,"body":%s,"contact":%s,"host":%s,"time":"%s"}' \
    "$(printf %s "$subject" | json)" "$(json < "$work/body")" \
    "$(printf %s "$contact" | json)" "$(uname -n | json)" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" ;;
*) false ;;
esac > "$work/message" || give_up "its configuration cannot be read"

# One attempt: code is the service's, failed curl's exit code, said what there is to say.
call() {
  : > "$work/headers"
  : > "$work/answer"
  case $via in
  smtp) set -- -T "$work/message" ;;
  *) set -- --data-binary "@$work/message" -D "$work/headers" ;;
  esac
  code=$(curl -q -sS -K "$config" --connect-timeout 10 --max-time "$left" \
    -o "$work/answer" -w '%{response_code}' "$@" 2> "$work/errors" < /dev/null)
  failed=$?
  said=$(cat "$work/errors" "$work/answer" | tr '\n\r\t' '   ' | redacted)
}
accepted() {
  [ $failed = 0 ] || return 1
  case $via:$code in
  smtp:*|sendgrid:202|discord:200|webhook:2??) ;;
  slack:200) [ "$(cat "$work/answer")" = ok ] ;;
  *) false ;;
  esac
}
# What another attempt may mend: a busy service, or one that was not reached.
passing() {
  case $via:$code in
  smtp:4??|*:408|*:429) return 0 ;;
  smtp:5??) return 1 ;;
  *:5??) return 0 ;;
  esac
  case $failed in 5|6|7|16|18|28|35|52|55|56) ;; *) false ;; esac
}
# Retry-After in seconds, also Discord's retry_after with its fraction.
asked() {
  tr -d '\r' < "$work/headers" | sed -n 's/^retry-after: *\([0-9][0-9]*\).*/\1/Ip' |
    tail -n 1 | grep . || sed -n 's/.*"retry_after": *\([0-9]*\).*/\1/p' "$work/answer" |
    awk '{ print $1 + 1 }'
}

end=$(($(date +%s) + patience)) pause=1 attempt=1
while :; do
  left=$((end - $(date +%s)))
  [ $left -ge 1 ] || give_up "not accepted within $patience s: ${said:-no answer}"
  [ $left -le 20 ] || left=20
  call
  if accepted; then
    tell info "sent to $contact: $subject"
    case $code in 000) echo accepted ;; *) echo "accepted ($code)" ;; esac
    exit 0
  fi
  why="$via answered $code: ${said:-nothing}"
  [ "$code" != 000 ] || why="$via cannot be reached: ${said:-curl ended with $failed}"
  passing && [ $attempt -lt $attempts ] || give_up "$why"
  wait=$(asked)
  wait=${wait:-$pause}
  [ "$wait" -lt $((end - $(date +%s))) ] || give_up "$why (to be asked again in $wait s)"
  sleep "$wait"
  pause=$((pause * 2)) attempt=$((attempt + 1))
done
]==]

-- Shell text that puts it there.
function sender.put()
  return "install -d -m 755 /usr/local/lib/pipster && "
    .. shell.write_file { path = sender.path, content = sender.text, mode = "0755" }
end

return sender
