#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Says what is missing or weak in .env, without printing a secret; exits 1 then.
# Usage: scripts/validate-env.sh [FILE]
set -eu
cd "$(dirname "$0")/.."

file=${1:-.env}
bad=0
complain() { echo "validate-env: $1" >&2; bad=1; }
value() { sed -n "s/^$1=//p" "$file" | tail -n 1; }

if [ ! -r "$file" ]; then
  echo "validate-env: there is no $file; make it with scripts/setup-env.sh production" >&2
  exit 1
fi

mode=$(stat -c %a "$file")
case $mode in
  600 | 400) ;;
  *) complain "$file is readable by others (mode $mode); chmod 600 $file" ;;
esac

case $(value ASPNETCORE_ENVIRONMENT) in
  [Pp]roduction | [Ss]taging | [Dd]evelopment) ;;
  "") complain "ASPNETCORE_ENVIRONMENT is missing" ;;
  *) complain "ASPNETCORE_ENVIRONMENT must be Production, Staging or Development" ;;
esac

case $(value IDENTITYSERVER_ISSUER_URI) in
  http://?* | https://?*) ;;
  "") complain "IDENTITYSERVER_ISSUER_URI is missing" ;;
  *) complain "IDENTITYSERVER_ISSUER_URI is no http or https address" ;;
esac

for name in DB_PASSWORD JWT_KEY DATA_KEY; do
  secret=$(value "$name")
  case $secret in
    "") complain "$name is missing"; continue ;;
    *password* | *changeme* | *secret* | *example*)
      complain "$name is a placeholder"; continue ;;
  esac
  if [ "${#secret}" -lt 32 ]; then
    complain "$name is weak: ${#secret} characters, at least 32 are needed"
  elif [ "$(printf %s "$secret" | fold -w1 | sort -u | wc -l)" -lt 10 ]; then
    complain "$name is weak: too few different characters"
  fi
done

[ "$bad" = 0 ] || exit 1
echo "validate-env: $file is complete"
