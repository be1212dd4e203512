#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds the images that the lab's registry holds, without a container daemon, once per
# version of this folder and of the application. Usage: images.sh CACHE APPLICATION
# Prints the storage folder of a registry that holds them. Needs root.
set -eu

cache=$1
application=$2
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
database_key=$(cat "$here/images.sh" "$here/postgres-entry.sh" | sha256sum | cut -c1-16)
key=$({ echo "$database_key"; cat "$application"/source/*; } | sha256sum | cut -c1-16)
layer=$cache/postgres-$database_key.tar.gz
storage=$cache/registry-$key
work=$cache/work-images.$$
registry=""

machine_sources() {
  [ ! -s /etc/apt/sources.list ] || echo /etc/apt/sources.list
  for file in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ ! -s "$file" ] || echo "$file"
  done
}

build_database_layer() {
  apt-config dump | grep -E '^Acquire::(http|https|Check-|Retries|ForceIP|Proxy|AllowInsecure)' |
    grep -v ' "";$' > "$work/transport" || true
  echo 'Acquire::Languages "none";' >> "$work/transport"
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # shellcheck disable=SC2016,SC2046
  mmdebstrap --quiet --variant=minbase --aptopt="$work/transport" \
    --include=postgresql-15 \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --essential-hook='mkdir -p "$1/etc/postgresql-common"' \
    --essential-hook='cd "$1/etc/postgresql-common" &&
      echo "create_main_cluster = false" > createcluster.conf' \
    --customize-hook="install -m 755 '$here/postgres-entry.sh' \"\$1/entry\"" \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
    --customize-hook='mkdir -p "$1/var/lib/postgresql/data" "$1/docker-entrypoint-initdb.d"' \
    "$suite" "$work/layer.tar" $(machine_sources)
  gzip -1 -n < "$work/layer.tar" > "$work/layer.tar.gz"
  rm "$work/layer.tar"
  mv "$work/layer.tar.gz" "$layer"
}

build_application_layer() {
  mkdir -p "$work/application"
  musl-gcc -std=c11 -D_GNU_SOURCE -static -Os -s -o "$work/application/identity" \
    "$application"/source/*.c
  tar -C "$work/application" --owner=0 --group=0 --numeric-owner --mtime=@0 --sort=name \
    -cf - identity | gzip -n > "$work/application.tar.gz"
}

digest_of() { sha256sum "$1" | cut -d' ' -f1; }

put_blob() { # LAYOUT FILE
  digest=$(digest_of "$2")
  cp "$2" "$1/blobs/sha256/$digest"
  echo "$digest"
}

size_of() { stat -c %s "$1"; }

# One layer and its configuration as an OCI layout.
make_layout() { # LAYOUT LAYER CONFIGURATION
  type=application/vnd.oci.image
  mkdir -p "$1/blobs/sha256"
  printf '{"imageLayoutVersion":"1.0.0"}' > "$1/oci-layout"
  content=$(gzip -dc "$2" | sha256sum | cut -d' ' -f1)
  jq -cn --argjson config "$3" --arg id "sha256:$content" \
    --arg architecture "$(dpkg --print-architecture)" \
    '{architecture: $architecture, os: "linux", config: $config,
      created: "1970-01-01T00:00:00Z", rootfs: {type: "layers", diff_ids: [$id]}}' \
    > "$work/config.json"
  configuration=$(put_blob "$1" "$work/config.json")
  archive=$(put_blob "$1" "$2")
  jq -cn --arg type "$type" \
    --arg config "sha256:$configuration" --argjson config_size "$(size_of "$work/config.json")" \
    --arg layer "sha256:$archive" --argjson layer_size "$(size_of "$2")" \
    '{schemaVersion: 2, mediaType: ($type + ".manifest.v1+json"),
      config: {mediaType: ($type + ".config.v1+json"), digest: $config, size: $config_size},
      layers: [{mediaType: ($type + ".layer.v1.tar+gzip"), digest: $layer,
        size: $layer_size}]}' > "$work/manifest.json"
  manifest=$(put_blob "$1" "$work/manifest.json")
  jq -cn --arg type "$type" \
    --arg digest "sha256:$manifest" --argjson size "$(size_of "$work/manifest.json")" \
    '{schemaVersion: 2, manifests: [{mediaType: ($type + ".manifest.v1+json"),
      digest: $digest, size: $size,
      annotations: {"org.opencontainers.image.ref.name": "image"}}]}' > "$1/index.json"
}

start_registry() {
  cat > "$work/registry.yml" <<CONFIG
version: 0.1
log: {level: info}
storage: {filesystem: {rootdirectory: "$work/storage"}}
http: {addr: "127.0.0.1:0"}
CONFIG
  docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
  registry=$!
  port=""
  while [ -z "$port" ]; do
    kill -0 "$registry" || { cat "$work/registry.log" >&2; exit 1; }
    port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/registry.log")
    sleep 0.1
  done
}

push() { # LAYOUT NAME
  skopeo --insecure-policy copy -q --format v2s2 --dest-tls-verify=false "oci:$1:image" \
    "docker://127.0.0.1:$port/$2"
}

finish() {
  [ -z "$registry" ] || kill "$registry" 2> /dev/null || true
  rm -rf "$work"
}

mkdir -p "$cache"
exec 8> "$cache/lock-images"
flock 8
trap finish EXIT
if [ ! -d "$storage" ]; then
  rm -rf "$work"
  mkdir -p "$work/storage"
  echo "building the images of the lab's registry, once (about a minute)" >&2
  [ -s "$layer" ] || build_database_layer >&2
  build_application_layer >&2
  make_layout "$work/postgres" "$layer" '{"Entrypoint": ["/entry"], "StopSignal": "SIGINT",
    "Env": ["PATH=/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
    "PGDATA=/var/lib/postgresql/data"], "ExposedPorts": {"5432/tcp": {}},
    "Volumes": {"/var/lib/postgresql/data": {}}}'
  make_layout "$work/identity" "$work/application.tar.gz" '{"Entrypoint": ["/identity"],
    "User": "65534:65534", "ExposedPorts": {"5000/tcp": {}}}'
  start_registry
  push "$work/postgres" pipster/postgres:15 >&2
  push "$work/identity" pipster/identity:1.0.0 >&2
  kill "$registry"
  wait "$registry" 2> /dev/null || true
  registry=""
  mv "$work/storage" "$storage"
  for old in "$cache"/registry-* "$cache"/postgres-*; do
    case $old in "$storage" | "$layer") ;; *) rm -rf "$old" ;; esac
  done
fi
echo "$storage"
