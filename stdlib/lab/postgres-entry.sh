#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The entry point of the lab's PostgreSQL image, with the settings people know:
# POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, PGDATA, /docker-entrypoint-initdb.d.
set -eu
export PGDATA="${PGDATA:-/var/lib/postgresql/data}"
user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres:postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

fill() {
  if [ -z "${POSTGRES_PASSWORD:-}" ]; then
    echo "error: POSTGRES_PASSWORD must be set" >&2
    exit 1
  fi
  password=$(mktemp)
  printf '%s\n' "$POSTGRES_PASSWORD" > "$password"
  initdb -U "$user" --pwfile="$password" --auth-local=trust --auth-host=scram-sha-256 \
    -E UTF8 --locale=C.UTF-8 > /dev/null
  rm -f "$password"
  printf 'host all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
  # Only on the socket, so that nobody takes this start for the real one.
  pg_ctl -w -s -o "-c listen_addresses=''" start
  [ "$database" = postgres ] || createdb -U "$user" "$database"
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sql) psql -q -v ON_ERROR_STOP=1 -U "$user" -d "$database" -f "$file" ;;
      *.sh) . "$file" ;;
    esac
  done
  pg_ctl -w -s -m fast stop
  : > "$PGDATA/filled"
}

# A start that was cut in the middle begins again.
if [ ! -e "$PGDATA/filled" ]; then
  find "$PGDATA" -mindepth 1 -delete
  fill
fi
exec postgres -c listen_addresses='*' "$@"
