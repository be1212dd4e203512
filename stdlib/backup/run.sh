#!/bin/bash
# SPDX-License-Identifier: MIT
#
# backup/run NAME [beside]: dumps the database, encrypts, verifies, keeps what is to be
# kept, and copies it elsewhere; or, with `beside`, copies only what goes along. Ends with
# 0; 1 when there is no new backup; 3 when there is one, and no copy of it elsewhere.
# shellcheck source=stdlib/backup/common.sh
. /usr/local/lib/pipster/backup/common || exit 70
now=$(date -u +%s)
host=$(uname -n)

failed() { # WHAT
  note last_try failed last_try_at "$now" last_error "$1: $(why)"
  alert "backup $name on $host failed: $1" <<TEXT
The backup "$name" of database $database on $host failed: $1.
Why: $(why)
The last good one: $(state_of last_good) of $(when "$(state_of last_good_at)")
Look: journalctl -u pipster-backup-$name
TEXT
  exit 1
}

dump() { server pg_dump -Fc -Z 6 -d "$database" </dev/null; }

# Without their passwords, and so that a role which is there already is no error.
dump_roles() {
  server pg_dumpall --roles-only --no-role-passwords -l "$database" </dev/null |
    sed -E 's/^CREATE ROLE (.*);$/DO $role$ BEGIN CREATE ROLE \1; EXCEPTION WHEN '\
'duplicate_object THEN NULL; END $role$;/'
}

seal() {
  if [ "$encrypt" = yes ]; then age -r "$(age-keygen -y "$etc/identity")"; else cat; fi
}

make() {
  local stamp file part=$work/new.dump roles
  [ "$encrypt" != yes ] || part=$part.age
  roles=$(roles_of "$part")
  : >"$heard/why"
  find_tools 2>>"$heard/why" || failed "the database cannot be reached"
  dump 2>>"$heard/why" | seal 2>>"$heard/why" >"$part" || failed "pg_dump"
  dump_roles 2>>"$heard/why" | seal 2>>"$heard/why" >"$roles" || failed "pg_dumpall"
  verify "$part" && verify_roles "$roles" || failed "what was written cannot be read back"
  stamp=$(date -u -d "@$now" +%Y%m%dT%H%M%SZ)
  file=$name-$stamp.dump${part#"$work/new.dump"}
  sync "$part" "$roles" 2>>"$heard/why" || failed "it could not be written"
  { (cd "$work" && sha256sum "${part##*/}" | cut -d' ' -f1) >"$work/sum" &&
    mv -f "$roles" "$path/$(roles_of "$file")" && mv -f "$part" "$path/$file"; } \
    2>>"$heard/why" || failed "it could not be put in place"
  note last_try ok last_try_at "$now" last_error '' last_good "$file" last_good_at "$now" \
    last_good_bytes "$(stat -c %s "$path/$file")" last_good_sha256 "$(cat "$work/sum")" ||
    failed "that there is a new one cannot be noted"
  [ -n "$(state_of first_at)" ] || note first_at "$now"
  [ "$before" != failed ] || alert "backup $name on $host works again" <<TEXT
The backup "$name" of database $database on $host is good again: $file
TEXT
}

# Older than that go, to the second; the last good one never.
retain() {
  local file oldest last
  oldest=$((now - $(seconds "$keep")))
  last=$(state_of last_good)
  for file in $(dumps); do
    [ "$file" != "$last" ] && [ "$(moment_of "$file")" -lt $oldest ] || continue
    rm -f "$path/$file" "$path/$file.sent"
  done
  find "$path" -maxdepth 1 -type f -name "$name-*.roles*" | while read -r file; do
    [ -e "${file%.roles*}.dump${file##*.roles}" ] || rm -f "$file"
  done
  note kept "$(dumps | grep -c .)"
}

offsite_failed() { # WHAT
  note offsite failed offsite_try_at "$now" offsite_error "$1: $(why)"
  alert "backup $name on $host has no copy elsewhere: $1" <<TEXT
The backup "$name" of database $database is on $host alone: $1.
Why: $(why)
The last copy elsewhere is of $(when "$(state_of offsite_at)").
What is missing there is copied by the next run that can.
TEXT
  exit 3
}

# Every dump that is not there yet, the oldest first, so that a run makes up for those
# before it; and with the newest the files beside that were named.
send() {
  local file parts
  for file in $(dumps); do
    [ "$(cat "$path/$file.sent" 2>/dev/null)" != "$repository" ] || continue
    parts=("$path/$file")
    [ ! -e "$(roles_of "$path/$file")" ] || parts+=("$(roles_of "$path/$file")")
    elsewhere backup --host "$host" --tag "$name" \
      --time "$(date -d "@$(moment_of "$file")" '+%Y-%m-%d %H:%M:%S')" "${parts[@]}" \
      2>>"$heard/why" || return 1
    printf '%s\n' "$repository" >"$path/$file.sent"
  done
  send_beside
}

# The files that were named, and the state of the project that declares this backup.
send_beside() {
  local paths=()
  read -ra paths <<<"$also"
  [ "$state" != yes ] || [ ! -e "$path/state.json" ] || paths+=("$path/state.json")
  [ ${#paths[@]} = 0 ] ||
    elsewhere backup --host "$host" --tag "$name-beside" "${paths[@]}" 2>>"$heard/why"
}

tidy_elsewhere() {
  local hours=$(($(seconds "$offsite_keep") / 3600)) tag
  for tag in "$name" "$name-beside"; do
    elsewhere forget --host "$host" --tag "$tag" --group-by host,tags \
      --keep-within "$((hours / 24))d$((hours % 24))h" --prune >/dev/null || return 1
  done
  [ "$now" -lt $(($(state_of offsite_checked_at || echo 0) + 86400)) ] && return 0
  elsewhere check >/dev/null && note offsite_checked_at "$now"
}

# The password was rotated: the repository learns it by the one before.
change_password() {
  local old=$etc/offsite/password.old
  [ -e "$old" ] && password_file=$old limit=120 elsewhere key passwd \
    --new-password-file "$etc/offsite/password" >/dev/null 2>>"$heard/why" && rm -f "$old"
}

# Made where there is none yet; what was sent to one before it is not there.
open_repository() {
  limit=120 elsewhere cat config >/dev/null 2>>"$heard/why" && return
  change_password && return
  limit=120 elsewhere init >/dev/null 2>>"$heard/why" && rm -f "$path/$name"-*.sent
}

reach() {
  : >"$heard/why"
  # shellcheck source=/dev/null
  . "$etc/offsite/settings"
  mkdir -p /var/cache/pipster/restic
  open_repository || { ask_ssh; offsite_failed "it cannot be reached"; }
  limit=120 elsewhere unlock >/dev/null 2>&1
}

copy() {
  local earlier
  earlier=$(state_of offsite)
  reach
  send || offsite_failed "it could not be copied"
  note offsite ok offsite_at "$now" offsite_try_at "$now" offsite_error '' \
    offsite_repository "$repository"
  tidy_elsewhere 2>>"$heard/why" || offsite_failed "its repository could not be looked after"
  [ "$earlier" != failed ] || alert "backup $name on $host is copied elsewhere again" <<TEXT
What was missing elsewhere of the backup "$name" of $host was made up for.
TEXT
}

# The command of docs/OPERATIONS.md, which has the roles and the copies elsewhere too.
tell_restore() {
  local open file into
  file=$path/$(state_of last_good)
  open="cat $file"
  [ "$encrypt" != yes ] || open="age -d -i $etc/identity $file"
  if [ -n "$container" ]; then into="docker exec -i $container pg_restore -U $user"
  elif [ -n "$url" ]; then into="pg_restore -h $PGHOST -p $PGPORT -U $user"
  else into="runuser -u $user -- pg_restore"; fi
  say "backup $name is good: ${file##*/}${offsite:+, copied to $repository}"
  say "to restore it by hand, in place of what the database holds by then:"
  say "  $open | $into --clean --if-exists --single-transaction -d $database"
}

if [ "${2-}" = beside ]; then
  [ -n "$offsite" ] || exit 0
  take_turn || offsite_failed "what goes along could not be copied"
  reach
  send_beside || offsite_failed "what goes along could not be copied"
  exit 0
fi
take_turn || failed "it could not be begun"
tell_late
before=$(state_of last_try)
make
retain
[ -z "$offsite" ] || copy
tell_restore
