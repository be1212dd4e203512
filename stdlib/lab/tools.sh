#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a storage box has beside the system that all hosts share: borg and rsync, unpacked from
# Debian's packages of the machine's own sources, once per version of this script and of the root.
# Usage: tools.sh CACHE ROOT LINK; LINK then names the folder. Where they cannot be had (no
# network the first time) there is no LINK, and a box has none of them.
set -eu

cache=$1 root=$2 link=$3
key=$({ cat "$0"; basename "$root"; } | sha256sum | cut -c1-16)
tools=$cache/tools-$key
work=$cache/work-tools.$$
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# The packages that the root lacks for them.
missing() {
  apt-get -qq -o Dir::State::status="$root/var/lib/dpkg/status" -s install \
    --no-install-recommends borgbackup rsync | sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}

# Asked whether it succeeds, so it does not end by itself where something fails.
fetch() {
  mkdir -p "$work/packages" "$work/tree/usr"
  names=$(missing) && [ -n "$names" ] || return 1
  # shellcheck disable=SC2086
  (cd "$work/packages" && apt-get -qq -o Acquire::Retries=0 -o APT::Sandbox::User=root \
    download $names) || return 1
  for package in "$work"/packages/*.deb; do
    dpkg-deb -x "$package" "$work/unpacked" || return 1
  done
  cp -a "$work/unpacked/usr/bin" "$work/unpacked/usr/lib" "$work/tree/usr/" &&
    ln -s borg "$work/tree/usr/bin/borg-1.2"
}

exec 9> "$cache/lock-tools"
flock 9
trap 'rm -rf "$work"' EXIT
if [ ! -d "$tools" ]; then
  if fetch >&2; then
    rm -rf "$cache"/tools-*
    mv "$work/tree" "$tools"
  fi
fi
rm -f "$link"
[ ! -d "$tools" ] || ln -s "$tools" "$link"
