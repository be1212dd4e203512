#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fills .env: what is missing gets a value, what is there stays.
# Usage: scripts/setup-env.sh production|staging|development
set -eu
umask 077
cd "$(dirname "$0")/.."

environment=${1:-}
case $environment in
  production | staging | development) ;;
  *) echo "setup-env: name the environment: production, staging or development" >&2; exit 64 ;;
esac

new=$(mktemp .env.XXXXXX)
trap 'rm -f "$new"' EXIT
[ ! -f .env ] || cat .env > "$new"

has() { grep -q "^$1=." "$new"; }
put() {
  if has "$1"; then return; fi
  grep -v "^$1=" "$new" > "$new.rest" || true
  printf '%s=%s\n' "$1" "$2" >> "$new.rest"
  cat "$new.rest" > "$new"
  rm -f "$new.rest"
  echo "setup-env: $1 set"
}
secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

put ASPNETCORE_ENVIRONMENT "$environment"
put IDENTITYSERVER_ISSUER_URI "http://localhost:5000"
put DB_PASSWORD "$(secret)"
put JWT_KEY "$(secret)"
put DATA_KEY "$(secret)"

chmod 600 "$new"
mv "$new" .env
echo "setup-env: .env is complete for $environment"
