-- SPDX-License-Identifier: MIT
-- Accounts and settings of a host: what may be declared, what is refused before anything
-- is done, and how a host's answer is read.
local function load(name)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type(name), fakes
end

local bytes = require "tests.types.harness.host_bytes"
local base64 = bytes.base64
local key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ39eH4lHk0p"

local later = {
  { "user_group", { group = 1, gid = 1 } }, { "sudoers", { rules = 1 } },
  { "authorized_key", { user = 1, key = 1 } }, { "sysctl", { value = 1 } },
  { "kernel_module", { options = 1 } }, { "hostname", { hostname = 1, domain = 1 } },
  { "timezone", { zone = 1 } }, { "locale", { locale = 1 } },
  { "repository", { uris = 1, suites = 1, key = 1 } }, { "service", { unit = 1 } },
  { "socket", { content = 1 } }, { "package", { version = 1, within = 1 } },
  { "mount", { path = 1, device = 1 } }, { "swap", { path = 1, size = 1 } },
}

local refused = {
  { "user_group", {}, "name of a group", "Deploy" },
  { "sudoers", { rules = "x" }, "pass over", "deploy.rules" },
  { "sudoers", { rules = "x" }, "may be the file of a user", "pipster-ada" },
  { "authorized_key", { user = "a", key = "from=\"x\" " .. key }, "no public SSH key" },
  { "authorized_key", { user = "a", key = "-----BEGIN OPENSSH" }, "no public SSH key" },
  { "sysctl", { value = 1 }, "no name of a kernel parameter", "vm swappiness" },
  { "sysctl", { value = 0.5 }, "no whole number", "vm.swappiness" },
  { "sysctl", { value = 18446744073692774399 }, "no whole number", "kernel.shmmax" },
  { "kernel_module", {}, "no name of a kernel module", "loop; reboot" },
  { "hostname", { hostname = "app1.example.com" }, "the name of a host" },
  { "hostname", { hostname = "app1", domain = "exa mple" }, "a domain" },
  { "timezone", { zone = "../../etc/passwd" }, "no time zone" },
  { "locale", {}, "no name of a locale", "de DE" },
  { "mount", { device = "x" }, "no place to mount at", "srv" },
  { "mount", { device = "x" }, "no place to mount at", "/" },
  { "repository", { uris = "https://a/b", suites = "./" }, "has no key", "x" },
  { "repository", { uris = "a/b", suites = "./", key = "/k" }, "no address of packages" },
  { "repository", { uris = "https://a/b", suites = "./", key = "AAAA" }, "no key of" },
  { "repository", { uris = "https://a/b", suites = "./", key_url = "https://a/k" },
    "which key must be at" },
  { "repository", { uris = "https://a/b", suites = "./", key_url = "https://a/k",
    fingerprint = "9DC8 5822" }, "is no fingerprint" },
  { "repository", { key = "/k" }, "pass over", "a b" },
  { "user", { password = "hunter2" }, "given as its hash", "ada" },
  { "command", { run = "x", creates = "/x", environment = { ["A B"] = 1 } },
    "no name of a variable", "x" },
  { "service", { masked = true, running = true }, "masked is not running" },
  { "service", { masked = true, content = "x" }, "masked has no file" },
  { "package", { latest = true, version = "1" }, "latest and of one version", "git" },
  { "package", { within = "soon" }, "no duration", "git" },
  { "swap", { size = "2 GB" }, "no size", "/swap" },
  { "swap", { size = "2G" }, "no path", "swap" },
}

local read = {
  { "user_group", { group = "g" }, "g:x:1500:a,b\r\n", { group = "g", gid = 1500 } },
  { "sudoers", { rules = { "a" } }, "1:0440 root:root:" .. base64 "a\n",
    { mode = "0440 root:root", as_written = true } },
  { "sudoers", { rules = { "a" } }, "1:0644 root:root:" .. base64 "b\n",
    { mode = "0644 root:root", as_written = true } },
  { "authorized_key", { user = "a", key = key, options = { "no-pty" } },
    "1:2:no-pty " .. key .. " x", { exclusive = false } },
  { "sysctl", { key = "a", value = "1 2" }, "1|1\t2 |1 2",
    { value = "1 2", persistent = true } },
  { "sysctl", { key = "a", value = "1" }, "1|0 |1", { value = "0", persistent = true } },
  { "kernel_module", { module = "m" }, "1:no:" .. base64 "options m a=1 b=2\n",
    { loaded = false, options = "a=1 b=2" } },
  { "hostname", { hostname = "a" }, "a|a| a.b.c a \n",
    { hostname = "a", domain = "b.c", in_force = true } },
  { "hostname", { hostname = "a" }, "a||\n", { hostname = "a", in_force = false } },
  { "timezone", { zone = "Etc/UTC" }, "/usr/share/zoneinfo/Europe/Berlin\n",
    { zone = "Europe/Berlin" } },
  { "locale", { locale = "de_DE.UTF-8" }, "1:de_DE.UTF-8", { default = true } },
  { "mount", { path = "/a b" }, "1:yes:LABEL=x /a\\040b ext4 noatime,nofail 0 2",
    { path = "/a b", device = "LABEL=x", nofail = true, pass = 2, mounted = true } },
  { "mount", { path = "/a" }, "1:no:x /a ext4 defaults", { nofail = false, pass = 0 } },
  { "repository", { uris = { "https://a/b" }, suites = { "x" }, key = "/k",
    fingerprint = {} }, "1:ab::" .. base64("# Written by pipster.\nTypes: deb\n"
    .. "URIs: https://a/b\nSuites: x\nSigned-By: /k\n"),
    { as_written = true, key_is_ours = true } },
  { "repository", { key_url = "https://a/k", fingerprint = { "A B" } },
    "1:ab:CD,:" .. base64 "edited", { as_written = false, key_is_ours = false } },
  { "repository", { key_url = "https://a/k", fingerprint = { "cd ef" } },
    "1:ab:CDEF,:" .. base64 "", { key_is_ours = true } },
  { "service", { unit = "x", content = "a" }, "1:LoadState=loaded:ActiveState=failed:"
    .. "UnitFileState=enabled:file " .. base64 "b",
    { running = false, enabled = true, masked = false, content = "b" } },
  { "service", { unit = "x" }, "1:LoadState=masked:ActiveState=inactive:"
    .. "UnitFileState=masked:", { masked = true, enabled = false } },
  { "swap", { path = "/s", size = "1024M" }, "1:1073741824:yes:no:swap",
    { size = "1024M", active = true, at_boot = false } },
  { "swap", { path = "/s", size = "2G" }, "1:1073741824:yes:yes:swap", { size = "1G" } },
}

local absent = {
  { "user_group", { group = "g" }, "" }, { "sudoers", { rules = {} }, "" },
  { "authorized_key", { user = "a", key = key }, "" }, { "sysctl", { key = "a" }, "" },
  { "kernel_module", { module = "m" }, "" }, { "locale", { locale = "l" }, "" },
  { "mount", { path = "/a" }, "" }, { "swap", { path = "/s", size = "1G" },
    "1:1073741824:no:no:ext4" },
}

local all = {}
local function add(what, run) all[#all + 1] = { what = what, run = run } end
for _, case in ipairs(later) do
  add("references in " .. case[1], function()
    local kind, fakes = load(case[1])
    local declared = {}
    for name in pairs(case[2]) do declared[name] = fakes.box "reference" end
    local made = kind.shorthand(declared, "name")
    for name in pairs(case[2]) do assert(fakes.kind(made[name]) == "reference", name) end
    kind.shorthand({}, nil) -- an amendment alone
  end)
end
for _, case in ipairs(refused) do
  add(case[1] .. " refuses: " .. case[3], function()
    local ok, problem = pcall(load(case[1]).shorthand, case[2], case[4])
    assert(not ok and tostring(problem):find(case[3], 1, true), tostring(problem))
  end)
end
for index, case in ipairs(read) do
  add("read " .. index .. ": " .. case[1], function(_, steps)
    local item = { name = "x", want = case[2] }
    local found = load(case[1]).read({ item }, case[3])[1]
    assert(found, "nothing was read")
    for name, value in pairs(case[4]) do steps.same(name, value, found[name]) end
  end)
end
for _, case in ipairs(absent) do
  add("absent: " .. case[1], function(_, steps)
    local item = { name = "x", want = case[2] }
    steps.same("found", nil, load(case[1]).read({ item }, case[3])[1])
  end)
end
return all
