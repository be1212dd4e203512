# SPDX-License-Identifier: MIT
#
# Sourced by tests/lab/phase1 and tests/lab/phase2: a project of its own, with real hosts
# behind it, that the files of one folder share in their order.

life_finish() {
  local status=$?
  cd "$LIFE/project" && "$PIPSTER" lab down >/dev/null
  exit "$status"
}

life_up() { # BUILD NAME
  local build
  build=$(realpath -m "$1")
  export PIPSTER=$build/pipster LIFE=$build/lab-$2 CI=1
  export PATH=$build:$PATH
  unset PIPSTER_LAB PIPSTER_ENV HCLOUD_TOKEN HCLOUD_ENDPOINT CURL_CA_BUNDLE SENDGRID_API_KEY
  # A lab that an earlier, killed suite left is taken down before its folder goes.
  if [ -e "$LIFE/project/pipster.lua" ]; then
    (cd "$LIFE/project" && "$PIPSTER" lab down) || exit 1
  fi
  rm -rf "$LIFE"
  mkdir -p "$LIFE/project" "$LIFE/home"
  cp -r pipster.lua playbooks "$LIFE/project"
  export HOME=$LIFE/home XDG_CONFIG_HOME=$LIFE/home/.config
  traces >"$LIFE/before"
  trap life_finish EXIT
  (cd "$LIFE/project" && "$PIPSTER" lab up) || exit 1
}
