-- SPDX-License-Identifier: MIT
-- The file of a contact: what is written, what is seen of it, what is refused.
local function load()
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {},
    endpoints = { sendgrid = "https://api.sendgrid.com/v3" } } }
  return fakes.type "alert.contact", fakes, require "tests.types.harness.host_wanted"
end

local function sh(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(script)
  file:close()
  local pipe = io.popen("LC_ALL=C sh " .. path .. " 2>&1")
  local output = pipe:read "a"
  pipe:close()
  os.remove(path)
  return output
end

local mail = { server = "mail.pipster.app", from = "a@pipster.app", to = "b@pipster.app" }
local function with(more)
  local copy = {}
  for name, value in pairs(mail) do copy[name] = value end
  for name, value in pairs(more) do copy[name] = value end
  return copy
end

local function text_of(fakes, declared)
  local contact = require "alert_contact"
  return fakes.plain(contact.render(declared))
end

-- What the probe tells of a file with this text.
local function seen(kind, want, text, mode)
  local bytes, sender = require "tests.types.harness.host_bytes", require "alert_sender"
  local shown = sh("awk 'skip { skip = 0; next } { print } /^# secret/ { skip = 1 }'"
    .. " <<'E'\n" .. text .. "E\n")
  return kind.read({ { name = "ops", want = want } }, "1:" .. (mode or "600:root") .. ":"
    .. bytes.sha256(text) .. ":" .. bytes.base64(shown) .. ":"
    .. bytes.sha256(sender.text) .. "\n")[1]
end

local function expect(told, wanted)
  assert(told == wanted, "it is\n" .. told .. "\nnot\n" .. wanted)
end

local ways = {
  { { server = "mail.pipster.app", from = "a@b.c", to = { "d@e.f", "g@h.i" } },
    "# via: smtp\n# from: a@b.c\n# to: d@e.f, g@h.i\n"
    .. "url = \"smtp://mail.pipster.app:25\"\nmail-from = \"a@b.c\"\n"
    .. "mail-rcpt = \"d@e.f\"\nmail-rcpt = \"g@h.i\"\n" },
  { { server = "m", from = "a@b.c", to = "d@e.f", user = "me", password = "p\"w\\d" },
    "# via: smtp\n# from: a@b.c\n# to: d@e.f\nurl = \"smtp://m:587\"\n"
    .. "ssl-reqd\nmail-from = \"a@b.c\"\nmail-rcpt = \"d@e.f\"\n# secret password\n"
    .. "user = \"me:p\\\"w\\\\d\"\n" },
  { { server = "m:2465", tls = "tls", from = "a@b.c", to = "d@e.f" },
    "# via: smtp\n# from: a@b.c\n# to: d@e.f\nurl = \"smtps://m:2465\"\n"
    .. "mail-from = \"a@b.c\"\nmail-rcpt = \"d@e.f\"\n" },
  { { via = "sendgrid", from = "a@b.c", to = { "d@e.f" }, api_key = "SG.k" },
    "# via: sendgrid\n# envelope: "
    .. "\"personalizations\":[{\"to\":[{\"email\":\"d@e.f\"}]}],"
    .. "\"from\":{\"email\":\"a@b.c\"}\n"
    .. "url = \"https://api.sendgrid.com/v3/mail/send\"\n"
    .. "header = \"Content-Type: application/json\"\n# secret\n"
    .. "header = \"Authorization: Bearer SG.k\"\n" },
  { { via = "slack", url = "https://hooks.slack.com/x" },
    "# via: slack\nheader = \"Content-Type: application/json\"\n# secret\n"
    .. "url = \"https://hooks.slack.com/x\"\n" },
  { { via = "discord", url = "https://discord.com/x" },
    "# via: discord\nheader = \"Content-Type: application/json\"\n# secret\n"
    .. "url = \"https://discord.com/x?wait=true\"\n" },
  { { via = "webhook", url = "https://x", token = "tok" },
    "# via: webhook\nheader = \"Content-Type: application/json\"\n# secret\n"
    .. "url = \"https://x\"\n# secret\nheader = \"Authorization: Bearer tok\"\n" },
}

local refused = {
  { { server = "m", to = "a@b.c" }, "has no from" },
  { { via = "slack" }, "has no url" },
  { { via = "slack", url = "x", token = "y" }, "via slack has no token" },
  { with { to = "nobody" }, "no e-mail address" },
  { with { to = "a@b.c, d@e.f" }, "no e-mail address" },
  { with { from = "a@b.c\nurl = x" }, "one line" },
  { with { user = "u", password = "p", tls = "none" }, "not encrypted" },
  { mail, "cannot be the name", "../x" },
}

local all = {}
for index, way in ipairs(ways) do
  all[#all + 1] = { what = "the file of way " .. index .. ", and what is seen of it",
    run = function()
      local kind, fakes, wanted = load()
      local want = wanted.declare(kind, way[1], "ops")
      local text = text_of(fakes, want)
      expect(text, way[2])
      local names = wanted.differences(kind, want, seen(kind, want, text))
      assert(#names == 0, table.concat(names, " "))
    end }
end
for _, case in ipairs(refused) do
  all[#all + 1] = { what = "refused: " .. case[2], run = function()
    local kind = load()
    local declared = {}
    for key, value in pairs(case[1]) do declared[key] = value end
    local ok, problem = pcall(kind.shorthand, declared, case[3] or "ops")
    assert(not ok and tostring(problem):find(case[2], 1, true), tostring(problem))
  end }
end
all[#all + 1] = { what = "another secret is seen as such, and stays a secret",
  run = function()
    local kind, fakes, wanted = load()
    local want = wanted.declare(kind, { via = "webhook", url = "https://x",
      token = fakes.box("secret", "new-token") }, "ops")
    local text = text_of(fakes, want)
    assert(text:find("new-token", 1, true))
    local found = seen(kind, want, (text:gsub("new%-token", "old-token")))
    expect(table.concat(wanted.differences(kind, want, found), " "), "token url")
    found = seen(kind, want, text .. "# mine\n")
    expect(table.concat(wanted.differences(kind, want, found), " "), "as_written")
    found = seen(kind, want, text, "644:root")
    expect(table.concat(wanted.differences(kind, want, found), " "), "as_written")
    for _, command in ipairs(kind.commands(nil, want, { name = "ops" })) do
      assert(not fakes.plain(command[2]):find("new-token", 1, true)
        and not command[1]:find("new-token", 1, true), "it stands in the script")
    end
  end }
all[#all + 1] = { what = "what is known later is not compared", run = function()
  local kind, fakes, wanted = load()
  local want = wanted.declare(kind, { via = "slack", url = fakes.box "unknown" }, "ops")
  local found = seen(kind, want, "# via: slack\n# secret\nurl = \"x\"\n")
  expect(found.url, "another")
  expect(found.via, "slack")
end }
return all
