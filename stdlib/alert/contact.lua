-- SPDX-License-Identifier: MIT
--
-- Who is told, and how: a file of mode 0600 for the sender on the host. A contact that
-- does not accept a test message is none, and what was there before stays.
local apt = require "apt"
local attribute = require "attribute"
local contact = require "alert_contact"
local digest = require "digest"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local rendered = require "rendered"
local sender = require "alert_sender"
local shell = require "shell"
local kind_of, type = type, require "type"
local unknown = require "unknown"

local function path_of(name) return sender.folder .. "/" .. name end

-- index:mode:digest:what is not secret:digest of the sender
local function probe_one(index, item)
  local path = shell.quote(path_of(item.name))
  return "[ ! -e " .. path .. " ] || echo \"" .. index .. ":$(stat -c %a:%U " .. path
    .. "):$(sha256sum < " .. path .. " | cut -d' ' -f1):$(awk 'skip { skip = 0; next }"
    .. " { print } /^# secret/ { skip = 1 }' " .. path .. " | base64 -w 0):$(sha256sum < "
    .. sender.path .. " | cut -d' ' -f1)\""
end

local function parse(text)
  local to, server = {}, text:match("\nurl = \"smtps?://([^\n]*)\"")
  local tls = text:find("\nssl-reqd\n") and "starttls"
    or text:find("\nurl = \"smtps:") and "tls" or server and "none" or nil
  for address in text:gmatch("\nmail%-rcpt = \"([^\n]*)\"") do to[#to + 1] = address end
  return { via = text:match("^# via: (%l+)\n"), from = text:match("\n# from: ([^\n]*)"),
    server = server and server:gsub(":" .. contact.default_port[tls] .. "$", "") .. "",
    tls = tls,
    to = #to > 0 and to or nil }
end

local function all_known(want)
  for _, value in pairs(want) do
    if unknown.is(value) then return false end
  end
  return true
end

-- Secrets that are another or not: only together, and only where all else is the same.
local function secrets_of(found, want, same)
  for _, key in ipairs(contact.secrets) do
    if want[key] ~= nil then
      found[key] = same and want[key] or "another"
      found.as_written = found.as_written or not same
    end
  end
end

local function found_of(item, mode, owner, sum, text, script)
  local want = item.want
  if not want then return { contact = item.name } end
  local shown, known = encode.base64_decode(text), all_known(want)
  local function render() return known and contact.shown(want) or nil end
  local found = rendered.found(shown, want, contact.keys, render, parse)
  local whole = known and digest.sha256(contact.render(want)) == sum
  if render() == shown then found.as_written = whole end
  secrets_of(found, want, whole or known and render() ~= shown)
  found.as_written = found.as_written and mode == "600" and owner == "root"
  found.contact = want.contact
  found.sender = script == digest.sha256(sender.text) and "current" or "another"
  return found
end

local test = {
  subject = "\"pipster: test of the contact $name on $(uname -n)\"",
  body = "echo 'This message shows that alerts of this host arrive here.'",
}

-- The text of the test goes out with the new file in its place, unless it is the same.
local function test_script(name)
  return "name=" .. shell.quote(name) .. "; cmp -s \"$o\" \"$f\" || " .. test.body
    .. " | " .. sender.path .. " \"$name\" " .. test.subject
end

local function remove(name)
  local path = shell.quote(path_of(name))
  return { { "rm " .. path_of(name), "rm -f " .. path .. " " .. path
    .. ".pipster-old || exit 1\n"
    .. "rmdir " .. sender.folder .. " 2>/dev/null && rm -f " .. sender.path .. "; :" } }
end

return type {
  name = "alert.contact",
  doc = "Somebody who is told by this host: by e-mail, SendGrid, Slack, Discord or a"
    .. " webhook. It is there when it has accepted a test message.",
  link = "https://curl.se/docs/manpage.html#-K",
  on_host = true,
  attributes = {
    via = attribute.string { default = "smtp",
      one_of = { "smtp", "sendgrid", "slack", "discord", "webhook" }, doc = "how" },
    server = attribute.string {
      doc = "smtp: name of the server; with :PORT where it is not the usual one" },
    tls = attribute.string { optional_computed = true,
      one_of = { "starttls", "tls", "none" },
      doc = "smtp: starttls (587) where there is a user, else none (25); tls (465)" },
    user = attribute.string { doc = "smtp: who logs in" },
    password = attribute.any { secret = true, doc = "smtp: a secret" },
    api_key = attribute.any { secret = true,
      doc = "sendgrid: a secret; its only right is \"Mail Send\"" },
    from = attribute.string { doc = "smtp, sendgrid: the sender's address" },
    to = attribute.list { item = "string", doc = "smtp, sendgrid: addresses" },
    url = attribute.any { secret = true,
      doc = "slack, discord, webhook: a secret, for who knows it can send" },
    token = attribute.any { secret = true, doc = "webhook: a secret, sent as Bearer" },
    contact = attribute.string { fixed = true, doc = "its name; the resource's" },
    sender = attribute.string { default = "current",
      doc = "the script on the host is the one of this version" },
    as_written = rendered.as_written,
  },
  example = [[
alert.contact "ops" {
  on = host, server = "mail.pipster.app", user = "alerts",
  password = secret "mail_password", from = "alerts@pipster.app",
  to = { "ops@pipster.app" },
}]],
  shorthand = function(declared, name)
    if kind_of(name) == "string" and name:find("[^%w_-]") then
      fault("\"" .. name .. "\" cannot be the name of a contact",
        { next = "use a-z, A-Z, 0-9, - and _" })
    end
    if kind_of(declared.to) == "string" then declared.to = { declared.to } end
    if name then
      declared.contact = name
      declared.via = declared.via or "smtp"
      contact.check(declared, name)
    end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%d+):([^:]*):(%x+):([%w+/=]*):(%x*)$", found_of),
  commands = function(_, want, context)
    local name = context and context.name or "…"
    if not want then return remove(name) end
    local path = path_of(name)
    return {
      { "apt-get install curl", apt.ensure("curl", { "curl", "ca-certificates" }) },
      { "write " .. sender.path, sender.put() },
      { "write " .. path .. ", send a test message",
        shell.join({ "mkdir -p ", sender.folder,
          " && install -d -m 700 /etc/pipster ", sender.folder, " || exit 1\n",
          shell.replace_file({ path = path, content = contact.render(want),
            mode = "0600" }, test_script(name)) }, "") },
    }
  end,
}
