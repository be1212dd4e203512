-- SPDX-License-Identifier: MIT
local whole = [[

@FACT os
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian

@FACT kernel
6.1.0-18-amd64

@FACT uptime
86461.25 1.00

@FACT cpu
processor	: 0
model name	: EPYC
processor	: 1
model name	: EPYC

@FACT memory
MemTotal:        4000 kB
MemAvailable:    1000 kB

@FACT disks
Filesystem     Type  1024-blocks    Used Available Capacity Mounted on
udev           devtmpfs     100       0       100       0% /dev
/dev/sda1      ext4        2000    1000       900      53% /
/dev/sdb       ext4        2000    1000       900      53% /mnt/my disk

@FACT addresses
1: lo    inet 127.0.0.1/8 scope host lo
2: eth0    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0
2: eth0    inet6 fe80::1/64 scope link
2: eth0    inet6 2001:db8::1/64 scope global

@FACT reboot
required
linux-image-amd64

@FACT now
2000

@FACT lists
1000
1900

@FACT packages
312

@FACT ports
tcp   LISTEN 0      128   0.0.0.0:443   0.0.0.0:*    users:(("caddy",pid=7,fd=3))
tcp   LISTEN 0      128             [::]:22           [::]:*
udp   UNCONN 0      0         127.0.0.1:323       0.0.0.0:*

@FACT failed
broken.service loaded failed failed A broken one

@FACT docker
20.10.24 3

@FACT end
]]

local without_ss = [[

@FACT ports
tcp   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
tcp    0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
tcp    1: 0100007F:1F91 0100007F:0016 01 00000000:00000000 00:00000000 00000000     0
tcp    0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A
udp    0: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0

@FACT end
]]

return {
  { what = "a whole answer", run = function(_, steps)
    local found = require("facts_parse").all(whole)
    steps.same("os", { id = "debian", version = "12", codename = "bookworm",
      name = "Debian GNU/Linux 12 (bookworm)" }, found.os)
    steps.same("kernel", "6.1.0-18-amd64", found.kernel)
    steps.same("uptime", 86461, found.uptime_s)
    steps.same("cpu", { count = 2, model = "EPYC" }, found.cpu)
    steps.same("memory", { total = 4096000, available = 1024000 }, found.memory)
    steps.same("disks", 2, #found.disks)
    steps.same("a mount with a blank", "/mnt/my disk", found.disks[2].mount)
    steps.same("addresses", 2, #found.addresses)
    steps.same("ipv6", "2001:db8::1/64", found.addresses[2].address)
    steps.same("reboot", true, found.reboot_required)
    steps.same("because of", "linux-image-amd64", found.reboot_packages[1])
    steps.same("packages", { installed = 312, lists_age_s = 100 }, found.packages)
    steps.same("ports", 3, #found.ports)
    steps.same("sorted", { protocol = "tcp", address = "[::]", port = 22 },
      found.ports[1])
    steps.same("whose", "caddy", found.ports[3].process)
    steps.same("failed", "broken.service", found.failed_units[1])
    steps.same("docker", { version = "20.10.24", running = 3 }, found.docker)
  end },
  { what = "ports by the kernel's own tables", run = function(_, steps)
    local ports = require("facts_parse").all(without_ss).ports
    steps.same("listeners and bound sockets alone", 3, #ports)
    steps.same("any", { protocol = "tcp", address = "[::]", port = 22 }, ports[1])
    steps.same("udp", { protocol = "udp", address = "0.0.0.0", port = 68 }, ports[2])
    steps.same("local", { protocol = "tcp", address = "127.0.0.1", port = 8080 },
      ports[3])
  end },
  { what = "nothing is known of a host that tells nothing", run = function(_, steps)
    local found = require("facts_parse").all("")
    steps.same("reboot", false, found.reboot_required)
    steps.same("docker", nil, found.docker)
    steps.same("ports", 0, #found.ports)
    steps.same("lists", nil, found.packages.lists_age_s)
  end },
}
