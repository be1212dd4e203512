# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: MIT
#
# Sourced by the scripts of a backup, with its name in $1: its settings, what is known of
# it (its notes: lines of key=value), the tools of its PostgreSQL, alerts.
set -uo pipefail
umask 077
export LC_ALL=C
name=$1
etc=/etc/pipster/backup/$name
notes=/var/lib/pipster/backup/$name
container='' url='' user='' database='' path='' keep='' encrypt='' notify='' drill=''
drill_query='' offsite='' also='' state=''
# shellcheck source=/dev/null
. "$etc/settings" || exit 70
# What is said and the key of ssh are in memory, since a disk that is full is to be told.
heard=$(mktemp -d "/run/pipster-backup.$$.XXXXXX" 2>/dev/null || mktemp -d) || exit 70
: >"$heard/why"
work=''
tidy() { rm -rf "$heard" ${work:+"$work"}; }
trap tidy EXIT

say() { printf '%s\n' "$*" >&2; }

state_of() { sed -n "s/^$1=//p" "$notes" 2>/dev/null; }

# KEY VALUE …; one value a line, and the file whole or as it was, also on a full disk.
note() {
  local key value new=$heard/notes
  cat "$notes" >"$new" 2>/dev/null
  while [ $# -gt 1 ]; do
    key=$1 value=$(printf %s "$2" | tr '\n\r' '  ' | cut -c 1-400)
    { grep -v "^$key=" "$new"; printf '%s=%s\n' "$key" "$value"; } >"$new.2"
    mv -f "$new.2" "$new"
    shift 2
  done
  { mkdir -p "${notes%/*}" && cp -f "$new" "$notes.new" && mv -f "$notes.new" "$notes"; } \
    2>>"$heard/why" && return
  rm -f "$notes.new"
  say "it cannot be noted in $notes: $(why)"
  return 1
}

# SUBJECT, the text on stdin: to every contact, and to the journal. What did not reach one
# is kept for the next run.
alert() {
  local text contact
  text=$(cat)
  say "$1"
  say "$text"
  for contact in $notify; do
    printf '%s\n' "$text" | /usr/local/lib/pipster/alert "$contact" "$1" && continue
    say "the alert did not reach $contact: the next run tells it"
    { mkdir -p "$untold" && printf '%s\n' "$contact" "$1" "$text" \
      "(It could not be sent at $(date -u '+%Y-%m-%d %H:%M UTC'), when it was so.)" \
      >"$untold/$(date -u +%s%N)"; } 2>/dev/null || say "nor can it be kept"
  done
}
untold=$notes.untold

# The oldest first; more than the newest 20 are not told late.
tell_late() {
  local left contact subject
  find "$untold" -type f 2>/dev/null | sort | head -n -20 | xargs -r rm -f
  for left in "$untold"/*; do
    [ -e "$left" ] || continue
    { read -r contact && read -r subject; } <"$left"
    case " $notify " in
      *" $contact "*) tail -n +3 "$left" |
        /usr/local/lib/pipster/alert "$contact" "late: $subject" || continue ;;
    esac
    rm -f "$left"
  done
  rmdir "$untold" 2>/dev/null
}

# A moment as people read it.
when() { [ -z "$1" ] && echo never || date -u -d "@$1" '+%Y-%m-%d %H:%M UTC'; }

# "7d" → seconds
seconds() {
  local number=${1%[smhdwy]}
  case $1 in
    *s) echo "$number" ;; *m) echo $((number * 60)) ;; *h) echo $((number * 3600)) ;;
    *d) echo $((number * 86400)) ;; *w) echo $((number * 604800)) ;;
    *y) echo $((number * 31536000)) ;;
  esac
}

# The moment in the name of a dump: NAME-20261128T233000Z.dump.age
moment_of() {
  local stamp=${1##*-}
  stamp=${stamp%%.*}
  date -u -d "${stamp:0:8} ${stamp:9:2}:${stamp:11:2}:${stamp:13:2}" +%s
}

# The dumps on this host, the oldest first.
dumps() {
  find "$path" -maxdepth 1 -type f -name "$name-*.dump*" ! -name '*.sent' -printf '%f\n' |
    sort
}

# The file beside a dump that has the roles of its server; older dumps have none.
roles_of() { printf '%s\n' "${1%.dump*}.roles${1##*.dump}"; }

# Of those that were killed.
clear_heard() {
  local left pid
  for left in /run/pipster-backup.*; do
    pid=${left#/run/pipster-backup.}
    [ -d "/proc/${pid%%.*}" ] || rm -rf "$left"
  done
}

# One at a time: backup and drill of the same name wait for each other. What one that was
# killed left is nobody's by then.
take_turn() {
  mkdir -p "$path" "${notes%/*}" 2>>"$heard/why" || return 1
  { exec 9>"$notes.lock"; } 2>>"$heard/why" || return 1
  flock -w 14400 9 || { echo "another run of it holds $notes.lock" >>"$heard/why"; return 1; }
  clear_heard
  find "$path" -maxdepth 1 \( -name ".work.$name.*" -o -name '.work.*' -mmin +600 \) \
    -exec rm -rf {} +
  work=$(mktemp -d "$path/.work.$name.XXXXXX" 2>>"$heard/why")
}

[ ! -s "$etc/password" ] || { PGPASSWORD=$(cat "$etc/password"); export PGPASSWORD; }
export PGCONNECT_TIMEOUT=30

# postgresql://USER@HOST:PORT/DATABASE?sslmode=MODE
read_url() {
  local pattern='^postgres(ql)?://(([^@/]+)@)?([^:/?]+)(:([0-9]+))?/([^?]+)'
  [[ $url =~ $pattern ]] || { say "$url is no URL of a database"; return 1; }
  export PGHOST=${BASH_REMATCH[4]} PGPORT=${BASH_REMATCH[6]:-5432}
  user=${BASH_REMATCH[3]:-$user} database=${BASH_REMATCH[7]}
  [[ $url =~ [?\&]sslmode=([a-z-]+) ]] && export PGSSLMODE=${BASH_REMATCH[1]}
  return 0
}
[ -z "$url" ] || read_url || exit 70

# Where the programs of the server's own version are; else of the next newer one.
tools_of() {
  local version=$1 found
  [ ! -x "/usr/lib/postgresql/$version/bin/pg_dump" ] ||
    { echo "/usr/lib/postgresql/$version/bin"; return; }
  found=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null |
    sort -n | awk -v least="$version" '$1 >= least { print; exit }')
  [ -n "$found" ] || { say "the server is PostgreSQL $version, and no pg_dump here is" \
    "that new: install postgresql-client-$version"; return 1; }
  echo "/usr/lib/postgresql/$found/bin"
}

# PROGRAM ARGUMENT…: in the container, over the network, or as the system's own user.
tools=''
server() {
  local program=$1
  shift
  if [ -n "$container" ]; then
    docker exec -i ${PGPASSWORD+-e PGPASSWORD} "$container" "$program" -U "$user" "$@"
  elif [ -n "$url" ]; then
    "${tools:+$tools/}$program" -U "$user" -w "$@"
  else
    (cd / && exec runuser -u "$user" -- "${tools:+$tools/}$program" "$@")
  fi
}

ask() { server psql -X -A -t -q -v ON_ERROR_STOP=1 "$@"; }

find_tools() {
  local number
  [ -z "$container" ] || return 0
  number=$(ask -d "$database" -c 'SHOW server_version_num' </dev/null) || return 1
  tools=$(tools_of $((number / 10000)))
}

# What needs no server: it reads a dump on stdin.
restorer() {
  if [ -n "$container" ]; then docker exec -i "$container" pg_restore "$@"
  else "${tools:+$tools/}pg_restore" "$@"; fi
}

# FILE: its dump, decrypted; older ones by the keys from before a rotation.
open_dump() {
  local keys=(-i "$etc/identity")
  [ ! -e "$etc/identity.old" ] || keys+=(-i "$etc/identity.old")
  case $1 in
    *.age) age -d "${keys[@]}" "$1" ;;
    *) cat "$1" ;;
  esac
}

# FILE: all of it can be decrypted, has a list, and is a dump to its last line.
verify() {
  open_dump "$1" 2>"$heard/why" |
    { restorer --list; code=$?; cat >/dev/null; exit $code; } >/dev/null 2>>"$heard/why" &&
    open_dump "$1" 2>>"$heard/why" | restorer -f - 2>>"$heard/why" | tail -n 5 |
    grep -q '^-- PostgreSQL database dump complete'
}

# FILE: of roles, whole.
verify_roles() {
  open_dump "$1" 2>>"$heard/why" | tail -n 8 |
    grep -q '^-- PostgreSQL database cluster dump complete'
}

# What was said, without ssh's frames.
why() { sed 's/@@@*//g' "$heard/why" | tr -s ' \t\n' ' ' | cut -c 1-350 | sed 's/ $//'; }

# How the copy elsewhere is reached by ssh.
ssh_command() {
  # With a line break at its end, or ssh does not take it for a key.
  { cat "$etc/offsite/key"; echo; } >"$heard/key"
  echo "ssh -p $ssh_port -i $heard/key -o BatchMode=yes -o IdentitiesOnly=yes" \
    "-o UserKnownHostsFile=$etc/offsite/known_hosts -o GlobalKnownHostsFile=/dev/null" \
    "-o StrictHostKeyChecking=yes -o ConnectTimeout=20 -o ServerAliveInterval=15" \
    "$ssh_user@$ssh_host -s sftp"
}

# restic with the settings of the copy elsewhere; ${limit} ends what waits for a network.
repository=''
elsewhere() {
  local options=()
  # shellcheck source=/dev/null
  [ -n "$repository" ] || . "$etc/offsite/settings" || return 1
  export RESTIC_REPOSITORY=$repository
  export RESTIC_PASSWORD_FILE=${password_file:-$etc/offsite/password}
  export RESTIC_CACHE_DIR=/var/cache/pipster/restic
  [ -z "${ssh_host-}" ] || options=(-o "sftp.command=$(ssh_command)")
  if [ -e "$etc/offsite/credentials" ]; then
    # shellcheck source=/dev/null
    . "$etc/offsite/credentials"
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  fi
  [ ! -e "$etc/offsite/ca.pem" ] || options+=(--cacert "$etc/offsite/ca.pem")
  timeout "${limit:-14400}" restic -q "${options[@]}" "$@"
}

# restic may end before it passed on why ssh did.
ask_ssh() {
  local said
  [ -n "${ssh_host-}" ] || return 0
  # shellcheck disable=SC2046
  said=$(timeout 60 $(ssh_command) </dev/null 2>&1 >/dev/null) || echo "$said" >"$heard/why"
}
