-- SPDX-License-Identifier: MIT
-- What a playbook may say of a backup, what is refused, and which secrets are made of it.
local function load()
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  local made = {}
  require("secret").declare = function(name, options)
    made[name] = options
    return fakes.box("reference", name)
  end
  return fakes.type "backup.postgres", fakes, made
end

local key, pin = "KEY", "ssh-ed25519 AAAA"

local refused = {
  { { }, "which database" },
  { { database = "a", container = "c", url = "postgresql://h/a" }, "not both" },
  { { url = "postgresql://u:hunter2@h/a" }, "a password stands in its url" },
  { { url = "postgresql://h" }, "names no database" },
  { { database = "a\nb" }, "one line" },
  { { database = "a", password = "hunter2" }, "in clear" },
  { { database = "a", key = "AGE-SECRET-KEY-1" }, "in clear" },
  { { database = "a", every = "often" }, "no span of time" },
  { { database = "a", keep = "7 days" }, "no span of time" },
  { { database = "a", also = { "/a b" } }, "cannot go along" },
  { { database = "a", also = { "etc" } }, "cannot go along" },
  { { database = "a", drill = { on = "rented" } }, "drill says how often" },
  { { database = "a" }, "cannot be its name", "a/b" },
  { { database = "a", offsite = { } }, "one of box, sftp and s3" },
  { { database = "a", offsite = { sftp = "u@h:23/b", s3 = "https://h/b" } }, "one of" },
  { { database = "a", offsite = { sftp = "u@h:23/b", host_key = pin } }, "the key" },
  { { database = "a", offsite = { sftp = "u@h:23/b", key = key } }, "host_key" },
  { { database = "a", offsite = { sftp = "h:23/b", key = key, host_key = pin } },
    "no place for sftp" },
  { { database = "a", offsite = { s3 = "https://h/b" } }, "key_id and secret_key" },
  { { database = "a", offsite = { s3 = "https://h/b", key_id = "i", secret_key = "s",
    keep = "30m" } }, "less than an hour" },
  { { database = "a", offsite = { ftp = "x" } }, "takes no ftp" },
  { { database = "a", offsite = { box = "u1", key = key } }, "no Storage Box" },
  { { database = "a", offsite = { box = "u1" } }, "no Storage Box" },
}

local function copied(value)
  if type(value) ~= "table" then return value end
  local made = {}
  for name, item in pairs(value) do made[name] = copied(item) end
  return made
end

local all = {}
for index, case in ipairs(refused) do
  all[index] = { what = "refused: " .. case[2] .. " " .. index, run = function()
    local kind = load()
    local ok, problem = pcall(kind.shorthand, copied(case[1]), case[3] or "shop")
    assert(not ok and tostring(problem):find(case[2], 1, true), tostring(problem))
  end }
end

all[#all + 1] = { what = "a key and a password are made, and outlive the declaration",
  run = function(_, steps)
    local kind, fakes, made = load()
    local declared = kind.shorthand({ database = "a", offsite = {
      sftp = "u1@box.example:23/a/b", host_key = pin, key = fakes.box("secret", key) } },
      "shop")
    steps.same("key", "age", made.backup_shop.kind)
    assert(made.backup_shop.protect and made.backup_shop_offsite.protect)
    steps.same("key is the secret's", "backup_shop", declared.key.text)
    steps.same("user", "u1", declared.offsite.user)
    steps.same("address", "box.example", declared.offsite.address)
    steps.same("port", 23, declared.offsite.port)
    steps.same("path", "a/b", declared.offsite.path)
    steps.same("folder", "/var/backups/pipster/shop", declared.path)
  end }
all[#all + 1] = { what = "a Storage Box tells where it is, who logs in, and its key",
  run = function(_, steps)
    local kind, fakes = load()
    local box = { is_handle = true, username = "u7", server = "u7.example", port = 23,
      host_key = pin }
    local declared = kind.shorthand({ database = "a", offsite = { box = box,
      key = fakes.box("secret", key) } }, "shop")
    local offsite = require "backup_offsite"
    steps.same("repository", "sftp:u7@u7.example:backups",
      offsite.repository(declared.offsite))
    declared.offsite.password = "p"
    assert(offsite.is_known(declared.offsite))
    declared.offsite.host_key = nil
    assert(not offsite.is_known(declared.offsite))
    declared.offsite.host_key = pin
    local files = offsite.files(declared.offsite)
    steps.same("known hosts", "[u7.example]:23 " .. pin .. "\n", files.known_hosts)
    assert(declared.offsite.box == nil and files.settings:find("ssh_port='23'", 1, true))
  end }
all[#all + 1] = { what = "without encryption no key is made", run = function()
  local kind, _, made = load()
  local declared = kind.shorthand({ database = "a", encrypt = false }, "shop")
  assert(declared.key == nil and next(made) == nil)
end }
all[#all + 1] = { what = "what is known later goes through", run = function()
  local kind, fakes = load()
  for _, name in ipairs { "container", "url", "database", "user", "password" } do
    local declared = { database = "a", [name] = fakes.box "reference" }
    if name == "container" or name == "url" then declared.database = "a" end
    assert(fakes.kind(kind.shorthand(declared, "shop")[name]) == "reference", name)
  end
end }
return all
