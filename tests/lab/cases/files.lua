-- SPDX-License-Identifier: MIT
-- Files, directories, users: what needs no package.
local fakes = ...
local canary = fakes.box("secret", "canary-0123456789abcdef\n")

return {
  {
    type = "file", name = "/etc/pipster test's.conf",
    before = "getent passwd keeper >/dev/null || useradd keeper",
    steps = {
      { want = { content = "one\n" } },
      { want = { content = "two 'quoted' $HOME `id` \\n\n", mode = "0640",
        owner = "keeper", group = "keeper" },
        look = "[ \"$(stat -c '%a %U %G' \"/etc/pipster test's.conf\")\" = '640 keeper"
          .. " keeper' ]" },
      { drift = "echo edited > \"/etc/pipster test's.conf\"", fields = "content" },
      { drift = "chmod 600 \"/etc/pipster test's.conf\"; chown root: \"/etc/pipster"
        .. " test's.conf\"",
        fields = "group mode owner" },
      { drift = "rm \"/etc/pipster test's.conf\"", gone = true },
      { want = { content = "", mode = 600 } },
      { want = { content = "x", owner = "nobody-such" }, fails = "invalid" },
      { want = { content = ("long line\n"):rep(20000) } },
      { want = { content = "binary \0 \xff" } },
    },
  },
  {
    type = "file", what = "with a secret", name = "/root/secret file",
    steps = {
      { want = { content = canary, mode = "0600" } },
      { want = { content = "TOKEN=" .. canary, mode = "0600" },
        look = "[ \"$(cat '/root/secret file')\" = TOKEN=canary-0123456789abcdef ]" },
      { drift = "echo other > '/root/secret file'", fields = "content" },
    },
  },
  {
    type = "directory", name = "/srv/a b/c",
    before = "rm -rf '/srv/a b'; getent passwd keeper >/dev/null || useradd keeper",
    steps = {
      { want = {} },
      { want = { mode = "2750", owner = "keeper", group = "keeper" } },
      { drift = "chmod 777 '/srv/a b/c'", fields = "mode" },
      { drift = "rmdir '/srv/a b/c'", gone = true },
      { want = { mode = 750 } },
    },
  },
  {
    type = "directory", what = "that is not empty stays", name = "/srv/full",
      stays = true,
    before = "rm -rf /srv/full",
    steps = { { want = {}, look = "touch /srv/full/file" } },
  },
  {
    type = "user", name = "deploy",
    steps = {
      { want = {} },
      { want = { groups = { "ops", "sudo" }, sudo = "nopasswd", shell = "/bin/sh",
        ssh_keys = { "ssh-ed25519 AAAAone first key\n", "ssh-rsa AAAAtwo" } },
        look = "sudo -l -U deploy | grep -q NOPASSWD && grep -q AAAAone"
          .. " ~deploy/.ssh/authorized_keys"
          .. " && [ \"$(stat -c '%a %U' ~deploy/.ssh/authorized_keys)\" = '600 deploy'"
          .. " ]" },
      { drift = "echo 'ssh-ed25519 AAAAforeign theirs' >> ~deploy/.ssh/authorized_keys;"
        .. " gpasswd -d deploy ops >/dev/null", fields = "groups" },
      { drift = "sed -i '/AAAAtwo/d' ~deploy/.ssh/authorized_keys", fields = "ssh_keys",
        look = "grep -q AAAAforeign ~deploy/.ssh/authorized_keys" },
      { drift = "echo 'deploy ALL=(ALL:ALL) ALL' > /etc/sudoers.d/pipster-deploy",
        fields = "sudo" },
      { drift = "rm -r ~deploy/.ssh; rm /etc/sudoers.d/pipster-deploy; usermod -s"
        .. " /bin/dash deploy",
        fields = "shell ssh_keys sudo" },
      { drift = "userdel deploy", gone = true },
      { want = { sudo = "password", groups = { "ops" } } },
      { want = { sudo = "no" } },
    },
  },
  {
    type = "user", what = "whose change failed is as it was, its keys are its own",
    run = function(bed)
      local want = { sudo = "nopasswd", ssh_keys = { "ssh-ed25519 AAAA back" } }
      assert(bed.apply { { "user", "back", want = want } } == "done")
      local why = bed.turned_back({ "user", "back", want = want, have = {
        login = "back", sudo = "nopasswd", ssh_keys = {} } },
        "rm ~back/.ssh/authorized_keys /etc/sudoers.d/pipster-back; userdel back")
      assert(why:find("was turned back"), why)
      assert(bed.run("id back && grep -q AAAA ~back/.ssh/authorized_keys && sudo -l -U back"
        .. " | grep -q NOPASSWD && [ \"$(stat -c '%a %U' ~back/.ssh/authorized_keys"
        .. " /etc/shadow | tr '\\n' ' ')\" = '600 back 640 root ' ]").status == 0)
      bed.run("userdel -r back; rm -f /etc/sudoers.d/pipster-back")
    end,
  },
  {
    type = "user", what = "that pipster is logged in as is not locked out",
    run = function(bed)
      local kind, wanted = fakes.type "user", require "tests.types.harness.host_wanted"
      local function carry_out(have, want)
        local text = "SUDO_USER=own\n"
        for _, command in ipairs(kind.commands(have, want, {})) do
          text = text .. "{ " .. command[2] .. "\n} || exit\n"
        end
        return bed.run(text)
      end
      local key = { "ssh-ed25519 AAAA own" }
      local want = wanted.declare(kind, { sudo = "nopasswd", ssh_keys = key }, "own")
      assert(carry_out(nil, want).status == 0)
      for _, less in ipairs { { sudo = "no", ssh_keys = key }, { sudo = "nopasswd" } } do
        assert(carry_out(want, wanted.declare(kind, less,
          "own")).output:find("logged in as own"))
      end
      assert(carry_out(want, nil).output:find("it is not removed"))
      assert(bed.run("id own && sudo -l -U own | grep NOPASSWD").status == 0)
      bed.run("userdel -r own; rm -f /etc/sudoers.d/pipster-own")
    end,
  },
  {
    type = "command", name = "once", kept = true,
    before = "rm -f /run/once /run/count",
    steps = {
      { want = { run = "echo x >> /run/count; touch /run/once", creates = "/run/once" },
        look = "[ \"$(cat /run/count)\" = x ]" },
      { drift = "rm /run/once", gone = true, look = "[ \"$(wc -l < /run/count)\" = 2 ]" },
    },
  },
  {
    type = "command", what = "with safe guards, a directory and a secret",
      name = "guarded", kept = true,
    before = "rm -rf /run/g; mkdir /run/g; touch /run/g/todo",
    steps = {
      { want = { run = "printf %s '" .. canary .. "' > done; rm todo",
        directory = "/run/g",
        only_if = "[ -e todo ]", unless = "[ ! -e todo ]", safe = true },
        look = "grep -q canary-0123456789abcdef /run/g/done" },
    },
  },
  {
    type = "command", what = "of another user, with variables and input",
      name = "theirs", kept = true,
    before = "rm -f /tmp/theirs; getent passwd keeper >/dev/null || useradd -m keeper",
    steps = {
      { want = { run = "ps -eo args > /tmp/theirs.ps; { id -un; cat; echo \"$A $B $HOME\";"
        .. " } > /tmp/theirs", user = "keeper", directory = "/tmp", creates = "/tmp/theirs",
        stdin = fakes.box("secret", "line one\nline two\n"),
        environment = { A = "it's $x", B = canary } },
        look = "printf 'keeper\\nline one\\nline two\\nit'\\''s $x"
          .. " canary-0123456789abcdef /home/keeper\\n' | cmp - /tmp/theirs &&"
          .. " ! grep -q canary /tmp/theirs.ps && rm /tmp/theirs.ps" },
    },
  },
  {
    type = "command", what = "that is not shell fails alone", name = "broken",
      kept = true,
    steps = {
      { want = { run = "if true", creates = "/run/never" }, fails = "[Ss]yntax" },
      { want = { run = "false", creates = "/run/never" }, fails = "failed on the host" },
      { want = { run = "true", creates = "/run/never" }, fails = "is not there" },
    },
  },
}
