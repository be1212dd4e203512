-- SPDX-License-Identifier: MIT
-- What a host says is read whatever ends its lines; what is not there is nil.
local function load(name)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type(name), fakes
end

local bytes = require "tests.types.harness.host_bytes"
local base64, sum = bytes.base64, bytes.sha256

local function read(name, want, output)
  local kind = load(name)
  return kind.read({ { name = "x", want = want } }, output, { address = "a" })[1]
end

local cron = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
  .. "@daily root run \\%d\n"

local cases = {
  { "file", { path = "/f", content = "one", mode = "0644" },
    "files 1:0\r\nstat 644:domain users:the group:3\r\nsum " .. sum "two" .. " "
      .. base64 "two" .. "\r\n",
    { content = "two", owner = "domain users", group = "the group", mode = "0644" } },
  { "file", { path = "/f", content = "one", mode = "0600" },
    "files 1:-\nstat 600:root:root:3\nsum " .. sum "two" .. " ",
    { content = "sha256:" .. sum "two" } },
  { "directory", { path = "/d" }, "1:1777:a b:c d:-", { owner = "a b", group = "c d",
    mode = "1777" } },
  { "line", { path = "/l", line = "a" }, "1:0:" .. base64 "b\n", { line = "b",
    absent = false } },
  { "line", { path = "/l", line = "a", absent = true }, "1:0:", { absent = true } },
  { "archive", { path = "/a", sha256 = ("AB"):rep(32) }, "1:" .. ("ab"):rep(32) .. " 2 -",
    { sha256 = ("AB"):rep(32), strip = 2 } },
  { "certificate", { path = "/c", key_path = "/k", certificate = "c", key = "k" },
    "1:644:root:root:" .. sum "c" .. ":640:root:root:" .. sum "other" .. ":1790000000",
    { certificate = "c", key = "sha256:" .. sum "other", key_mode = "0640",
      owner = "root", expires_at = 1790000000 } },
  { "certificate", { path = "/c", key_path = "/k", certificate = "c", key = "k" },
    "1:600:root:root:" .. sum "c" .. ":600:app:root:" .. sum "k" .. ":",
    { certificate = "mode 600", key = "k", owner = "root, app" } },
  { "journald", { max_use = "1G" }, "1:" .. base64 "[Journal]\nSystemMaxUse=2G\n",
    { max_use = "2G", as_written = true } },
  { "logrotate", { files = { "/a" }, every = "daily", keep = 1 }, "1:"
    .. base64 "\"/a\" {\n    daily\n    rotate 2\n}\n", { keep = 2, every = "daily" } },
  { "package", { package = "git" }, "git:amd64 installed hold 1:2.39-1\r\n",
    { version = "1:2.39-1", held = true } },
  { "package", { package = "git", latest = true },
    "git:amd64 installed install 2-1\ncandidate 1 30 2-2\n",
    { latest = false, held = false, lists_age = "30 h" } },
  { "package", { package = "git", absent = true },
    "git:amd64 config-files deinstall 1.0\n",
    { absent = true } },
  { "service", { unit = "x", enabled = false },
    "1:LoadState=loaded:ActiveState=active:UnitFileState=static:",
    { enabled = false, running = true } },
  { "cron", { schedule = "@daily", run = "run %d", user = "root" }, "1:" .. base64(cron),
    { run = "run %d", as_written = true } },
  { "cron", { schedule = "@weekly", run = "run %d", user = "root" }, "1:" .. base64(cron),
    { schedule = "@daily", run = "run %d" } },
  { "upgrade", {}, "2026-11-22T10:00:00Z", { since = "2026-11-22T10:00:00Z" } },
  { "ufw", {}, "Status: active\r\nufw allow 22/tcp\r\nufw deny"
    .. " 1\r\nDEFAULT_INPUT_POLICY=\"DROP\"\r\n"
    .. "DEFAULT_OUTPUT_POLICY=\"ACCEPT\"", { denies = true } },
}

local absent = {
  { "file", { path = "/f", content = "" }, "" }, { "directory", { path = "/d" }, "\n" },
  { "package", { package = "git" }, "" }, { "package", { package = "git" },
    "git:amd64 config-files deinstall 1.0\n" },
  { "package", { package = "git", latest = true },
    "git:amd64 not-installed unknown \ncandidate 1 0 2-2\n" },
  { "service", { unit = "x" },
    "1:LoadState=not-found:ActiveState=inactive:UnitFileState=:\n" }, { "cron",
    { schedule = "@daily" }, "" },
  { "timer", {}, "" }, { "fail2ban", {}, "" }, { "unattended_upgrades", {}, "" },
  { "ufw", { allow = {} }, "Status: inactive\nufw allow 22/tcp\n" }, { "user",
    { login = "x" }, "" },
  { "git", { path = "/g" },
    "git 1\nhead \nurl \nrevision \nowner root\nedits 0\nwanted \ndone\n" },
  { "git", { path = "/g" }, "git 1\nhead abcdef" }, { "upgrade", {}, "" },
  { "docker.engine", {}, "" }, { "docker.compose", { path = "/c", env = {} }, "" },
  { "caddy.install", {}, "|inactive||" }, { "caddy.site", {}, "" }, { "command", {}, "" },
  { "link", { path = "/l" }, "" }, { "line", { path = "/l", line = "a" }, "1:0:" },
  { "block", { path = "/b", content = "" }, "" }, { "archive", { path = "/a" }, "" },
  { "certificate", { path = "/c", key_path = "/k" }, "1:644:root:root:"
    .. sum "c" .. ":::::" },
  { "wait_for", { port = 1 }, "\n" }, { "logrotate", {}, "" }, { "journald", {}, "" },
}

local all = {}
for index, case in ipairs(cases) do
  all[#all + 1] = { what = "read " .. index .. ": " .. case[1], run = function(_, steps)
    local found = read(case[1], case[2], case[3])
    assert(found, "nothing was read")
    for name, value in pairs(case[4]) do steps.same(name, value, found[name]) end
  end }
end
for index, case in ipairs(absent) do
  all[#all + 1] = { what = "absent " .. index .. ": " .. case[1], run = function(_, steps)
    steps.same("found", nil, read(case[1], case[2], case[3]))
  end }
end
return all
