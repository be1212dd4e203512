-- SPDX-License-Identifier: MIT
--
-- The file of a contact: curl's configuration, with what the sender has to know of it as
-- comments. What is secret stands on the line after "# secret".
local encode = require "encode"
local fault = require "fault"
local settings = require "settings"
local kind_of = type

local contact = {}

local needs = {
  smtp = { "server", "from", "to" }, sendgrid = { "api_key", "from", "to" },
  slack = { "url" }, discord = { "url" }, webhook = { "url" },
}
local takes = {
  smtp = { server = true, from = true, to = true, user = true, password = true,
    tls = true },
  sendgrid = { api_key = true, from = true, to = true },
  slack = { url = true }, discord = { url = true },
  webhook = { url = true, token = true },
}
contact.own = { "server", "from", "to", "user", "password", "tls", "api_key", "url",
  "token" }
contact.default_port = { starttls = "587", tls = "465", none = "25" }

-- How curl wants a value: JSON's quotes are its own, too.
local function quoted(value)
  return encode.escape("json", value)
end

local function check_text(declared, key)
  for _, text in ipairs(kind_of(declared[key]) == "table" and declared[key]
    or { declared[key] }) do
    if kind_of(text) == "string" and text:find("[%c]") then
      fault("the " .. key .. " of a contact is one line", { why = "it has a line break" })
    end
  end
end

local function check_address(text)
  if kind_of(text) == "string" and not text:find("^[^%s<>\"@,]+@[^%s<>\"@,]+$") then
    fault("\"" .. text .. "\" is no e-mail address", { next = "\"ops@example.com\"" })
  end
end

local function check_mail(declared)
  check_address(declared.from)
  for _, address in ipairs(kind_of(declared.to) == "table" and declared.to or {}) do
    check_address(address)
  end
  local given = declared.password or declared.user
  if declared.via == "smtp" and given and declared.tls == "none" then
    fault("a password does not go over a connection that is not encrypted", {
      next = "tls = \"starttls\" (port 587) or \"tls\" (465)" })
  end
end

-- A whole declaration: what its way needs is there, what it does not know is not.
function contact.check(declared, name)
  local via = declared.via
  if kind_of(via) ~= "string" or not needs[via] then return end
  for _, key in ipairs(needs[via]) do
    if declared[key] == nil then
      fault("the contact \"" .. name .. "\" has no " .. key, {
        why = "via = \"" .. via .. "\" needs " .. table.concat(needs[via], ", ") })
    end
  end
  for _, key in ipairs(contact.own) do
    if declared[key] ~= nil and not takes[via][key] then
      fault("a contact via " .. via .. " has no " .. key,
        { next = "take it away, or say another via" })
    end
    check_text(declared, key)
  end
  check_mail(declared)
end

local function mail_url(want)
  local tls = want.tls or (want.user and "starttls" or "none")
  local server = want.server:find(":%d+$") and want.server
    or want.server .. ":" .. contact.default_port[tls]
  return (tls == "tls" and "smtps://" or "smtp://") .. server,
    tls == "starttls" and "ssl-reqd\n" or ""
end

local function smtp(want)
  local url, ssl = mail_url(want)
  local text = "# from: " .. want.from .. "\n# to: " .. table.concat(want.to, ", ")
    .. "\nurl = " .. quoted(url) .. "\n" .. ssl .. "mail-from = " .. quoted(want.from)
    .. "\n"
  for _, address in ipairs(want.to) do
    text = text .. "mail-rcpt = " .. quoted(address) .. "\n"
  end
  if not want.user then return text end
  return text .. "# secret password\nuser = "
    .. quoted(want.user .. ":" .. (want.password or "")) .. "\n"
end

local json_header = "header = \"Content-Type: application/json\"\n"

local function bearer(token)
  return "# secret\nheader = " .. quoted("Authorization: Bearer " .. token) .. "\n"
end

local function sendgrid(want)
  local to = {}
  for index, address in ipairs(want.to) do
    to[index] = "{\"email\":" .. quoted(address) .. "}"
  end
  return "# envelope: \"personalizations\":[{\"to\":[" .. table.concat(to, ",")
    .. "]}],\"from\":{\"email\":" .. quoted(want.from) .. "}\nurl = "
    .. quoted(settings.endpoints.sendgrid .. "/mail/send") .. "\n" .. json_header
    .. bearer(want.api_key)
end

local function hook(want)
  local url = want.url
  -- Without it Discord does not tell whether the message was kept.
  if want.via == "discord" then url = url .. "?wait=true" end
  return json_header .. "# secret\nurl = " .. quoted(url) .. "\n"
    .. (want.token and bearer(want.token) or "")
end

local ways = { smtp = smtp, sendgrid = sendgrid, slack = hook, discord = hook,
  webhook = hook }

-- The text of the file; a secret where one is in it.
function contact.render(want)
  return "# via: " .. want.via .. "\n" .. ways[want.via](want)
end

-- The same without what is secret, as the probe tells it.
function contact.shown(want)
  local shown = {}
  for key, value in pairs(want) do shown[key] = value end
  for _, key in ipairs(contact.secrets) do
    if shown[key] ~= nil then shown[key] = "hidden" end
  end
  return (contact.render(shown):gsub("(# secret[^\n]*\n)[^\n]*\n", "%1"))
end

contact.secrets = { "password", "api_key", "url", "token" }
contact.keys = { "via", "server", "tls", "user", "from", "to" }

return contact
