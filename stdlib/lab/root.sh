#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds the root file system that the lab's hosts share, once per version of this script.
# Usage: root.sh CACHE; prints the folder of the unpacked root. Needs root.
#
# The machine's own apt sources, keyrings and transport settings are used, and copied into
# the root, so that apt works in a host as it does on the machine.
set -eu

cache=$1
key=$(sha256sum "$0" | cut -c1-16)
archive=$cache/root-$key.tar.zst
root=$cache/root-$key
work=$cache/work-root.$$
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

packages="systemd systemd-sysv dbus libpam-systemd openssh-server cloud-init sudo python3
  python3-yaml ca-certificates curl iproute2 iputils-ping procps less vim-tiny cron rsyslog
  nftables iptables netbase locales apt-utils gnupg kmod util-linux passwd login adduser
  tzdata logrotate"

# Units that have no meaning without a kernel of one's own, or would fight over the network.
masked="systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket
  systemd-udev-trigger.service systemd-udev-settle.service systemd-networkd.service
  systemd-networkd-wait-online.service systemd-resolved.service systemd-modules-load.service
  sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount
  sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount
  proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount
  console-getty.service getty@.service getty.target getty-static.service
  e2scrub_all.timer e2scrub_reap.service fstrim.timer apt-daily.timer
  apt-daily-upgrade.timer networking.service systemd-timesyncd.service
  systemd-pstore.service cloud-init-hotplugd.socket"

machine_sources() {
  [ ! -s /etc/apt/sources.list ] || echo /etc/apt/sources.list
  for file in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ ! -s "$file" ] || echo "$file"
  done
}

# Proxies, certificates and date checks of the machine's apt; nothing of its hooks.
machine_transport() {
  apt-config dump | grep -E '^Acquire::(http|https|Check-|Retries|ForceIP|Proxy|AllowInsecure)' |
    grep -v ' "";$' || true
  echo 'Acquire::Languages "none";'
}

carry_into() {
  mkdir -p "$1/etc/apt/sources.list.d" "$1/etc/apt/keyrings" "$1/etc/apt/auth.conf.d"
  rm -f "$1/etc/apt/sources.list" "$1"/etc/apt/sources.list.d/*
  for file in $(machine_sources); do cp -p "$file" "$1$file"; done
  for folder in /etc/apt/keyrings /etc/apt/trusted.gpg.d /etc/apt/auth.conf.d \
    /usr/share/keyrings /usr/local/share/ca-certificates; do
    if [ -d "$folder" ]; then mkdir -p "$1$folder" && cp -rLn "$folder/." "$1$folder/"; fi
  done
}

configure() {
  r=$1
  cat > "$r/etc/cloud/cloud.cfg" <<'CONFIG'
# The lab's hosts: root with the keys of the cloud, no default user.
users: []
disable_root: false
preserve_hostname: false
manage_etc_hosts: false
datasource_list: [NoCloud]
network: {config: disabled}
apt: {preserve_sources_list: true}
resize_rootfs: false
growpart: {mode: "off"}
ssh_deletekeys: true
ssh_genkeytypes: [ed25519, ecdsa]
cloud_init_modules: [seed_random, bootcmd, write-files, set_hostname, update_hostname,
  users-groups, ssh]
cloud_config_modules: [ssh-import-id, set-passwords, apt-configure, timezone, runcmd]
cloud_final_modules: [package-update-upgrade-install, write-files-deferred, scripts-vendor,
  scripts-per-once, scripts-per-boot, scripts-per-instance, scripts-user,
  ssh-authkey-fingerprints, keys-to-console, final-message]
system_info:
  distro: debian
  paths: {cloud_dir: /var/lib/cloud, templates_dir: /etc/cloud/templates}
  ssh_svcname: ssh
CONFIG
  rm -rf "$r/etc/cloud/cloud.cfg.d"
  for unit in $masked; do ln -sf /dev/null "$r/etc/systemd/system/$unit"; done
  mkdir -p "$r/etc/systemd/journald.conf.d"
  printf '[Journal]\nReadKMsg=no\nSystemMaxUse=64M\n' > "$r/etc/systemd/journald.conf.d/lab.conf"
  printf 'PermitRootLogin prohibit-password\nPasswordAuthentication no\nUseDNS no\n' \
    > "$r/etc/ssh/sshd_config.d/10-lab.conf"
  sed -i '/imklog/d' "$r/etc/rsyslog.conf"
  echo 'en_US.UTF-8 UTF-8' > "$r/etc/locale.gen"
  printf 'LANG=C.UTF-8\n' > "$r/etc/default/locale"
  : > "$r/etc/fstab"
  # A first boot must find neither keys nor an identity.
  rm -f "$r"/etc/ssh/ssh_host_* "$r/var/lib/dbus/machine-id" "$r"/var/log/*.log
  : > "$r/etc/machine-id"
  rm -rf "$r"/var/lib/cloud/* "$r/var/lib/systemd/random-seed"
}

build() {
  rm -rf "$work"
  mkdir -p "$work/root"
  machine_transport > "$work/transport"
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # shellcheck disable=SC2046,SC2086
  mmdebstrap --quiet --variant=minbase --aptopt="$work/transport" \
    --include="$(echo $packages | tr ' ' ',')" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$work/root.tar" $(machine_sources)
  tar -xf "$work/root.tar" -C "$work/root" --numeric-owner
  carry_into "$work/root"
  configure "$work/root"
  rm -rf "$work"/root/dev/* "$work"/root/run/* "$work"/root/tmp/*
  tar -C "$work/root" --numeric-owner --xattrs -cf - . | zstd -q -3 -T0 -o "$work/root.tar.zst"
  mv "$work/root.tar.zst" "$archive"
}

unpack() {
  rm -rf "$work"
  mkdir -p "$work/root"
  zstd -dc "$archive" | tar -C "$work/root" --numeric-owner --xattrs -xf -
  mv "$work/root" "$root"
}

# Older roots go, unless a host still stands on one.
prune() {
  for old in "$cache"/root-*; do
    case $old in "$root" | "$archive") continue ;; esac
    grep -qsF "lowerdir=$old," /proc/[0-9]*/mounts || rm -rf "$old"
  done
}

mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
trap 'rm -rf "$work"' EXIT
if [ ! -d "$root" ]; then
  if [ ! -s "$archive" ]; then
    echo "building the hosts' root file system, once (about two minutes)" >&2
    build >&2
  fi
  unpack >&2
  prune
fi
echo "$root"
