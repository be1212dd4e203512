-- SPDX-License-Identifier: MIT
-- The kernel's settings, names, time and file systems of a host.
return {
  {
    type = "sysctl", name = "net.ipv4.ip_local_port_range",
    before = "sysctl -qw net.ipv4.ip_local_port_range='32768 60999'",
    steps = {
      { want = { value = "20000 60000" },
        look = "[ \"$(sysctl -n net.ipv4.ip_local_port_range | tr '\\t' ' ')\""
          .. " = '20000 60000' ]" },
      { want = { value = "20001 60000" } },
      { drift = "sysctl -qw net.ipv4.ip_local_port_range='32768 60999'",
        fields = "value" },
      { drift = "sed -i s/20001/30000/ /etc/sysctl.d/zz-pipster-*port_range.conf",
        fields = "persistent" },
      { want = { value = "many" }, fails = "Invalid argument",
        look = "grep -q '20001 60000' /etc/sysctl.d/zz-pipster-*port_range.conf" },
      { drift = "rm /etc/sysctl.d/zz-pipster-*port_range.conf", gone = true },
    },
    after = "[ -z \"$(ls /etc/sysctl.d | grep zz-pipster)\" ]",
  },
  {
    type = "sysctl", what = "that the kernel does not have", name = "net.ipv4.no_such",
    kept = true,
    steps = { { want = { value = 1 }, fails = "No such file",
      look = "[ ! -e /etc/sysctl.d/zz-pipster-net.ipv4.no_such.conf ]" } },
  },
  {
    type = "kernel_module", what = "that the kernel has", name = "loop",
    before = "[ -d /sys/module/loop ]",
    steps = {
      { want = {}, look = "grep -qx loop /etc/modules-load.d/pipster-loop.conf" },
      { want = { options = "max_loop=8" },
        look = "grep -qx 'options loop max_loop=8' /etc/modprobe.d/pipster-loop.conf" },
      { drift = "rm /etc/modprobe.d/pipster-loop.conf", fields = "options" },
      { drift = "rm /etc/modules-load.d/pipster-loop.conf", gone = true },
      { want = {} },
    },
    after = "[ ! -e /etc/modules-load.d/pipster-loop.conf ]",
  },
  { type = "kernel_module", what = "whose files were edited stays", run = function(bed)
    local boot = "/etc/modules-load.d/pipster-loop.conf"
    local options = "/etc/modprobe.d/pipster-loop.conf"
    local thing = { "kernel_module", "loop", want = { options = "max_loop=8" } }
    for _, path in ipairs { boot, options } do
      assert(bed.edited_stays(thing, "echo '# mine' >> " .. path, path) == path)
      assert(bed.run("ls " .. boot .. " " .. options).status == 0, "one of them is gone")
    end
    bed.run("rm " .. boot .. " " .. options)
  end },
  {
    type = "kernel_module", what = "that it does not have", name = "no_such_module",
    kept = true,
    steps = { { want = { options = "a=1" }, fails = "no_such_module",
      look = "[ -z \"$(ls /etc/modprobe.d /etc/modules-load.d | grep no_such)\" ]" } },
  },
  {
    type = "hostname", there = true, stays = true,
    steps = {
      { want = { hostname = "app1", domain = "example.com" },
        look = "[ \"$(hostname -f)\" = app1.example.com ] && [ \"$(uname -n)\" = app1 ]"
          .. " && grep -q '^127.0.0.1.*localhost' /etc/hosts" },
      { want = { hostname = "app2", domain = "example.org" } },
      { drift = "hostname other", fields = "in_force" },
      { drift = "sed -i 's/^127.0.1.1.*/127.0.1.1 x.example.org x/' /etc/hosts",
        fields = "in_force" },
      { drift = "echo app3 > /etc/hostname; hostname app3; sed -i"
        .. " 's/^127.0.1.1.*/127.0.1.1 app3.example.org app3/' /etc/hosts",
        fields = "hostname" },
      { want = { hostname = "bed", domain = "example.org" } },
    },
  },
  {
    type = "timezone", name = "Europe/Berlin", there = true, stays = true,
    -- Each change restarts cron, which systemd does five times in ten seconds at most.
    before = "ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime;"
      .. " systemctl reset-failed cron.service 2>/dev/null || :",
    steps = {
      { want = {}, look = "[ \"$(date -d @1750000000 +%H%Z)\" = 17CEST ]" },
      { want = { zone = "America/New_York" },
        look = "[ ! -e /etc/timezone ] || grep -qx America/New_York /etc/timezone" },
      { drift = "ln -sfn /usr/share/zoneinfo/Asia/Tokyo /etc/localtime", fields = "zone" },
      { want = { zone = "Europe/Entenhausen" }, fails = "no time zone" },
      { want = { zone = "Etc/UTC" } },
    },
  },
  {
    type = "locale", name = "de_DE.UTF-8",
    before = "sed -i '/^de_DE/d' /etc/locale.gen; rm -rf /usr/lib/locale/locale-archive",
    steps = {
      { want = {}, look = "[ \"$(LC_ALL=de_DE.UTF-8 locale decimal_point)\" = , ]" },
      { want = { default = true }, look = "grep -q de_DE /etc/default/locale" },
      { drift = "update-locale LANG=C.UTF-8", fields = "default" },
      { drift = "rm /usr/lib/locale/locale-archive", gone = true },
      { want = { default = false } },
      { want = { default = true } },
    },
    after = "! locale -a | grep -q de_DE && ! grep -q de_DE /etc/default/locale",
  },
  {
    type = "locale", what = "that nobody speaks", name = "xx_XX.UTF-8", kept = true,
    steps = { { want = {}, fails = "knows no locale",
      look = "! grep -q xx_XX /etc/locale.gen" } },
  },
  {
    type = "mount", name = "/srv/a b",
    before = "cp /etc/fstab /run/fstab.before 2>/dev/null || : > /run/fstab.before;"
      .. " echo '# mine' >> /etc/fstab",
    steps = {
      { want = { device = "tmpfs", fstype = "tmpfs", options = "size=1M" },
        look = "findmnt -rn --mountpoint '/srv/a b' -o SIZE | grep -q 1M &&"
          .. " grep -q 'nofail' /etc/fstab && findmnt --verify >/dev/null" },
      { want = { device = "tmpfs", fstype = "tmpfs", options = { "size=2M", "noexec" },
        nofail = false }, look = "findmnt -rn -o OPTIONS '/srv/a b' | grep -q noexec" },
      { want = { device = "/etc", fstype = "none", options = { "bind" } },
        look = "[ -e '/srv/a b/passwd' ]" },
      { drift = "umount '/srv/a b'", fields = "mounted" },
      { drift = "sed -i 's/bind,nofail/bind/' /etc/fstab", fields = "nofail" },
      { want = { device = "/etc", fstype = "none", options = { "bind" },
        mounted = false } },
      { drift = "sed -i '/srv.a/d' /etc/fstab", gone = true },
      { want = { device = "LABEL=no-such-disk", fstype = "ext4" }, fails = "no%-such%-disk",
        look = "! grep -q no-such-disk /etc/fstab && grep -q bind /etc/fstab" },
      { want = { device = "tmpfs", fstype = "no-such-fs" }, fails = "no%-such%-fs",
        look = "! grep -q no-such-fs /etc/fstab && grep -q bind /etc/fstab" },
      { want = { device = "/etc", fstype = "none", options = { "bind" } } },
    },
    after = "! grep -q srv /etc/fstab && grep -q '^# mine' /etc/fstab &&"
      .. " ! findmnt -rn '/srv/a b'",
  },
  -- A kernel takes no swap from within a host of the lab: what it is asked is tested.
  {
    type = "swap", name = "/swapfile",
    steps = {
      { want = { size = "1M", active = false },
        look = "[ \"$(stat -c '%a %s' /swapfile)\" = '600 1048576' ] &&"
          .. " grep -q '^/swapfile none swap' /etc/fstab" },
      { want = { size = "2M", active = false } },
      { drift = "sed -i /swapfile/d /etc/fstab", fields = "at_boot" },
      { drift = "truncate -s 1M /swapfile; mkswap -q /swapfile 2>/dev/null", fields = "size" },
      { drift = "rm /swapfile", gone = true },
      { want = { size = "900000G", active = false }, fails = "there is room for",
        look = "[ \"$(stat -c %s /swapfile)\" = 2097152 ]" },
    },
    after = "[ ! -e /swapfile ] && ! grep -q swapfile /etc/fstab",
  },
  {
    type = "swap", what = "that the kernel refuses", name = "/swap2", kept = true,
    steps = { { want = { size = "1M" }, fails = "swapon",
      look = "[ ! -e /swap2 ] && ! grep -q swap2 /etc/fstab" } },
  },
  {
    type = "swap", what = "of a file that is none", name = "/etc/hosts", kept = true,
    steps = { { want = { size = "1M" }, fails = "no swap file",
      look = "grep -q localhost /etc/hosts" } },
  },
}
