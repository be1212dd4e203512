-- SPDX-License-Identifier: MIT
-- What may be declared: references anywhere, and what is refused before anything is done.
local function load(name)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type(name), fakes
end

-- A declaration goes through its shorthand although everything in it is known later.
local later = {
  { "cron", { schedule = 1, run = 1, user = 1 } }, { "timer", { schedule = 1, run = 1 } },
  { "caddy.site", { domain = 1, reverse_proxy = 1, extra = 1, log = 1 } },
  { "caddy.install", { email = 1, acme_root = 1 } },
  { "file", { content = 1, path = 1, mode = 1 } },
  { "git", { repository = 1, revision = 1, path = 1 } }, { "user", { login = 1,
    ssh_keys = 1 } },
  { "docker.compose", { path = 1, env = 1, revision = 1 } }, { "ufw", { allow = 1 } },
  { "package", { version = 1 } }, { "command", { run = 1, creates = 1 } },
  { "fail2ban", { ban_time = 1 } }, { "check.logs", { path = 1 } },
  { "link", { target = 1, path = 1 } }, { "line", { path = 1, line = 1 } },
  { "block", { path = 1, content = 1 } }, { "wait_for", { port = 1, path = 1 } },
  { "logrotate", { files = 1, size = 1, postrotate = 1 } },
  { "journald", { max_use = 1, max_retention = 1 } },
  { "archive", { url = 1, sha256 = 1, strip = 1, path = 1 } },
  { "certificate", { path = 1, key = 1, certificate = 1 } },
}

local refused = {
  { "fail2ban", { ban_time = "for ever" }, "no time" },
  { "fail2ban", { find_time = "10 apples" }, "no time" },
  { "fail2ban", { find_time = "-1" }, "no time" },
  { "ufw", { allow = { 80, "443/tcp" } }, "lock us out" },
  { "ufw", { allow = { 22 }, ssh_port = 2222 }, "2222/tcp" },
  { "cron", { schedule = "* * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "60 * * * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "0 24 * * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "5/10 * * * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "*/0 * * * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "5-1 * * * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "0 0 0 * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "0 0 1, * *", run = "x" }, "no schedule" },
  { "cron", { schedule = "0 0 * january *", run = "x" }, "no schedule" },
  { "cron", { schedule = "0 0 * * 8", run = "x" }, "no schedule" },
  { "cron", { schedule = "@fortnightly", run = "x" }, "no schedule" },
  { "cron", { schedule = "@daily", run = "x\ny" }, "one line" },
  { "cron", { schedule = "@daily", run = "x" }, "pass over", "with.dot" },
  { "command", { run = "x" }, "no guard" },
  { "package", {}, "no name of a Debian package", "Git; rm" },
  { "user", {}, "cannot be the name", "a b" },
  { "docker.compose", { path = "/x", env = { ["A B"] = "1" } }, "name of a variable" },
  { "docker.compose", { path = "/x", env = { A = "it's" } }, "cannot stand in .env" },
  { "caddy.site", { domain = "x" }, "name of a site", "a/b" },
  { "check.logs", {}, "names no log" },
  { "line", { path = "/x", line = "a\nb" }, "one line" },
  { "line", { path = "/x" }, "which line" },
  { "line", { path = "/x", line = "a", after = "b", before = "c" }, "before another" },
  { "block", { path = "/x", content = "a\0b" }, "a NUL" },
  { "block", { path = "/x", content = "a", after = "b", before = "c" },
    "before another" },
  { "wait_for", {}, "what for" }, { "wait_for", { port = 1, within = "soon" }, "soon" },
  { "logrotate", { files = { "shop.log" } }, "no path of a log" },
  { "logrotate", { files = { "/x" }, size = "much" }, "no size" },
  { "logrotate", { files = { "/x" } }, "pass over", "with.dot" },
  { "journald", { max_use = "much" }, "SystemMaxUse" },
  { "journald", { max_retention = "30 dogs" }, "no span" },
  { "archive", { path = "/x" }, "one of url and file" },
  { "archive", { url = "u", file = "f" }, "one of url and file" },
  { "archive", { url = "u" }, "no sha256" },
  { "archive", { url = "u", sha256 = "abc" }, "64 digits" },
  { "file", { content = "x", mode = "999" }, "\"999\" is no mode", "/x" },
  { "file", { content = "x", mode = "rw-r--r--" }, "is no mode", "/x" },
  { "directory", { mode = 17777 }, "\"17777\" is no mode", "/x" },
  { "certificate", { key_mode = "0x1" }, "\"0x1\" is no mode" },
  { "file", { content = "x" }, "\"etc/x\" is no absolute path", "etc/x" },
  { "file", { content = "x", path = "~/x" }, "\"~/x\" is no absolute path" },
  { "directory", {}, "no absolute path", "srv" },
  { "link", { target = "x" }, "no absolute path", "srv" },
  { "line", { path = "etc/x", line = "a" }, "no absolute path" },
  { "block", { path = "etc/x", content = "a" }, "no absolute path" },
  { "git", { repository = "r" }, "no absolute path", "srv/x" },
  { "archive", { file = "/x.tar" }, "no absolute path", "opt/x" },
  { "archive", { file = "x.tar" }, "\"x.tar\" is no absolute path", "/opt/x" },
  { "certificate", { path = "c.pem", key_path = "/k.pem" }, "no absolute path" },
  { "certificate", { path = "/c.pem", key_path = "k.pem" }, "no absolute path" },
  { "docker.compose", { path = "srv/x" }, "no absolute path" },
}

local allowed = {
  { "ufw", { allow = { "OpenSSH" } } }, { "ufw",
    { allow = { "from 10.0.0.0/8 to any port 22" } } },
  { "ufw", { allow = { 2222 }, ssh_port = 2222 } }, { "package", {}, "libc6:i386" },
  { "package", {}, "g++" }, { "package", {}, "libstdc++6" },
  { "cron", { schedule = "0 */6 * * mon-fri", run = "x" } },
  { "cron", { schedule = "1,2,3-4/1,*/9 0 31 JAN 7", run = "x" } },
  { "cron", { schedule = "@reboot", run = "x" } },
  { "fail2ban", { ban_time = "1h 30min", find_time = "600" } },
  { "fail2ban", { ban_time = "-1" } }, { "file", { content = "x", mode = 644 }, "/x" },
  { "file", { content = "x", mode = "4755" }, "/x" },
}

local all = {}
for _, case in ipairs(later) do
  all[#all + 1] = { what = "references in " .. case[1], run = function()
    local kind, fakes = load(case[1])
    local declared = {}
    for name in pairs(case[2]) do declared[name] = fakes.box "reference" end
    local made = kind.shorthand and kind.shorthand(declared, "git") or declared
    for name in pairs(case[2]) do assert(fakes.kind(made[name]) == "reference", name) end
  end }
end
for _, case in ipairs(refused) do
  all[#all + 1] = { what = case[1] .. " refuses: " .. case[3], run = function()
    local kind = load(case[1])
    local ok, problem = pcall(kind.shorthand, case[2], case[4] or "x")
    assert(not ok and tostring(problem):find(case[3], 1, true), tostring(problem))
  end }
end
for index, case in ipairs(allowed) do
  all[#all + 1] = { what = case[1] .. " allows " .. index, run = function()
    load(case[1]).shorthand(case[2], case[3] or "x")
  end }
end
all[#all + 1] = { what = "an amendment alone goes through each shorthand",
  run = function()
  for _, case in ipairs(later) do
    local kind = load(case[1])
    if kind.shorthand and case[1] ~= "check.logs" then kind.shorthand({}, nil) end
  end
end }
all[#all + 1] = { what = "a secret is refused where everybody may read it",
  run = function()
  for _, name in ipairs { "cron", "timer" } do
    local kind, fakes = load(name)
    local want = { schedule = "@daily", user = "root", run = fakes.box("secret", "x") }
    local ok, problem = pcall(kind.commands, nil, want, { name = "x" })
    assert(not ok and tostring(problem):find("a secret cannot stand"), tostring(problem))
  end
end }
all[#all + 1] = { what = "nothing that is known later is written or compared as text",
  run = function()
  local kind, fakes = load "docker.compose"
  local want = { path = "/c", env = { A = fakes.box("unknown") } }
  local found = kind.read({ { want = want } }, "project 1\nenv " .. ("0"):rep(64)
    .. "\nmode 600\nnow 1\nstarted 1\nservice a\ncontainer a running none 0"
    .. " r-always\ndone\n")[1]
  assert(found.running and found.up_to_date and found.env ~= want.env)
  kind = load "file"
  found = kind.read({ { want = { path = "/f", content = fakes.box("unknown"),
    mode = "0644" } } },
    "files 1:\nstat 644:root:root:3\nsum " .. ("a"):rep(64) .. " \n")[1]
  assert(found.content == "sha256:" .. ("a"):rep(64))
end }
return all
