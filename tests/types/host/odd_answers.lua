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
    "1:644:domain users:the group:3:" .. sum "two" .. ":" .. base64 "two" .. "\r\n",
    { content = "two", owner = "domain users", group = "the group", mode = "0644" } },
  { "file", { path = "/f", content = "one", mode = "0600" }, "1:600:root:root:3:"
    .. sum "two" .. ":",
    { content = "sha256:" .. sum "two" } },
  { "directory", { path = "/d" }, "1:1777:a b:c d", { owner = "a b", group = "c d",
    mode = "1777" } },
  { "package", { package = "git" }, "1:installed:1:2.39-1\r\n",
    { version = "1:2.39-1" } },
  { "service", { unit = "x", enabled = false }, "1:loaded:active:static",
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
  { "package", { package = "git" }, "1:" }, { "package", { package = "git" },
    "1:config-files:1.0\n" },
  { "service", { unit = "x" }, "1:not-found:inactive:\n" }, { "cron",
    { schedule = "@daily" }, "" },
  { "timer", {}, "" }, { "fail2ban", {}, "" }, { "unattended_upgrades", {}, "" },
  { "ufw", { allow = {} }, "Status: inactive\nufw allow 22/tcp\n" }, { "user",
    { login = "x" }, "" },
  { "git", { path = "/g" },
    "git 1\nhead \nurl \nrevision \nowner root\nedits 0\nwanted \ndone\n" },
  { "git", { path = "/g" }, "git 1\nhead abcdef" }, { "upgrade", {}, "" },
  { "docker.engine", {}, "" }, { "docker.compose", { path = "/c", env = {} }, "" },
  { "caddy.install", {}, "|inactive||" }, { "caddy.site", {}, "" }, { "command", {}, "" },
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
