#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup/drill NAME: fetches the newest backup (from elsewhere, where there is such a
# copy), restores it into a database that is thrown away, asks it the check query, and
# notes what that took. Ends with 0; 1 when the newest is refused; 3 when it could not be
# tried, which says nothing of any backup.
# shellcheck source=stdlib/backup/common.sh
. /usr/local/lib/pipster/backup/common || exit 70
began=$(date -u +%s)
host=$(uname -n)
# On a server that was rented for it there is nothing of the host that the backups are of.
of_host=(--host "$host")
[ "${fresh-}" != yes ] || of_host=()
scratch=pipster_drill_${name//-/_}_$$
throwaway=pipster-drill-$name-$$
made=''

unable() { # WHAT
  note drill unable drill_at "$began" drill_file '' drill_error "$1: $(why)"
  alert "restore drill of $name on $host could not be done: $1" <<TEXT
Whether the backups of "$name" (database $database, host $host) can be restored was not
tried: $1.
Why: $(why)
The last drill that passed: $(when "$(state_of drill_ok_at)")
Look: journalctl -u pipster-drill-$name
TEXT
  exit 3
}

# The candidates, the newest first: ids of snapshots, or names of files.
list_candidates() {
  local all=$heard/snapshots
  candidates=$(dumps | tac)
  [ -n "$offsite" ] || return 0
  limit=120 elsewhere unlock >/dev/null 2>&1
  limit=300 elsewhere snapshots --json "${of_host[@]}" --tag "$name" >"$all" \
    2>>"$heard/why" || { ask_ssh; unable "the copy elsewhere cannot be reached"; }
  candidates=$(grep -o '"short_id":"[0-9a-f]*"' "$all" | cut -d'"' -f4 | tac)
}

# CANDIDATE: $file is its dump.
fetch() {
  file=$path/$1
  [ -n "$offsite" ] || return 0
  file=''
  rm -rf "$work/fetched"
  elsewhere restore "$1" --target "$work/fetched" >/dev/null 2>>"$heard/why" || return 1
  file=$(find "$work/fetched" -type f -name "$name-*.dump*" | head -n 1)
  [ -n "$file" ]
}

# What a candidate is called, also where it cannot be fetched.
name_of() {
  local listed
  [ -n "$offsite" ] || { echo "$1"; return; }
  listed=$(elsewhere snapshots "$1" --json 2>/dev/null | grep -o '"[^"]*\.dump[^"]*"' |
    head -n 1)
  listed=${listed%\"}
  echo "${listed##*/}"
}

# $file and, where there is one, the file of its roles.
is_whole() {
  local roles
  roles=$(roles_of "$file")
  verify "$file" && { [ ! -e "$roles" ] || verify_roles "$roles"; }
}

# The last one that can be restored, behind the one that cannot.
find_last_good() {
  local candidate
  for candidate in $(tail -n +2 <<<"$candidates" | head -n 20); do
    if fetch "$candidate" && is_whole; then
      echo "${file##*/}"
      return
    fi
  done
  echo 'none'
}

refuse() { # WHAT
  local reason good
  reason=$(why)
  case $reason in *[Nn]'o space left on device'*) unable "$1" ;; esac
  good=$(find_last_good)
  note drill refused drill_at "$began" drill_file "${refused-}" drill_error "$1: $reason" \
    drill_last_good "$good"
  alert "restore drill of $name on $host: the newest backup is refused" <<TEXT
The newest backup of "$name" (database $database, host $host) could not be restored: $1.
It is: ${refused:-unknown}
Why: $reason
The last good one: $good
Look: journalctl -u pipster-drill-$name
TEXT
  exit 1
}

throw_away() {
  case $made in
    container) docker rm -f -v "$throwaway" >/dev/null ;;
    database) server dropdb --if-exists "$scratch" </dev/null ;;
  esac
  made=''
}
trap 'throw_away; tidy' EXIT

# What a drill that was killed left.
clear_stale() {
  local left
  if [ -n "$container" ]; then
    for left in $(docker ps -aq --filter "name=^pipster-drill-$name-[0-9]*\$"); do
      docker rm -f -v "$left" >/dev/null
    done
    return
  fi
  for left in $(ask -d "$database" -c "SELECT datname FROM pg_database WHERE datname
    ~ '^${scratch%_*}_[0-9]+\$'" </dev/null); do
    server dropdb --if-exists "$left" </dev/null
  done
}

# A container of the same image, on no network; its password is nobody's.
make_container() {
  local image waited=0
  image=$(docker inspect -f '{{.Image}}' "$container") || return 1
  printf 'POSTGRES_PASSWORD=%s\nPOSTGRES_USER=%s\nPOSTGRES_DB=%s\n' \
    "$(head -c 24 /dev/urandom | sha256sum | cut -c 1-40)" "$user" "$scratch" >"$work/env"
  docker run -d --name "$throwaway" --network none --env-file "$work/env" "$image" \
    >/dev/null || return 1
  made=container
  until ready; do
    waited=$((waited + 1))
    [ $waited -lt 240 ] || { say "the throw-away database did not start"; return 1; }
    sleep 0.5
  done
  container=$throwaway
  unset PGPASSWORD
}

# On the network only once it has filled itself: before that it listens on its socket.
ready() {
  docker exec "$throwaway" pg_isready -q -h 127.0.0.1 -U "$user" -d "$scratch" 2>/dev/null &&
    docker exec "$throwaway" psql -X -q -U "$user" -d "$scratch" -c 'SELECT 1' >/dev/null 2>&1
}

make_database() {
  if [ -n "$container" ]; then make_container
  else server createdb "$scratch" </dev/null && made=database; fi
}

# On the same server the roles are there already.
has_own_server() { [ "$made" = container ] || [ "${fresh-}" = yes ]; }

# Whose own user stays what it is.
restore_roles() {
  open_dump "$1" 2>>"$heard/why" |
    awk -v a="ALTER ROLE $user WITH " -v b="ALTER ROLE \"$user\" WITH " \
      'index($0, a) != 1 && index($0, b) != 1' |
    ask -d "$scratch" -f - >/dev/null 2>>"$heard/why"
}

restore() {
  local took roles whose=(--no-owner --no-privileges)
  clear_stale 2>>"$heard/why"
  make_database 2>>"$heard/why" || unable "no throw-away database could be made"
  roles=$(roles_of "$file")
  if has_own_server && [ -e "$roles" ]; then
    restore_roles "$roles" || refuse "its roles"
    whose=()
  fi
  open_dump "$file" 2>>"$heard/why" |
    server pg_restore "${whose[@]}" --exit-on-error -d "$scratch" \
      2>>"$heard/why" || refuse "pg_restore"
  rows=$(ask -d "$scratch" -c "$drill_query" </dev/null 2>>"$heard/why" | head -n 1) ||
    refuse "the check query failed"
  case $rows in
    ''|0|f) printf 'it answered "%s"' "$rows" >>"$heard/why"; refuse "the check query" ;;
  esac
  bytes=$(ask -d "$scratch" -c "SELECT pg_database_size('$scratch')" </dev/null)
  took=$(($(date -u +%s) - began))
  note drill ok drill_at "$began" drill_ok_at "$began" drill_file "$refused" drill_error '' \
    drill_last_good "$refused" drill_seconds "$took" drill_bytes "$bytes" \
    drill_rows "$rows"
}

# What reads a dump is there, and so is a server to restore it into.
is_able() {
  find_tools 2>>"$heard/why" && restorer --version >/dev/null 2>>"$heard/why"
}

take_turn || unable "it could not be begun"
is_able || unable "the database cannot be reached"
list_candidates
newest=$(head -n 1 <<<"$candidates")
[ -n "$newest" ] || refuse "there is no backup"
refused=$(name_of "$newest")
fetch "$newest" || refuse "it could not be fetched whole"
is_whole || refuse "it cannot be read"
restore
