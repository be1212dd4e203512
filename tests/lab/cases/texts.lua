-- SPDX-License-Identifier: MIT
-- Parts of files that are others' as well: lines, blocks; links; files that are edited.
local fakes, disks = ...
local canary = fakes.box("secret", "canary-0123456789abcdef")
local same_owner = " && [ \"$(stat -c '%a %U' /srv/c)\" = '640 keeper' ]"
local given = "getent passwd keeper >/dev/null || useradd keeper; rm -rf /srv/c;"
  .. " printf 'one\\n#two = 2\\ntwo = 3\\nlast' > /srv/c; chmod 640 /srv/c;"
  .. " chown keeper /srv/c"

local function refused(kind, what, want, why, before, look)
  return { type = kind, what = what, name = "bad", there = true, kept = true,
    before = before, steps = { { want = want, fails = why, look = look } } }
end

local cases = {
  {
    type = "line", name = "two", there = true, before = given,
    steps = {
      { want = { path = "/srv/c", line = "two = $'2\\\"", match = "^#?two = " },
        look = "[ \"$(cat /srv/c)\" = \"one\ntwo = \\$'2\\\\\\\"\nlast\" ]" .. same_owner },
      { drift = "sed -i 's/^two.*/two = 4/' /srv/c", fields = "line",
        look = "[ $(wc -l < /srv/c) = 2 ]" },
      { drift = "sed -i /two/d /srv/c", gone = true,
        look = "[ \"$(tail -n 1 /srv/c)\" = \"two = \\$'2\\\\\\\"\" ]" .. same_owner },
      { want = { path = "/srv/c", line = "two", match = "^#?two", before = "^last" },
        look = "[ \"$(cat /srv/c)\" = 'one\nlast\ntwo' ]" },
      { drift = "echo '#two' >> /srv/c", fields = "line",
        look = "[ \"$(cat /srv/c)\" = 'one\nlast\ntwo' ]" },
      { want = { path = "/srv/c", absent = true, match = "^two" },
        look = "[ \"$(cat /srv/c)\" = 'one\nlast' ]" },
      { drift = "echo two >> /srv/c", fields = "absent" },
      { want = { path = "/srv/c", line = "begin", before = "^one" },
        look = "[ \"$(cat /srv/c)\" = 'begin\none\nlast' ]" },
      { want = { path = "/srv/c", line = "middle", after = "^one" },
        look = "[ \"$(sed -n 3p /srv/c)\" = middle ]" },
      { want = { path = "/srv/c", line = canary, match = "^middle" },
        look = "grep -qx canary-0123456789abcdef /srv/c && ! grep middle /srv/c"
          .. same_owner },
    },
    after = "[ \"$(cat /srv/c)\" = 'begin\none\nlast' ]" .. same_owner,
  },
  {
    type = "line", name = "begun", before = "rm -f /srv/new",
    steps = { { want = { path = "/srv/new", line = "-e x", create = true },
      look = "[ \"$(cat /srv/new)\" = '-e x' ]" } },
  },
  {
    type = "block", name = "it's a block", before = given,
    steps = {
      { want = { path = "/srv/c", content = "a 'b' $HOME \\n\nc\n", after = "^one" },
        look = "[ \"$(sed -n 3,4p /srv/c)\" = \"a 'b' \\$HOME \\\\n\nc\" ]" .. same_owner },
      { want = { path = "/srv/c", content = canary },
        look = "[ \"$(sed -n 3p /srv/c)\" = canary-0123456789abcdef ]" .. same_owner },
      { drift = "sed -i s/canary/other/ /srv/c", fields = "content" },
      { want = { path = "/srv/c", content = "" }, look = "[ $(wc -l < /srv/c) = 5 ]" },
      { want = { path = "/srv/c", content = "x" } },
      { drift = "sed -i '/ pipster /d' /srv/c", gone = true },
    },
    after = "[ \"$(cat /srv/c)\" = 'one\nx\n#two = 2\ntwo = 3\nlast' ]" .. same_owner,
  },
  {
    type = "block", name = "html", before = "rm -f /srv/page",
    steps = { { want = { path = "/srv/page", content = "<p>", comment = "<!-- %s -->",
      create = true }, look = "grep -qxF '<!-- BEGIN pipster html -->' /srv/page" } },
  },
  {
    type = "link", name = "/srv/a link", before = "rm -rf '/srv/a link'",
    steps = {
      { want = { target = "/nowhere" } },
      { want = { target = "../etc/hostname" }, look = "cmp '/srv/a link' /etc/hostname" },
      { drift = "ln -sfn /etc/passwd '/srv/a link'", fields = "target" },
      { drift = "rm '/srv/a link'", gone = true },
    },
    after = "[ ! -e '/srv/a link' ] && [ -s /etc/hostname ]",
  },
  {
    type = "link", name = "/srv/taken", there = true, kept = true,
    before = "rm -rf /srv/taken; echo theirs > /srv/taken",
    steps = { { want = { target = "/etc" }, fails = "is no link",
      look = "[ \"$(cat /srv/taken)\" = theirs ]" } },
  },
  {
    type = "logrotate", name = "shop",
    steps = {
      { want = { files = { "/var/log/shop/*.log", "/var/log/two words" } } },
      { want = { files = { "/var/log/shop/*.log" }, every = "daily", keep = 9,
        size = "10M", compress = false, copytruncate = true, create = "0640 root adm",
        postrotate = "echo one\necho \"it's two\"\n" },
        look = "logrotate -d /etc/logrotate.d/pipster-shop 2>&1 | grep -q '9 rotations'" },
      { drift = "echo '# x' >> /etc/logrotate.d/pipster-shop", fields = "as_written" },
      { drift = "sed -i 's/rotate 9/rotate 8/' /etc/logrotate.d/pipster-shop",
        fields = "keep" },
      { drift = "rm /etc/logrotate.d/pipster-shop", gone = true },
      { want = { files = { "/var/log/shop/*.log" }, create = "0640 nobody-such adm" },
        fails = "unknown user", look = "grep -q 'rotate 9' /etc/logrotate.d/pipster-shop" },
    },
  },
  {
    type = "journald", name = nil,
    steps = {
      { want = { max_use = "100M" } },
      { want = { max_use = "50M", max_retention = "30 days", storage = "volatile" },
        look = "systemctl is-active -q systemd-journald" },
      { drift = "sed -i s/50M/60M/ /etc/systemd/journald.conf.d/pipster.conf",
        fields = "max_use" },
      { drift = "rm /etc/systemd/journald.conf.d/pipster.conf", gone = true },
    },
  },
  {
    type = "file", name = "/srv/theirs", there = true,
    before = "echo theirs > /srv/theirs; rm -f /srv/theirs.before-pipster",
    steps = {
      { want = { content = "ours\n", backup = true },
        look = "[ \"$(cat /srv/theirs.before-pipster)\" = theirs ]" },
      { want = { content = "again\n", backup = true },
        look = "[ \"$(cat /srv/theirs.before-pipster)\" = theirs ]" },
    },
  },
  {
    type = "file", what = "that is sent beside the script", name = "/srv/sent",
    files = { a = "a\0" .. ("binary\n"):rep(20000), b = "\xff\0", t = "k={{k}}" },
    steps = {
      { want = { source = "a" }, look = "[ $(stat -c %s /srv/sent) = 140002 ] &&"
        .. " [ -z \"$(ls /var/lib/pipster/feedc0de/uploads)\" ]" },
      { want = { source = "b", mode = "0600" },
        look = "[ $(stat -c %s:%a /srv/sent) = 2:600 ]" },
      { drift = "echo >> /srv/sent", fields = "content" },
      { want = { source = "b", owner = "nobody-such" }, fails = "invalid user" },
      { want = { template = "t", escape = "shell", values = { k = canary } },
        look = "[ \"$(cat /srv/sent)\" = \"k='canary-0123456789abcdef'\" ]" },
      { drift = "echo >> /srv/sent", fields = "as_written" },
    },
  },
  { type = "file", what = "that was edited is not removed", run = function(bed)
    local units, system = "/etc/systemd/system/", "/etc/sysctl.d/zz-pipster-"
    local function stays(kind, name, want, path, edit)
      bed.edited_stays({ kind, name, want = want }, edit or "echo '# mine' >> " .. path,
        path)
      bed.run("rm -f " .. path)
    end
    stays("file", "/srv/edited", { content = canary }, "/srv/edited")
    stays("block", "b", { path = "/srv/bl", content = "x", create = true }, "/srv/bl",
      "sed -i s/^x/mine/ /srv/bl")
    stays("cron", "job", { schedule = "@daily", run = "true" }, "/etc/cron.d/pipster-job")
    stays("timer", "edited", { schedule = "daily", run = "true" },
      units .. "pipster-edited.service")
    stays("sysctl", "net.ipv4.tcp_fin_timeout", { value = 59 },
      system .. "net.ipv4.tcp_fin_timeout.conf")
    stays("sudoers", "edited", { rules = "# none" }, "/etc/sudoers.d/edited")
    stays("logrotate", "edited", { files = { "/var/log/e" } },
      "/etc/logrotate.d/pipster-edited")
    stays("journald", nil, { max_use = "90M" }, "/etc/systemd/journald.conf.d/pipster.conf")
    stays("sshd", nil, { max_sessions = 9 }, "/etc/ssh/sshd_config.d/00-pipster.conf")
    stays("nftables", nil, { rules = "table ip edited { }" }, "/etc/nftables.conf")
    bed.run("systemctl disable --now -q pipster-edited.timer; nft delete table ip edited;"
      .. " rm -f " .. units .. "pipster-edited.timer;"
      .. " systemctl daemon-reload; systemctl reload ssh")
  end },
  refused("cron", "for a user who is not there", { schedule = "@daily", run = "true",
    user = "nobody-such" }, "there is no user nobody%-such", given,
    "[ ! -e /etc/cron.d/pipster-bad ]"),
  refused("timer", "for a user who is not there", { schedule = "daily", run = "true",
    user = "nobody-such" }, "there is no user nobody%-such", given,
    "[ ! -e /etc/systemd/system/pipster-bad.timer ]"),
  refused("line", "in no file", { path = "/srv/none", line = "x" }, "create = true", given),
  refused("line", "of a bad pattern", { path = "/srv/c", line = "x", match = "(" },
    "[Uu]nmatched", given, "[ \"$(tail -n 1 /srv/c)\" = last ]"),
  refused("block", "without its end", { path = "/srv/c", content = "x" },
    "nothing ends it", given .. "; printf '\\n# BEGIN pipster bad\\n' >> /srv/c"),
}

-- What is read of a file that is too long for the disk, or begins another one.
local long = ("x\n"):rep(70000)
local spoilt = {
  { type = "line", name = "l", first = { path = "/srv/mnt/c", line = "one", create = true },
    second = { path = "/srv/mnt/c", line = ("x"):rep(9000), match = "^one" } },
  { type = "block", name = "b", before = "echo theirs > /srv/mnt/c",
    first = { path = "/srv/mnt/c", content = "one" },
    second = { path = "/srv/mnt/c", content = long } },
  { type = "file", name = "/srv/mnt/f", first = { content = "one\n", mode = "0600" },
    second = { content = long } },
  { type = "file", name = "/srv/mnt/f", second = { content = long } },
  { type = "file", name = "/srv/mnt/f", files = { long = long }, first = { content = "one" },
    second = { source = "long" } },
}
for _, thing in ipairs(spoilt) do
  local made = disks.cases(thing, { disks.read_only, disks.full(1) })
  table.move(made, 1, #made, #cases + 1, cases)
end
for _, thing in ipairs {
  { type = "link", name = "/srv/mnt/l", first = { target = "/x" }, second = { target = "/y" } },
  { type = "directory", name = "/srv/mnt/d", second = {} },
  { type = "directory", name = "/srv/mnt/d/e", second = {} },
} do
  local made = disks.cases(thing, { disks.read_only, disks.no_inodes })
  table.move(made, 1, #made, #cases + 1, cases)
end
return cases
