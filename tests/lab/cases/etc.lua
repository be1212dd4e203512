-- SPDX-License-Identifier: MIT
-- Types whose files are in /etc, where nothing can be written any more.
local _, disks, etc = ...

local function unit(section, line)
  return "[" .. section .. "]\n" .. line .. "\n[Install]\nWantedBy=multi-user.target\n"
end
local function filter(port)
  return "table inet disk {\n  chain input {\n    type filter hook input priority 0;"
    .. " policy accept\n    tcp dport " .. port .. " accept\n  }\n}\n"
end
local keepalive = "net.ipv4.tcp_keepalive_time"
local tmpfs = { device = "tmpfs", fstype = "tmpfs", options = { "size=1M" } }
local larger = { device = "tmpfs", fstype = "tmpfs", options = { "size=2M" } }

local things = {
  { "cron", "disk", { schedule = "@daily", run = "true" },
    { schedule = "@hourly", run = "true" } },
  { "timer", "disk", { schedule = "daily", run = "true" },
    { schedule = "hourly", run = "true" } },
  { "service", "disk", { content = unit("Service", "ExecStart=/usr/bin/sleep 600") },
    { content = unit("Service", "ExecStart=/usr/bin/sleep 601") } },
  { "sysctl", keepalive, { value = 7100 }, { value = 7101 } },
  { "logrotate", "disk", { files = { "/var/log/a.log" } }, { files = { "/var/log/b.log" } } },
  { "journald", nil, { max_use = "100M" }, { max_use = "101M" } },
  { "kernel_module", "loop", { options = "max_loop=8" }, { options = "max_loop=9" } },
  { "mount", "/srv/disk", tmpfs, larger },
  { "user_group", "disks", { gid = 4321 }, { gid = 4322 }, why = "/etc/group" },
  { "hostname", nil, { hostname = "bed", domain = "example.org" },
    { hostname = "bed", domain = "example.com" }, stays = true },
  { "timezone", nil, { zone = "Etc/UTC" }, { zone = "Asia/Tokyo" }, stays = true },
}
-- The switch of these is armed in /etc as well: each is a batch of its own.
local risky = {
  { "sudoers", "disk", { rules = "daemon ALL=(root) NOPASSWD: /usr/bin/id" },
    { rules = "daemon ALL=(root) NOPASSWD: /usr/bin/true" } },
  { "user", "disk", { sudo = "nopasswd" }, { sudo = "nopasswd", comment = "other" },
    why = "/etc/passwd" },
  { "sshd", nil, { max_sessions = 7 }, { max_sessions = 8 } },
  { "nftables", nil, { rules = filter(80) }, { rules = filter(81) } },
}

local cases = {}
local function add(name, list, state) cases[#cases + 1] = etc.case(name, list, state) end
add("cron … timezone", things, disks.etc_read_only)
add("cron … timezone", things, disks.etc_full)
add("sudoers", { risky[1] }, disks.etc_read_only)
for _, thing in ipairs(risky) do add(thing[1], { thing }, disks.etc_full) end
add("locale", { { "locale", "fr_FR.UTF-8", { default = false }, { default = true } } },
  disks.etc_read_only)
cases[#cases + 1] = { type = "swap", what = disks.etc_full.what, run = function(bed)
  bed.run("rm -f /swapdisk")
  etc.while_spoilt(bed, disks.etc_full, function()
    local words, results = bed.apply { { "swap", "/swapdisk",
      want = { size = "1M", active = false } } }
    assert(words == "failed", words)
    assert(tostring(results[1].fault):find "No space left", tostring(results[1].fault))
    assert(bed.run("ls -A / | grep swapdisk").output == "", "its file is left behind")
  end)
end }
return cases
