# SPDX-License-Identifier: MIT
#
# Sourced by tests/lab/audit: the generated secrets are in their 0600 file on the host and in
# what Docker keeps of a container's environment, and nowhere else, on either side; in no
# argument vector of any process either, as recorded at execve since before the first run.
needles=$audit/needles

# VALUE as it is, as base64 would show it wherever in a text it stood, in a URL, in JSON.
shapes() { # VALUE
  local shift encoded
  echo "$1"
  for shift in 0 1 2; do
    encoded=$(printf '%.*s%s' $shift xx "$1" | base64 -w 0)
    encoded=${encoded%????}
    encoded=${encoded:$(((shift * 8 + 5) / 6))}
    printf '%s\n' "$encoded" "$(tr '+/' '-_' <<<"$encoded")"
  done
  jq -rn --arg x "$1" '$x | @uri'
  jq -cn --arg x "$1" '$x' | sed 's/^"//; s/"$//'
}

read_secrets() {
  local file=$root/opt/pipster/identity/.env name value
  equal "mode and owner of .env" "600 0" "$(stat -c '%a %u' "$file")"
  : >"$needles"
  for name in DB_PASSWORD JWT_KEY DATA_KEY; do
    value=$(sed -n "s/^$name=//p" "$file")
    [ ${#value} -ge 32 ] || complain "$name is not there"
    shapes "$value" >>"$needles"
  done
  grep -qFf "$needles" "$file" || complain "the search does not find them in .env"
}

# Base64 is found wherever it begins: the search's own control.
finds_base64() {
  local prefix
  for prefix in "" a ab abc; do
    printf '%sX=%s\n' "$prefix" "$(head -n 1 "$needles")" | base64 -w 0 |
      grep -qFf "$needles" || complain "not found after \"$prefix\""
  done
}

holders() { LC_ALL=C grep -raFlf "$needles" "$@" 2>/dev/null | sort; }

# Anything that we wrote on this side, the state before its WAL is folded in included.
ours() {
  plan last
  plan_json last
  "$pipster" --lab state show secret/db_password --json >"$audit/logs/state.json" 2>&1
  [ -s "$database" ] && [ -s "$PIPSTER_LOG_FILE" ] && [ -s "$requests" ] &&
    [ -e .pipster/lab/daemon.log ] || complain "what is to be searched is not there"
  [ -s "$audit/snapshots/late.db-wal" ] || complain "no WAL of a killed run was kept"
  equal "files of ours that hold a secret" "" \
    "$(holders --exclude-dir=hosts "$audit/project" "$audit/logs" "$audit/home" \
      "$audit/snapshots")"
  equal "private keys of hosts in our state" "" \
    "$(grep -raFl 'PRIVATE KEY' .pipster/state "$audit/snapshots" "$audit/logs")"
}

# What a difference of .env says does not show what differs.
drift() {
  local file=$root/opt/pipster/identity/.env kept
  kept=$(cat "$file")
  echo 'ODD=1' >>"$file"
  plan drifted
  plan_json drifted
  equal "exit code of the plan" 2 "$code"
  grep -q "env" "$audit/logs/drifted.plan" || complain "the change was not seen"
  printf '%s\n' "$kept" >"$file"
  equal "plans that tell a secret" "" "$(holders "$audit/logs")"
}

docker_keeps='/var/lib/docker/containers/[0-9a-f]*/config\.v2\.json
/var/lib/containerd/io\.containerd\.metadata\.v1\.bolt/meta\.db
/run/containerd/io\.containerd\.runtime\.v2\.task/moby/[0-9a-f]*/config\.json
/tmp/runc-process[0-9]*
/var/lib/docker/volumes/.*'

theirs() {
  local found
  found=$(holders "$root"/{boot,etc,home,media,mnt,opt,root,run,srv,tmp,usr,var} \
    "$root/dev/shm" | sed "s|^$root||")
  grep -qx '/opt/pipster/identity/.env' <<<"$found" || complain ".env was not found"
  grep -q '/config.v2.json$' <<<"$found" || complain "what Docker keeps was not found"
  sed 's/^/     /' <<<"$found"
  equal "other files on the host that hold a secret" "" \
    "$(grep -vx '/opt/pipster/identity/.env' <<<"$found" | grep -vxf <(echo "$docker_keeps"))"
  equal "lines of the host's journal that hold one" 0 \
    "$(inside journalctl -a -o cat --no-pager | grep -acFf "$needles")"
}

# A canary stands in an argument vector on either side: it must be found there first.
arguments() {
  local canary=canary-$$-$RANDOM$RANDOM
  "$build/lab/execs" "$our_execs" sh -c "/bin/true $canary-here"
  secure_shell "/bin/true $canary-there"
  grep -q "/bin/true $canary-here \$" "$our_execs" || complain "the canary here was missed"
  within 60 grep -q "/bin/true $canary-there \$" "$host_execs" ||
    complain "the canary on the host was missed"
  echo "     execve recorded: $(wc -l <"$our_execs") here, $(wc -l <"$host_execs") on the host"
  equal "argument vectors with a secret" "" \
    "$(grep -aFf "$needles" "$our_execs" "$host_execs" | cut -c1-300)"
}

secrets() {
  claim "the secrets are in .env, 0600" read_secrets
  claim "the search sees through base64" finds_base64
  claim "a plan of a changed .env tells no secret" drift
  claim "no secret in state, cache, plans, logs and requests" ours
  claim "no secret elsewhere on the host" theirs
  claim "no secret in any argument vector" arguments
}
