-- SPDX-License-Identifier: MIT
-- What apt installs, and what guards and runs the host.
local _, disks, etc = ...

return {
  {
    type = "package", name = "tree", before = "dpkg --purge tree 2>/dev/null; true",
    steps = {
      { want = {} },
      { drift = "apt-get purge -y -q tree", gone = true },
      { want = { version = "2.1.0-2" }, fails = "not found" },
    },
    after = "! command -v tree",
  },
  {
    type = "package", what = "that must not be there", name = "tree", kept = true,
      there = true,
    before = "apt-get update -q && apt-get install -y -q tree",
    steps = {
      { want = { absent = true }, look = "! command -v tree" },
      { drift = "apt-get install -y -q tree", fields = "absent" },
    },
  },
  {
    type = "package", what = "that does not exist", name = "no-such-package-as-this",
      kept = true,
    steps = { { want = {}, fails = "Unable to locate" } },
  },
  {
    type = "package", what = "of a cut-off install, with old lists", name = "sl",
    before = "rm -f /var/lib/pipster/apt-refreshed; cd /tmp; apt-get download -q sl"
      .. " >/dev/null"
      .. " && dpkg --unpack sl_*.deb >/dev/null; rm sl_*.deb"
      .. "; [ \"$(dpkg-query -W -f '${db:Status-Status}' sl)\" = unpacked ]",
    steps = { { want = {},
      look = "[ -x /usr/games/sl ] && [ -e /var/lib/pipster/apt-refreshed ]" } },
  },
  {
    type = "package", what = "that others need becomes automatic", name = "libncurses6",
      there = true,
    stays = true, before = "apt-get install -y -q sl",
    steps = { { want = {} } },
    after = "[ -x /usr/games/sl ] && apt-mark showauto | grep -qx libncurses6",
  },
  {
    type = "upgrade", stays = true,
    steps = { { want = {} } },
  },
  {
    type = "unattended_upgrades",
    steps = {
      { want = {} },
      { want = { reboot = "04:00" },
        look = "apt-config dump | grep -q 'Automatic-Reboot-Time \"04:00\"'" },
      { drift = "sed -i 's/04:00/05:00/' /etc/apt/apt.conf.d/52pipster-upgrades",
        fields = "reboot" },
      { drift = "echo '// mine' >> /etc/apt/apt.conf.d/52pipster-upgrades",
        fields = "as_written" },
      { want = {} },
      { want = { reboot = "\"; }" }, fails = "yntax" },
    },
  },
  {
    type = "cron", name = "job",
    steps = {
      { want = { schedule = "0 */6 * * *", run = "date +%s" } },
      { want = { schedule = "@daily", run = "echo 'a\\%b' \"$HOME\" | cat",
        user = "nobody" } },
      { drift = "sed -i 's/@daily/@hourly/' /etc/cron.d/pipster-job",
        fields = "schedule" },
      { drift = "echo '# mine' >> /etc/cron.d/pipster-job",
        fields = "run schedule user" },
      { drift = "sed -i '1s/.*/PATH=/' /etc/cron.d/pipster-job", fields = "as_written" },
      { drift = "rm /etc/cron.d/pipster-job", gone = true },
    },
  },
  {
    type = "timer", name = "job",
    before = "rm -f /run/job.out",
    steps = {
      { want = { schedule = "daily", run = "true" },
        look = "systemctl list-timers --no-pager | grep -q pipster-job" },
      { want = { schedule = "*-*-* 02:00", user = "root", description = "a 100% job",
          run = "x='it'\\''s \"100%\" $((1 + 2)) \\\\'\nprintf '%s' \"$x\" >"
            .. " /run/job.out" },
        look = "systemctl start pipster-job.service && [ \"$(cat /run/job.out)\" ="
          .. " \"it's \\\"100%\\\""
          .. " \\$((1 + 2)) \\\\\\\\\" ]" },
      { drift = "systemctl disable --now -q pipster-job.timer", fields = "active" },
      { drift = "sed -i 's/02:00/03:00/' /etc/systemd/system/pipster-job.timer",
        fields = "schedule" },
      { drift = "echo Nice=5 >> /etc/systemd/system/pipster-job.service",
        fields = "as_written" },
      { want = { schedule = "whenever", run = "true" }, fails = "whenever" },
      { drift = "rm /etc/systemd/system/pipster-job.timer", gone = true },
    },
  },
  {
    type = "service", name = "cron", there = true,
    steps = {
      { want = { running = false } },
      { want = { running = true, enabled = false } },
      { want = {} },
      { drift = "systemctl stop -q cron", fields = "running" },
      { drift = "systemctl disable -q cron 2>/dev/null", fields = "enabled" },
      { drift = "systemctl mask -q --now cron", fields = "enabled masked running" },
    },
    stays = true,
  },
  {
    type = "service", what = "of a unit that fails", name = "pipster-bad", there = true,
      stays = true,
    before = "printf '[Service]\\nType=oneshot\\nExecStart=/bin/sh -c \"echo went wrong;"
      .. " exit 3\"\\n'"
      .. " > /etc/systemd/system/pipster-bad.service; systemctl daemon-reload",
    steps = { { want = { enabled = false, running = false } },
      { want = { enabled = false }, fails = "went wrong" } },
  },
  {
    type = "fail2ban",
    steps = {
      { want = {}, look = "fail2ban-client status sshd" },
      { want = { max_retry = 3, find_time = "5m", ban_time = "2h" },
        look = "[ \"$(fail2ban-client get sshd bantime)\" = 7200 ]" },
      { drift = "systemctl stop fail2ban", fields = "active" },
      { drift = "sed -i 's/maxretry = 3/maxretry = 9/' /etc/fail2ban/jail.d/pipster.conf",
        fields = "max_retry",
          look = "fail2ban-client set sshd banip 192.0.2.9 && nft list ruleset"
          .. " | grep -q 192.0.2.9" },
      { drift = "rm /etc/fail2ban/jail.d/pipster.conf", gone = true },
    },
  },
  {
    type = "ufw",
    steps = {
      { want = { allow = { "22/tcp", 80 } },
        look = "ufw status | grep -q '^80/tcp .*ALLOW'" },
      { want = { allow = { 22, "60000:61000/udp",
        "from 192.0.2.0/24 to any port 5432 proto tcp" } },
        look = "! ufw status | grep -q '^80/tcp' && ufw status | grep -q 192.0.2.0/24" },
      { drift = "ufw allow 8080/tcp comment 'by hand' >/dev/null", fields = "allow" },
      { drift = "ufw delete allow 60000:61000/udp >/dev/null", fields = "allow" },
      { drift = "ufw deny from 192.0.2.66 >/dev/null; ufw route allow to any port 81"
        .. " proto tcp"
        .. " >/dev/null", fields = "allow" },
      { drift = "ufw default allow incoming >/dev/null", fields = "denies" },
      { drift = "ufw --force disable >/dev/null", gone = true },
      { want = { allow = { 22, "99999/tcp" } }, fails = "[Bb]ad port",
        look = "ufw status | grep -q '^22/tcp .*ALLOW'" },
    },
  },
  etc.case("unattended_upgrades, fail2ban", { { "unattended_upgrades", nil, {},
    { reboot = "04:00" } }, { "fail2ban", nil, {}, { max_retry = 4 } } }, disks.etc_full),
  etc.case("unattended_upgrades, fail2ban", { { "unattended_upgrades", nil, {},
    { reboot = "04:00" } }, { "fail2ban", nil, {}, { max_retry = 4 } } },
    disks.etc_read_only),
  etc.case("ufw", { { "ufw", nil, { allow = { 22 } }, { allow = { 22, 80 } } } },
    disks.etc_full),
  { type = "fail2ban", what = "that was edited is not removed", run = function(bed)
    local path = "/etc/fail2ban/jail.d/pipster.conf"
    bed.edited_stays({ "fail2ban", nil, want = {} }, "echo '# mine' >> " .. path, path)
    bed.run("rm " .. path)
    path = "/etc/apt/apt.conf.d/52pipster-upgrades"
    bed.edited_stays({ "unattended_upgrades", nil, want = {} }, "echo '// mine' >> " .. path,
      path)
    bed.run("rm " .. path)
  end },
  {
    type = "ufw", what = "whose change failed is as it was", run = function(bed)
      local want = { allow = { "22/tcp", 80 } }
      assert(bed.apply { { "ufw", "", want = want } } == "done")
      for _, change in ipairs { "ufw allow 81", "ufw default allow", "ufw --force disable" } do
        local why = bed.turned_back({ "ufw", "", want = want, have = want }, change)
        assert(why:find("was turned back"), why)
        local seen = bed.run("ufw status verbose").output
        assert(seen:find("Status: active") and seen:find("80/tcp") and not seen:find("81")
          and seen:find("deny %(incoming%)"), change .. ": " .. seen)
      end
      bed.run("ufw --force disable")
      bed.turned_back({ "ufw", "", want = want, have = want }, "ufw --force enable")
      local seen = bed.run("ufw status; iptables -S INPUT | head -n 1").output
      assert(seen == "Status: inactive\n-P INPUT ACCEPT\n", seen)
    end,
  },
}
