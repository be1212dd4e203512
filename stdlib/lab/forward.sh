#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Prints dnsmasq's lines for the only names of the world that hosts may resolve: those of
# the machine's own apt sources and proxies, asked from the machine's own resolvers.
set -eu

resolvers=$(sed -n 's/^nameserver[[:space:]]*//p' /etc/resolv.conf)
names=$({
  apt-get indextargets --format '$(SITE)' 2> /dev/null || true
  apt-config dump 2> /dev/null | sed -n 's/^Acquire::.*Proxy.* "\(.*\)";$/\1/p'
} | sed -n 's|^[a-z+]*://\([^/]*@\)\{0,1\}\([^/:]*\).*|\2|p' | sort -u)

for name in $names; do
  known=$(awk -v name="$name" \
    '/^[^#]/ { for (i = 2; i <= NF; i++) if ($i == name) print $1 }' /etc/hosts)
  for address in $known; do echo "address=/$name/$address"; done
  [ -z "$known" ] || continue
  for resolver in $resolvers; do echo "server=/$name/$resolver"; done
done
