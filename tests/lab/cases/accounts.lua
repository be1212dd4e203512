-- SPDX-License-Identifier: MIT
-- Groups, users, their keys and what they may do as root.
local _, disks = ...
local one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ39eH4lHk0pH7b9x0Jk5dVxYlmTzq0iJmFJm6s8Lq1c"
local two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKc0O0mJm2xJm6V3n7cUlq0g2k1kVd0b1m2xqzv1Qx9d"
local keys = "/home/ada/.ssh/authorized_keys"
local ada = "getent passwd ada >/dev/null || useradd -m ada; rm -rf /home/ada/.ssh"

local hash = "$6$salt$" .. ("a"):rep(86)

local cases = {
  {
    type = "user_group", name = "deploy",
    before = "! getent group deploy >/dev/null || groupdel deploy",
    steps = {
      { want = { gid = 4321 }, look = "[ \"$(getent group deploy | cut -d: -f3)\" = 4321 ]" },
      { want = { gid = 4322 } },
      { drift = "groupmod -g 4400 deploy", fields = "gid" },
      { drift = "groupdel deploy", gone = true },
      { want = { gid = 0 }, fails = "already exists" },
    },
    after = "! getent group deploy",
  },
  {
    type = "user_group", what = "that is somebody's own stays", name = "ada", there = true,
    kept = true, before = ada .. "; ! groupdel ada 2>/dev/null",
    steps = { { want = {} } },
  },
  {
    type = "sudoers", name = "deploy",
    before = ada,
    steps = {
      { want = { rules = "ada ALL=(root) NOPASSWD: /usr/bin/id" },
        look = "runuser -u ada -- sudo -n /usr/bin/id | grep -q uid=0 &&"
          .. " ! runuser -u ada -- sudo -n /usr/bin/true 2>/dev/null" },
      { want = { rules = { "# who deploys",
        "ada ALL=(root) NOPASSWD: /usr/bin/id, /usr/bin/true" } },
        look = "runuser -u ada -- sudo -n /usr/bin/true" },
      { drift = "chmod 644 /etc/sudoers.d/deploy", fields = "mode" },
      { drift = "echo 'ada ALL=(ALL) ALL' >> /etc/sudoers.d/deploy", fields = "rules" },
      { want = { rules = "ada ALL=(root NOPASSWD" }, fails = "syntax error",
        look = "visudo -cq && [ \"$(ls /etc/sudoers.d | grep -c pipster)\" = 0 ]"
          .. " && runuser -u ada -- sudo -n /usr/bin/true" },
      { drift = "rm /etc/sudoers.d/deploy", gone = true },
    },
    after = "! runuser -u ada -- sudo -n /usr/bin/id 2>/dev/null",
  },
  {
    type = "sudoers", what = "that is wrong beside another one", name = "twice",
    kept = true,
    before = "echo 'User_Alias OPS = root' > /etc/sudoers.d/aliases;"
      .. " chmod 440 /etc/sudoers.d/aliases",
    steps = { { want = { rules = "User_Alias OPS = daemon" }, fails = "OPS",
      look = "[ ! -e /etc/sudoers.d/twice ] && rm /etc/sudoers.d/aliases && visudo -cq" } },
  },
  {
    type = "sudoers", what = "that were turned back are still ours", run = function(bed)
      local path = "/etc/sudoers.d/back"
      local have = { rules = { "# one" } }
      assert(bed.apply { { "sudoers", "back", want = have } } == "done")
      local why = bed.turned_back({ "sudoers", "back", want = { rules = "# two" },
        have = have }, require("shell").write_file { path = path, mode = "0440",
        content = "# two\n" })
      assert(why:find("was turned back"), why)
      assert(bed.run("cat " .. path).output == "# one\n", "it was not turned back")
      assert(not bed.observe("sudoers", "back", have).edited, "it is taken for edited")
      assert(bed.apply { { "sudoers", "back", have = have } } == "done")
      assert(bed.run("[ ! -e " .. path .. " ]").status == 0, "it is not removed")
    end,
  },
  {
    type = "user", name = "eve",
    before = "! getent passwd eve >/dev/null || userdel -r eve 2>/dev/null; rm -rf /srv/eve",
    steps = {
      { want = { system = true, home = "/srv/eve", comment = "Eve of Ops",
        shell = "/usr/sbin/nologin", remove_home = true },
        look = "[ \"$(id -u eve)\" -lt 1000 ] && [ \"$(stat -c %U /srv/eve)\" = eve ]" },
      { want = { uid = 2345, home = "/srv/eve2", comment = "Eve", password = hash,
        remove_home = true }, look = "getent shadow eve | grep -qF '" .. hash .. "' &&"
        .. " [ \"$(stat -c %u /srv/eve2)\" = 2345 ] && [ ! -e /srv/eve ]" },
      { drift = "echo 'eve:$6$other$x' | chpasswd -e", fields = "password" },
      { drift = "usermod -c Eva eve", fields = "comment" },
      { drift = "usermod -L eve", fields = "password" },
      { want = { password = "locked", remove_home = true },
        look = "passwd -S eve | grep -q ' L '" },
      { want = { uid = 0, remove_home = true }, fails = "already exists" },
      { want = { shell = "/bin/no-such", remove_home = true }, fails = "there is no shell",
        look = "getent passwd eve | grep -q /bin/bash" },
    },
    after = "! getent passwd eve && [ ! -e /srv/eve2 ]",
  },
  {
    type = "authorized_key", name = "laptop",
    before = ada .. "; runuser -u ada -- sh -c 'umask 077; mkdir ~/.ssh;"
      .. " printf \"# mine\\n" .. two .. " other\\n\" > ~/.ssh/authorized_keys'",
    steps = {
      { want = { user = "ada", key = one .. " ada@laptop" },
        look = "[ \"$(stat -c '%a %U' " .. keys .. ")\" = '600 ada' ] && grep -q other "
          .. keys },
      { want = { user = "ada", key = one .. " ada@laptop",
        options = { "no-pty", "from=\"192.0.2.0/24,::1\"" } },
        look = "grep -qF 'no-pty,from=\"192.0.2.0/24,::1\" ssh-ed25519' " .. keys },
      { drift = "sed -i 's/no-pty,//' " .. keys, fields = "options" },
      { want = { user = "ada", key = one .. " ada@laptop", exclusive = true },
        look = "! grep -q other " .. keys .. " && grep -q '^# mine' " .. keys },
      { drift = "echo '" .. two .. " again' >> " .. keys, fields = "exclusive" },
      { drift = "sed -i /laptop/d " .. keys, gone = true },
      { want = { user = "ada", key = "ssh-ed25519 AAAAnonsense x" }, fails = "no key" },
      { want = { user = "nobody-such", key = one }, fails = "there is no user" },
    },
    after = "! grep -q laptop " .. keys,
  },
}

-- At home on a disk where nothing can be written, with as many keys as fill two pages.
local home = "userdel disker 2>/dev/null; mkdir -p /srv/mnt/h && useradd -d /srv/mnt/h disker"
  .. " && cp -rT /etc/skel /srv/mnt/h && chown -R disker: /srv/mnt/h"
local many = {}
for index = 1, 99 do many[index] = "ssh-ed25519 AAAA" .. ("%03d"):format(index):rep(20) end
for _, thing in ipairs {
  { type = "authorized_key", name = "k", before = home, first = { user = "disker", key = one },
    second = { user = "disker", key = one, options = { "no-pty" } } },
  { type = "user", name = "disker", before = home, first = { ssh_keys = { one } },
    second = { ssh_keys = many } },
} do
  local made = disks.cases(thing, { disks.read_only, disks.full() })
  table.move(made, 1, #made, #cases + 1, cases)
end
return cases
