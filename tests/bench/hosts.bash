# SPDX-License-Identifier: MIT
#
# Sourced by tests/bench/run: forty things of ten types on hosts of the lab (driver light),
# beside Ansible, Ansible with Mitogen, pyinfra, and the floor: ssh with the same script.

fleet=$build/lab-bench
secret_key=$fleet/ssh/id_ed25519
timer=() # what on_fleet is called by

rest_of() { # COUNT: the last two parts of as many addresses
  local index
  for ((index = 0; index < $1; index++)); do echo "$((index / 200 + 1)).$((index % 200 + 2))"; done
}
order() {
  echo "$*" >&"${bench_drive[1]}"
  while IFS= read -r -t 120 answer <&"${bench_drive[0]}"; do
    case $answer in notice*) ;; *ok) return 0 ;; *) echo "$answer"; return 1 ;; esac
  done
  return 1
}
answers() { # ADDRESS PORT: its SSH server speaks
  timeout 2 bash -c "exec 3<>/dev/tcp/$1/$2; read -r -t 2 line <&3; [ -n \"\$line\" ]" 2>/dev/null
}

# A lab of its own with COUNT fresh hosts; all have one host key.
fleet_up() {
  local rest number=0 end
  rm -rf "$fleet"
  mkdir -p "$fleet"
  coproc bench_drive { exec "$build/lab/lab_drive" "$fleet" light . 2>>"$work/log"; }
  fleet_pid=$bench_drive_PID
  while IFS= read -r -t 900 answer <&"${bench_drive[0]}"; do
    case $answer in up*) break ;; failed*) echo "$answer" >>"$work/log"; return 1 ;; esac
  done
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$fleet/hostkey"
  { echo '#cloud-config'; echo 'ssh_keys:'; echo '  ed25519_private: |'
    sed 's/^/    /' "$fleet/hostkey"; echo "  ed25519_public: $(cat "$fleet/hostkey.pub")"; } \
    >"$fleet/user-data"
  for rest in $(rest_of "$1"); do
    number=$((number + 1))
    order start $((1000 + number)) "10.91.$rest" "h$number" "$fleet/user-data" "$secret_key.pub" ||
      return 1
  done
  end=$(($(date +%s) + 120))
  for rest in $(rest_of "$1"); do
    until answers "10.91.$rest" 22; do [ "$(date +%s)" -lt "$end" ] || return 1; done
  done
}
fleet_down() {
  echo quit >&"${bench_drive[1]}"
  wait "$fleet_pid" || true
}

# A first run gives each host keys of its own.
know_hosts() { # COUNT
  rest_of "$1" | sed 's|.*|10.91.&|' | ssh-keyscan -t ed25519 -T 30 -f - >"$fleet/known" 2>>"$work/log"
}

# The same hosts a long way off: 25 ms each way.
far_up() { # COUNT
  local tries=0
  # shellcheck disable=SC2046
  "$build/bench/delay" 25 2222 127.91 10.91 $(rest_of "$1") >"$work/far" 2>>"$work/log" &
  far_pid=$!
  until grep -q ready "$work/far"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] && kill -0 "$far_pid" || return 1
    sleep 0.1
  done
}
far_down() { kill "$far_pid" && wait "$far_pid" 2>/dev/null || true; }

fleet_project() { # NAME
  rm -rf "${work:?}/$1"
  mkdir -p "$work/$1/playbooks"
  cp tests/bench/hosts.lua "$work/$1/playbooks/"
  echo 'return { project = "bench", currency = "EUR" }' >"$work/$1/pipster.lua"
}
on_fleet() { # PROJECT COUNT PREFIX PORT WORDS…
  "${timer[@]}" env -u SSH_AUTH_SOCK XDG_CONFIG_HOME="$work/config" PIPSTER_SSH_IDENTITY="$secret_key" \
    "$pipster" -C "$work/$1" "${@:5}" playbooks/hosts.lua --var "hosts=$(rest_of "$2" | xargs)" \
    --var "prefix=$3" --var "port=$4" --var "host_key=$(cut -d' ' -f1,2 "$fleet/hostkey.pub")"
}

# What pipster sends to one host for a plan, as its shell received it.
record_script() { # PROJECT COUNT
  local host="root@10.91.1.2" options=(-q -i "$secret_key" -o BatchMode=yes
    -o UserKnownHostsFile="$fleet/known")
  ssh "${options[@]}" "$host" 'cd /root/.ssh && cp authorized_keys kept &&
    sed -i "s|^ssh-|command=\"tee -a /root/script \| sh\" ssh-|" authorized_keys' </dev/null
  on_fleet "$1" "$2" 10.91 22 plan >>"$work/log" 2>&1 || true
  ssh "${options[@]}" "$host" '' <<<'mv /root/.ssh/kept /root/.ssh/authorized_keys; exit' || true
  scp "${options[@]}" -q "$host:/root/script" "$work/script"
}
floor() { # COUNT: ssh to all of them at once, with the same script
  local rest pids=() pid
  for rest in $(rest_of "$1"); do
    ssh -q -i "$secret_key" -o BatchMode=yes -o UserKnownHostsFile="$fleet/known" \
      -o KexAlgorithms=curve25519-sha256 -o IdentitiesOnly=yes "root@10.91.$rest" sh -s \
      <"$work/script" >/dev/null 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || true; done
}

with_ansible() { # COUNT STRATEGY
  rest_of "$1" | sed "s|.*|10.91.&|" >"$work/inventory"
  ANSIBLE_PIPELINING=1 ANSIBLE_FORKS=50 ANSIBLE_STRATEGY=$2 ANSIBLE_NOCOWS=1 \
    ANSIBLE_LOCAL_TEMP=$work/ansible ANSIBLE_RETRY_FILES_ENABLED=0 \
    ansible-playbook -i "$work/inventory" -u root --private-key "$secret_key" \
    --ssh-common-args "-o UserKnownHostsFile=$fleet/known" -e ansible_python_interpreter=/usr/bin/python3 \
    tests/bench/peers/ansible.yml
}
with_pyinfra() { # COUNT
  (cd "$work" && "$build/peers/pyinfra/bin/pyinfra" -y --ssh-user root --ssh-key "$secret_key" \
    --data ssh_known_hosts_file="$fleet/known" \
    "$(rest_of "$1" | sed 's|.*|10.91.&|' | paste -sd,)" "$peers_folder/pyinfra_hosts.py")
}
get_pyinfra() {
  peers_folder=$PWD/tests/bench/peers
  [ -x "$build/peers/pyinfra/bin/pyinfra" ] && return
  python3 -m venv "$build/peers/pyinfra" && "$build/peers/pyinfra/bin/pip" -q install pyinfra
}

beside_peers() { # COUNT OURS: each peer has done its work once before its time is taken
  if command -v ansible-playbook >/dev/null && with_ansible "$1" linear >>"$work/log" 2>&1; then
    row "host-nochange-40x$1-vs-ansible" "$2" "$(seconds with_ansible "$1" linear)" s 100
  else
    skip "host-nochange-40x$1-vs-ansible" "Ansible is not installed, or it failed"
  fi
  if [ -d /usr/share/doc/ansible-mitogen ] && with_ansible "$1" mitogen_linear >>"$work/log" 2>&1
  then
    row "host-nochange-40x$1-vs-mitogen" "$2" "$(seconds with_ansible "$1" mitogen_linear)" s 10
  else
    skip "host-nochange-40x$1-vs-mitogen" "Mitogen is not installed, or it failed"
  fi
  if get_pyinfra >>"$work/log" 2>&1 && with_pyinfra "$1" >>"$work/log" 2>&1; then
    row "host-nochange-40x$1-vs-pyinfra" "$2" "$(seconds with_pyinfra "$1")" s 10
  else
    skip "host-nochange-40x$1-vs-pyinfra" "pyinfra is not to be had, or it failed"
  fi
}

one_fleet() { # COUNT
  local ours times=3
  [ "$1" -le 50 ] || times=1
  fleet_project "fleet-$1"
  row "host-first-40x$1" "$(seconds on_fleet "fleet-$1" "$1" 10.91 22 run --yes)" null s null ||
    return 1
  ours=$(median_seconds "$times" on_fleet "fleet-$1" "$1" 10.91 22 plan)
  know_hosts "$1"
  record_script "fleet-$1" "$1"
  row "host-nochange-40x$1-vs-ssh" "$ours" "$(median_seconds "$times" floor "$1")" s 0.77
  timer=(/usr/bin/time -f %M -o "$work/peak")
  on_fleet "fleet-$1" "$1" 10.91 22 plan >>"$work/log" 2>&1
  timer=()
  row "host-memory-40x$1" "$(awk 'END { printf "%.1f", $1 / 1024 }' "$work/peak")" null MB null
  [ "$1" -gt 10 ] || beside_peers "$1" "$ours"
}
far_fleet() { # COUNT
  local done=0
  fleet_project "far-$1"
  far_up "$1" || return 1
  row "host-first-40x$1-far" "$(seconds on_fleet "far-$1" "$1" 127.91 2222 run --yes)" null s null &&
    row "host-nochange-40x$1-far" \
      "$(median_seconds 3 on_fleet "far-$1" "$1" 127.91 2222 plan)" null s null || done=1
  far_down
  return "$done"
}
with_fleet() { # COUNT FUNCTION: on fresh hosts
  if fleet_up "$1"; then
    "$2" "$1" || skip "40 things on $1 hosts ($2)" "it failed: see the log"
  else
    skip "40 things on $1 hosts" "the lab does not come up: see the log"
  fi
  fleet_down
}

beside_ansible() { # COUNT…
  local count
  if [ "$(id -u)" != 0 ]; then
    skip "hosts beside Ansible" "real hosts need root"
    return
  fi
  make --no-print-directory BUILD="$build" "$build/lab/lab_drive" "$build/bench/delay" >>"$work/log" 2>&1
  for count in "$@"; do
    with_fleet "$count" one_fleet
    [ "$count" -gt 50 ] || with_fleet "$count" far_fleet
  done
}
