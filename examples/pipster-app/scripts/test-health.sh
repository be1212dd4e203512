#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Asks every endpoint and looks at status and body; exits 1 when one is not as it should be.
# Usage: scripts/test-health.sh [BASE_URL]
set -eu

base=${1:-${BASE_URL:-http://localhost:5000}}
base=${base%/}
bad=0

check() { # PATH WHAT THE BODY MUST HOLD
  path=$1
  wanted=$2
  if ! reply=$(curl -sS --max-time 10 -w '\n%{http_code}' "$base$path" 2>&1); then
    echo "FAIL $path: $(printf '%s' "$reply" | head -n 1)"
    bad=1
    return
  fi
  status=$(printf '%s\n' "$reply" | tail -n 1)
  body=$(printf '%s\n' "$reply" | sed '$d')
  if [ "$status" != 200 ]; then
    echo "FAIL $path: status $status"
    bad=1
  elif ! printf '%s' "$body" | grep -qF "$wanted"; then
    echo "FAIL $path: the body lacks $wanted"
    bad=1
  else
    echo "ok   $path"
  fi
}

check /health '"status":"healthy"'
check /health/ready '"database":"up"'
check /health/live '"status":"live"'
check /.well-known/openid-configuration '"issuer":"'

if [ "$bad" != 0 ]; then
  echo "test-health: $base is not healthy" >&2
  exit 1
fi
echo "test-health: all four endpoints of $base answer"
