-- SPDX-License-Identifier: MIT
-- Contacts, and what is watched: every message is looked for in the lab's mail.
local fakes, disks, etc = ...

local alerting = require "tests.lab.harness.alerting"
local arrived, fires, lab_mail = alerting.arrived, alerting.fires, alerting.mail

local function with(more)
  local copy = {}
  for name, value in pairs(lab_mail) do copy[name] = value end
  for name, value in pairs(more) do copy[name] = value end
  return copy
end

return {
  {
    type = "alert.contact", name = "ops", before = "rm -rf /etc/pipster/contacts",
    steps = {
      { want = lab_mail, look = "[ \"$(stat -c %a:%U /etc/pipster/contacts/ops)\" ="
        .. " 600:root ] && journalctl -q -t pipster-alert | grep -q 'sent to ops: pipster:"
        .. " test of the contact ops'" },
      { want = with { to = { "ops@pipster.app", "boss@pipster.app" } } },
      { drift = "sed -i s/boss/mate/ /etc/pipster/contacts/ops", fields = "to" },
      { drift = "echo '# mine' >> /etc/pipster/contacts/ops", fields = "as_written" },
      { drift = "chmod 644 /etc/pipster/contacts/ops", fields = "as_written" },
      { drift = "echo '# x' >> /usr/local/lib/pipster/alert", fields = "sender" },
      { drift = "rm /etc/pipster/contacts/ops", gone = true },
      { want = with { server = "10.91.0.1:1026" }, fails = "cannot be reached",
        look = "grep -q 10.91.0.1:1025 /etc/pipster/contacts/ops" },
      { want = { via = "webhook", url = fakes.box("secret", "http://10.91.0.1:1/canary") },
        fails = "webhook cannot be reached" },
    },
    after = "[ ! -e /usr/local/lib/pipster/alert ] && [ ! -e /etc/pipster/contacts ]",
  },
  { type = "alert.contact", what = "by mail: a test message each time it changed",
    run = function()
      assert(arrived "X-RcptTo: ops@pipster.app$")
      assert(arrived "X-RcptTo: ops@pipster.app, boss@pipster.app$")
      assert(arrived "Subject: pipster: test of the contact ops on bed")
    end },
  {
    type = "alert.disk", name = "root",
    steps = {
      { want = { notify = { "ops" } }, look = "systemctl is-active -q"
        .. " pipster-watch-disk-root.timer" },
      { want = { notify = { "ops", "on-call" }, above = "90%", below = "70%",
        every = "10s", over = "0s" }, look = "grep -q '^above=90 below=70'"
        .. " /etc/pipster/watches/disk-root" },
      { drift = "sed -i 's/# above: 90/# above: 99/' /etc/pipster/watches/disk-root",
        fields = "above" },
      { drift = "sed -i s/above=90/above=99/ /etc/pipster/watches/disk-root",
        fields = "as_written" },
      { drift = "systemctl disable --now -q pipster-watch-disk-root.timer",
        fields = "active" },
      { drift = "echo '# x' >> /usr/local/lib/pipster/watch", fields = "script" },
      { drift = "rm /etc/pipster/watches/disk-root", gone = true },
      { want = { notify = { "ops" }, path = "/no/such/folder" },
        fails = "is on no file system" },
    },
    after = "[ ! -e /usr/local/lib/pipster/watch ] && [ ! -e /etc/pipster/watches ] &&"
      .. " [ ! -e /etc/systemd/system/pipster-watch-disk-root.timer ]",
  },
  fires("alert.disk", "small", { path = "/srv/small it's" }, {
    about = "disk /srv/small it.s is 81.. % full",
    over = "disk /srv/small it.s is 0.0 % full",
    before = "mkdir -p \"/srv/small it's\" && mount -t tmpfs -o size=10m none \"/srv/small"
      .. " it's\"",
    starts = "head -c 8500000 /dev/zero > \"/srv/small it's/filled\"",
    ends = "rm \"/srv/small it's/filled\"", after = "umount \"/srv/small it's\"",
  }),
  fires("alert.disk", "whole", { path = "/var/lib/pipster/watches" }, {
    about = "disk /var/lib/pipster/watches is 100.0 % full",
    over = "disk /var/lib/pipster/watches is ",
    before = "mkdir -p /var/lib/pipster/watches && mount -t tmpfs -o size=1m none"
      .. " /var/lib/pipster/watches",
    starts = "! head -c 2000000 /dev/zero > /var/lib/pipster/watches/filled",
    ends = "rm /var/lib/pipster/watches/filled",
    after = "umount /var/lib/pipster/watches",
  }),
  fires("alert.downtime", "beacon", { unit = "beacon" }, {
    about = "beacon is ", before = "systemd-run -q --unit beacon sleep infinity",
    starts = "systemctl stop beacon",
    ends = "systemd-run -q --unit beacon sleep infinity", after = "systemctl stop beacon",
  }),
  fires("alert.downtime", "site", { url = "http://127.0.0.1:8055/" }, {
    about = "http://127.0.0.1:8055/ ", before = "systemd-run -q --unit web python3 -m"
      .. " http.server 8055 && while ! curl -s 127.0.0.1:8055 >/dev/null; do sleep 0.2; done",
    starts = "systemctl stop web",
    ends = "systemd-run -q --unit web python3 -m http.server 8055",
    after = "systemctl stop web",
  }),
  etc.case("alert.contact, alert.disk", {
    { "alert.contact", "disk", lab_mail, with { to = { "disk@pipster.app" } } },
    { "alert.disk", "disk", { notify = { "ops" } }, { notify = { "ops" }, above = "95%" } },
  }, disks.etc_read_only),
}
