# SPDX-License-Identifier: MIT
#
# Sourced by tests of one host, light or with systemd: the host (its files under $host_root,
# its commands by `inside`), a project beside it whose playbooks name it by its address, and TAP.
# Wants $build; the host is at $address. With records=1 every execve in the lab is written
# to $bed/execs.
address=10.91.0.117
count=0
bad=0

check() { # NAME COMMAND…
  local name=$1 status=0
  shift
  "$@" >"$bed/out" 2>&1 || status=$?
  count=$((count + 1))
  if [ "$status" = 0 ]; then
    echo "ok $count - $name"
  else
    echo "not ok $count - $name"
    bad=$((bad + 1))
    sed 's/^/# /' "$bed/out" | tail -n 25
  fi
}

order() { # one line to the lab in, its answer in $answer
  echo "$*" >&"${lab_drive[1]}"
  while IFS= read -r -t 600 answer <&"${lab_drive[0]}"; do
    case $answer in
      notice*) ;;
      *ok) return 0 ;;
      *) echo "$answer"; return 1 ;;
    esac
  done
  return 1
}

wait_until() { # COMMAND…
  local end=$((SECONDS + 300))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not within five minutes: $*"; return 1; }
    read -rt 0.02 <> <(:) || true
  done
}

inside() { # COMMAND…: as root on the host, without SSH
  nsenter -t "$init" -a -- "$@"
}

find_init() { # of the host, which is another one after each boot
  order init 117 && init=${answer%% *} && host_root=/proc/$init/root
}

open_bed() { # NAME [own]: the lab's folder is $build/lab-NAME, the project's is within
  local driver=${2:-light}
  bed=$build/lab-$1
  trap close_bed EXIT
  rm -rf "$bed"
  mkdir -p "$bed/project/playbooks" "$bed/home"
  coproc lab_drive {
    exec ${records:+"$build/lab/execs" "$bed/execs"} "$build/lab/lab_drive" "$bed" "$driver" . 2>&1
  }
  while IFS= read -r -t 1800 answer <&"${lab_drive[0]}"; do
    echo "# $answer"
    case $answer in up*) break ;; failed*) exit 1 ;; esac
  done
  [[ ${answer:-} == up* ]] || { echo "the lab does not come up"; exit 1; }
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$bed/hostkey"
  { echo '#cloud-config'; echo 'ssh_keys:'; echo '  ed25519_private: |'
    sed 's/^/    /' "$bed/hostkey"; echo "  ed25519_public: $(cat "$bed/hostkey.pub")"; } \
    >"$bed/user-data"
  order start 117 $address box "$bed/user-data" "$bed/ssh/id_ed25519.pub" || exit 1
  find_init
  unset PIPSTER_LAB PIPSTER_ENV SSH_AUTH_SOCK HCLOUD_TOKEN
  export HOME=$bed/home XDG_CONFIG_HOME=$bed/config CI=1
  cd "$bed/project" || exit 1
  cat >pipster.lua <<SETTINGS
return { project = "bed",
  ssh = { identity = "$bed/ssh/id_ed25519", known_hosts = "$bed/known" } }
SETTINGS
  host_key=$(cut -d' ' -f1,2 "$bed/hostkey.pub")
}

close_bed() {
  local status=$?
  if [ -n "${lab_drive_PID:-}" ]; then
    local drive=$lab_drive_PID
    echo quit >&"${lab_drive[1]}"
    wait "$drive" || true
  fi
  exit "$status"
}

pipster() { # WORD…: its exit code in $code, what it said in $said
  code=0
  "$build/pipster" "$@" >"$bed/said" 2>&1 || code=$?
  said=$(cat "$bed/said")
}

ends() { # CODE WORD…
  local wanted=$1
  shift
  pipster "$@"
  [ "$code" = "$wanted" ] || { echo "exit code $code, not $wanted, of $*"; echo "$said"; return 1; }
}

tells() { # TEXT…: each of them was said
  local text
  for text; do
    grep -qF -- "$text" <<<"$said" || { echo "it does not say: $text"; echo "$said"; return 1; }
  done
}
