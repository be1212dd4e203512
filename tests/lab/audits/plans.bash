# SPDX-License-Identifier: MIT
#
# Sourced by tests/lab/audit: what a plan with nothing to do costs, counted at a relay before
# sshd and in the stand-in's log; and that a plan leaves the host as it was.
DELAY_MS=500 # that the relay holds an answer back for: longer than a shell takes to start
PORT=22022
bursts=$audit/logs/bursts

open_relay() {
  rm -f "$bursts"
  "$build/lab/bursts" "$bursts" $PORT "$address" 22 $DELAY_MS &
  relay=$!
  nft -f - <<RULES
table ip pipster_audit {
  chain output {
    type nat hook output priority -100;
    ip daddr $address tcp dport 22 meta mark != 22 redirect to :$PORT
  }
}
RULES
}

close_relay() {
  nft delete table ip pipster_audit
  kill "$relay"
  relay=
}

# When sshd started the login shell for COMMAND on the host, after TIME.
started_at() { # COMMAND TIME
  awk -v wanted="bash -c $1 " -v after="$2" '
    { line = $0; sub(/^[^ ]+ [^ ]+ /, "", line) }
    line == wanted && $1 > after { print $1; exit }' "$host_execs"
}

# Prints each burst with its place: before the shell was started on the host, or after it.
tell_bursts() { # COMMAND
  local began shell
  began=$(awk '$1 == "burst" { print $3; exit }' "$bursts")
  shell=$(started_at "$1" "$began")
  awk -v shell="${shell:-9e99}" '$1 == "burst" {
    printf "     %d: %5d bytes out, %6d in, %s\n", ++n, $4, $5,
      ($3 > shell ? "shell" : "handshake") }' "$bursts"
}

all_bursts_told() { [ "$(grep -c ^connection "$bursts")" = "$(grep -c ^ended "$bursts")" ]; }

# The relay's control: what is known to be two round trips is counted as two.
two_round_trips() {
  local word answer shell
  : >"$bursts"
  coproc other { secure_shell sh 2>/dev/null; }
  shell=$other_PID # bash forgets the variable as soon as the process has ended
  for word in one two; do
    echo "echo $word" >&"${other[1]}"
    IFS= read -r -t 120 answer <&"${other[0]}" || complain "the shell does not answer"
    equal "answer" "$word" "$answer"
  done
  # Cut, not closed: to say good-bye takes round trips too.
  pkill -KILL -P "$shell" || kill -KILL "$shell"
  wait "$shell" 2>/dev/null
  within 60 all_bursts_told || complain "the connection is still open"
  equal "round trips" 2 "$(tell_bursts sh | grep -c shell)"
}

round_trips() {
  local lines
  lines=$(wc -l <"$requests")
  : >"$bursts"
  code=0
  "$pipster" --lab plan playbooks/phase1.lua --detailed-exitcode --timing \
    >"$audit/logs/counted.plan" 2>&1 || code=$?
  equal "exit code" 0 "$code"
  within 60 all_bursts_told || complain "a connection is still open"
  tail -n "+$((lines + 1))" "$requests" >"$audit/logs/counted.jsonl"
  equal "SSH connections" 1 "$(grep -c ^connection "$bursts")"
  tell_bursts "exec /bin/sh"
  equal "round trips of the shell" 1 "$(tell_bursts "exec /bin/sh" | grep -c shell)"
}

only_lists() {
  local log=$audit/logs/counted.jsonl
  jq -r '"     \(.method) \(.path) \(.query | scan("\\bpage=[0-9]+") // "")"' "$log"
  equal "requests that are no GET, or changed something" "" \
    "$(jq -c 'select(.method != "GET" or .executed)' "$log")"
  equal "lists asked for twice" "" "$(jq -r '"\(.path) \([.query | scan("\\bpage=[0-9]+")])"' \
    "$log" | sort | uniq -d)"
  equal "things asked for one by one" "" \
    "$(jq -r .path "$log" | grep -E '^/v1/[a-z_]+/[0-9]+$')"
  [ -s "$log" ] || complain "nothing was asked"
}

# Everything that is in the listing but must not count: nothing else is left out.
excluded='^(var/log/(wtmp|btmp|lastlog|auth\.log)|var/log/journal(/.*)?)\|'

list_names() { # of one file system: path|kind|size|mode|owner|mtime|ctime|link
  local device
  device=$(stat -c %d "$1/.")
  find "$1" -xdev -printf '%D %P|%y|%s|%m|%U:%G|%T@|%C@|%l\n' |
    sed -n "s/^$device //p"
}

list_sums() {
  (cd "$1" && find . -xdev -type f -print0 | xargs -0 -r sha256sum |
    sed -E 's|^(\S+)  \./(.*)|\2\|sha256 \1|')
}

list_host() {
  { list_names "$root/"; list_sums "$root/"; } | grep -vE "$excluded"
  { list_names "$root/var/lib/docker/"; list_sums "$root/var/lib/docker/"; } |
    sed 's|^|var/lib/docker/|'
  inside sh -c 'getent passwd; getent group; ufw status verbose; ufw show added
    nft -s list ruleset; for user in $(cut -d: -f1 /etc/passwd); do
    for table in /var/spool/cron/crontabs/$user; do [ ! -e "$table" ] || cat "$table"; done
    done; systemctl list-unit-files --no-legend --no-pager
    docker ps -a --no-trunc --format "{{.ID}} {{.Image}} {{.Names}} {{.State}} {{.Ports}}" |
      sort
    docker image ls -q --no-trunc | sort; docker volume ls -q | sort
    docker network ls -q | sort' 2>&1
}

list_units() {
  inside systemctl list-units --all --plain --no-legend --no-pager | awk '{ print $1, $3, $4 }'
}

# Nobody is logged in, and the manager of the last user is gone.
nobody_is_in() { ! list_units | grep -qE '^(session-|user@)\S+ active'; }

# What writes without being asked is held: containers, and the two daemons that copy what
# the journal says.
hold_writers() {
  inside sh -c 'docker ps -q | xargs -r docker pause
    systemctl kill -s STOP rsyslog fail2ban' >/dev/null
}

# What the two daemons wrote of our login is told, and is theirs alone.
free_writers() {
  local changed
  inside systemctl kill -s CONT rsyslog fail2ban
  within 120 have_caught_up || complain "rsyslogd and fail2ban are still behind"
  changed=$(changed_since_before)
  inside sh -c 'docker ps -q | xargs -r docker unpause' >/dev/null
  echo "     they then wrote: $changed"
  equal "what else changed" "" \
    "$(tr ' ' '\n' <<<"$changed" | grep -vxE '|var/log/syslog|var/lib/fail2ban/fail2ban.sqlite3')"
}

changed_since_before() {
  list_names "$root/" | grep -vE "$excluded" |
    grep -vxFf "$audit/logs/listing-before" | cut -d'|' -f1 | paste -sd ' '
}

have_caught_up() { [ "$(changed_since_before | wc -w)" -ge 2 ]; }

listings_agree() { # NAME NAME
  list_host >"$audit/logs/listing-$2" && list_units >"$audit/logs/units-$2"
  cmp -s "$audit/logs/listing-$1" "$audit/logs/listing-$2" &&
    cmp -s "$audit/logs/units-$1" "$audit/logs/units-$2"
}

is_quiet() {
  list_host >"$audit/logs/listing-quiet"
  list_units >"$audit/logs/units-quiet"
  listings_agree quiet before
}

state_text() { sqlite3 -readonly "$database" .dump; }

touches_nothing() {
  local state
  echo "     excluded: /var/log/{wtmp,btmp,lastlog,auth.log}, /var/log/journal, atime;"
  echo "     other file systems than / and /var/lib/docker; held still meanwhile: the"
  echo "     containers (docker pause), rsyslogd and fail2ban (SIGSTOP)"
  hold_writers
  within 300 nobody_is_in || complain "somebody is logged in"
  within 120 is_quiet || complain "the host is not quiet by itself: " \
    "$(diff "$audit/logs/listing-quiet" "$audit/logs/listing-before" | head)"
  state=$(state_text)
  plan audited
  equal "exit code of a plan with paused containers" 2 "$code"
  grep -q 'app:docker.compose/identity' "$audit/logs/audited.plan" ||
    complain "the paused containers were not seen"
  within 300 nobody_is_in || complain "somebody is still logged in"
  listings_agree before after
  equal "the host's files, users, rules, units and containers" "" \
    "$(diff "$audit/logs/listing-before" "$audit/logs/listing-after")"
  equal "the states of its units" "" "$(diff "$audit/logs/units-before" "$audit/logs/units-after")"
  equal "our own state" "$state" "$(state_text)"
  echo "     $(wc -l <"$audit/logs/listing-after") lines are the same"
  free_writers
}

# The control: a file written and taken away again on the host is noticed.
sees_a_touch() {
  local folder
  inside sh -c 'touch /opt/pipster/audit; rm /opt/pipster/audit'
  folder=$(list_names "$root/" | grep '^opt/pipster|d')
  [ -n "$folder" ] || complain "the listing lacks /opt/pipster"
  ! grep -qxF "$folder" "$audit/logs/listing-after" || complain "the change went unnoticed"
}

plans() {
  find_host
  open_relay
  claim "the relay counts two round trips where there are two" two_round_trips
  claim "a plan with nothing to do: one connection, one round trip" round_trips
  close_relay
  claim "and one list request for each kind and page, nothing but reads" only_lists
  claim "a plan leaves the host as it was" touches_nothing
  claim "the listing would have shown it" sees_a_touch
}
