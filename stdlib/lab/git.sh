#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Makes the bare repository anew that hosts clone the application from; the same content gives
# the same commit. Usage: git.sh APPLICATION REPOSITORY
set -eu
application=$1
repository=$2
rm -rf "$repository"

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=Pipster GIT_AUTHOR_EMAIL=lab@pipster.test
export GIT_COMMITTER_NAME=Pipster GIT_COMMITTER_EMAIL=lab@pipster.test
export GIT_AUTHOR_DATE="2026-01-01T00:00:00Z" GIT_COMMITTER_DATE="2026-01-01T00:00:00Z"

mkdir -p "$(dirname "$repository")"
git init -q --bare -b main "$repository.new"
export GIT_DIR="$repository.new" GIT_WORK_TREE="$application"
git add -A .
git commit -q -m "identity: version 1.0.0"
git tag v1.0.0
git config core.bare true
rm -f "$repository.new/index"
mv "$repository.new" "$repository"
