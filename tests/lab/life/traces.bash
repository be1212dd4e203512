# SPDX-License-Identifier: MIT
#
# What a lab puts into this machine: lists to compare before it was up and after it is down.

# One thing a line, everything that is named somewhere.
traces() {
  ip -o link | sed -E 's/^[0-9]+: ([^:@]+).*/link \1/'
  ip -o addr | awk '{ print "address", $2, $4 }'
  ip route | sed 's/^/route /'
  nft list tables | sed 's/^/nft /'
  awk '{ print "mount", $2, $3 }' /proc/mounts
  losetup -a | sed 's/^/loop /'
  find /run/netns -mindepth 1 2>/dev/null | sed 's/^/run /'
  find "/run/pipster-lab-$(stat -L -c %i /proc/self/ns/net)" 2>/dev/null | sed 's/^/run /'
}

# The lab's processes: what its daemon started, and what that started, and so on.
lab_processes() { # LAB
  ps -e -o pid= -o ppid= | awk -v root="$(jq .pid "$1/lab.json")" '
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        for (at = pid; at > 1 && at != root; at = parent[at]) continue
        if (at == root) print pid
      }
    }'
  pgrep -f -- "$1/"
}

began() { # PID: when it was started; a number is given again, this with it is not
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# "newest STARTED", "process PID STARTED", "namespace net:[…]" of a lab that is up, without
# the namespaces that we are in.
lab_insides() { # LAB
  local pid
  echo "newest $(began "$BASHPID")"
  for pid in $(lab_processes "$1" | sort -un); do
    [ -z "$(began "$pid")" ] || echo "process $pid $(began "$pid")"
    find "/proc/$pid/ns" -type l -printf 'namespace %l\n' 2>/dev/null
  done | sort -u | grep -vxFf <(find /proc/self/ns -type l -printf 'namespace %l\n')
}

# Those of a list made by lab_insides that are still there. The numbers of namespaces are
# given again too: only processes that are older than the list can be in one of its.
still_inside() { # FILE
  local word what rest pid newest
  newest=$(sed -n 's/^newest //p' "$1")
  for pid in /proc/[0-9]*; do
    [ "$(began "${pid#/proc/}")" -le "$newest" ] 2>/dev/null || continue
    find "$pid/ns" -type l -printf 'namespace %l\n' 2>/dev/null
  done | sort -u | grep -xFf <(grep '^namespace' "$1")
  while read -r word what rest; do
    [ "$word" != process ] || [ "$(began "$what")" != "$rest" ] || echo "process $what"
  done <"$1"
}
