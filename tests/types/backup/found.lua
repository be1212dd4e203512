-- SPDX-License-Identifier: MIT
-- What is found of a backup, and to which attribute an edit of each file belongs.
local bytes = require "tests.types.harness.host_bytes"

local function world()
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  local secret = require "secret"
  secret.declare = function(name) return fakes.box("secret", "made-" .. name) end
  return fakes, fakes.type "backup.postgres", require "tests.types.harness.host_wanted"
end

local options = {
  container = "pg", database = "a'b", every = "6h", notify = { "ops", "boss" },
  drill = "weekly", also = { "/srv/files" },
  offsite = { s3 = "https://s3.example/bucket", key_id = "id",
    secret_key = "canary-key" },
}

-- The line of a host on which all is as it is wanted, but for what `edit` makes of it.
local function line_of(want, edit)
  local files = require "backup_files"
  local wanted, sums = files.wanted("shop", want), {}
  for _, place in ipairs(files.places("shop")) do
    local file = wanted[place.path]
    if edit.gone and place.path:find(edit.gone) then file = nil end
    if file then
      local fakes = require "tests.types.harness.host_fakes"
      sums[#sums + 1] = bytes.sha256(fakes.plain(file.content)) .. "."
        .. (edit.mode and place.path:find(edit.mode[1]) and edit.mode[2]
        or file.mode:gsub("^0", "") .. "")
    else
      sums[#sums + 1] = "-"
    end
  end
  local settings = files.settings(want)
  if edit.settings then settings = settings:gsub(edit.settings[1], edit.settings[2]) end
  return "1:" .. bytes.base64(settings) .. ":" .. table.concat(sums, ",") .. ":"
    .. (edit.active or "yes") .. ":" .. bytes.base64(edit.state or
    "last_good=f\nlast_good_at=5\noffsite_at=5\n"
    .. "offsite_repository=s3:https://s3.example/bucket\n") .. "\n"
end

local cases = {
  { "as it is wanted", {}, "" },
  { "its key is gone", { gone = "identity$" }, "key" },
  { "its key is another's to read", { mode = { "identity$", "644" } }, "key" },
  { "restic's password is gone", { gone = "offsite/password$" }, "offsite" },
  { "a script was edited", { mode = { "/run$", "700" } }, "as_written" },
  { "a timer is gone", { gone = "drill%-shop%.timer$" }, "as_written" },
  { "a timer is off", { active = "" }, "active" },
  { "it keeps less", { settings = { "keep='7d'", "keep='1d'" } }, "keep" },
  { "it tells others", { settings = { "ops boss", "ops" } }, "notify" },
  { "the state goes along", { settings = { "state=''", "state='yes'" } }, "state" },
  { "its settings were edited", { settings = { "$", "# mine\n" } }, "as_written" },
  { "none was made", { state = "last_try=failed\n" }, "proven" },
  { "there is no copy elsewhere", { state = "last_good_at=5\n" }, "proven" },
  { "its copies are at another place", { state = "last_good_at=5\noffsite_at=5\n"
    .. "offsite_repository=sftp:u@h:b\n" }, "proven" },
}

local all = {}
for index, case in ipairs(cases) do
  all[index] = { what = case[1], run = function(_, steps)
    local _, kind, wanted = world()
    local want = wanted.declare(kind, options, "shop")
    local found = kind.read({ { name = "shop", want = want } }, line_of(want, case[2]))[1]
    steps.same("differs in", case[3], table.concat(wanted.differences(kind, want, found),
      " "))
  end }
end

all[#all + 1] = { what = "what is known later is not compared, all else is",
  run = function(_, steps)
    local fakes, kind, wanted = world()
    local want = wanted.declare(kind, options, "shop")
    local line = line_of(want, { settings = { "keep='7d'", "keep='1d'" } })
    want.key = fakes.box "unknown"
    local found = kind.read({ { name = "shop", want = want } }, line)[1]
    steps.same("differs in", "keep key", table.concat(wanted.differences(kind, want,
      found), " "))
  end }
all[#all + 1] = { what = "no secret is in the settings, nor in what is run",
  run = function()
    local fakes, kind, wanted = world()
    local given = {}
    for name, value in pairs(options) do given[name] = value end
    given.offsite = { s3 = "https://s3.example/b", key_id = "id",
      secret_key = fakes.box("secret", "canary-key") }
    local want = wanted.declare(kind, given, "shop")
    local files = require "backup_files"
    for path, file in pairs(files.wanted("shop", want)) do
      local text = fakes.plain(file.content)
      local holds = text:find("canary", 1, true) or text:find("made-", 1, true)
      assert(not holds or file.mode == "0600", path)
    end
    assert(not files.settings(want):find("canary"))
    for _, command in ipairs(kind.commands(nil, want, { name = "shop" })) do
      assert(not command[1]:find("canary"), command[1])
    end
  end }
all[#all + 1] = { what = "how old things are is told by plans", run = function()
  local _, kind = world()
  local now = os.time()
  local function told(noted, drill)
    return table.concat(kind.preview({ action = "none", name = "shop",
      have = { told = noted }, want = { drill = drill } }).warnings, "; ")
  end
  assert(told({ first_at = now - 5, last_try = "ok" }, "monthly") == "")
  assert(told({ first_at = now - 40 * 86400 }, "monthly"):find("never drilled"))
  assert(told({ first_at = 5, drill_ok_at = now - 9 * 86400 }, "weekly")
    :find("restore drill is 9 days old"))
  assert(told({ drill = "refused", drill_file = "f", drill_error = "e" }, nil)
    :find("refused f: e"))
  local undone = told({ drill = "unable", drill_error = "e", drill_ok_at = now - 7200,
    drill_last_good = "f" }, "monthly")
  assert(undone:find("could not be done: e; the last one that passed is 2 hours old")
    and not undone:find("refused"), undone)
  assert(told({ last_try = "failed", last_error = "e" }, nil):find("its last run failed"))
end }
return all
