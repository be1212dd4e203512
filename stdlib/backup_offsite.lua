-- SPDX-License-Identifier: MIT
--
-- Where the copies of a backup go: what a playbook says of it, in one form, and the files
-- that restic needs for it on the host. Secrets are in files of mode 0600 alone.
local fault = require "fault"
local handle = require "handle"
local secret = require "secret"
local shell = require "shell"
local span = require "span"
local unknown = require "unknown"

local offsite = {}

local known = { sftp = true, s3 = true, box = true, host_key = true, key = true,
  key_id = true, secret_key = true, password = true, keep = true, ca = true,
  address = true, user = true, port = true, path = true }

local function refuse(what, next_step)
  fault("offsite = { … } of a backup: " .. what, { next = next_step })
end

-- "u123@u123.your-storagebox.de:23/backups"
local function read_sftp(made)
  local user, address, port, path =
    made.sftp:match("^([%w_.-]+)@([%w.-]+):?(%d*)/(.+)$")
  if not user or path:find("[%s'\"\\]") then
    refuse("\"" .. made.sftp .. "\" is no place for sftp",
      "write sftp = \"USER@HOST:PORT/FOLDER\"; the folder counts from the user's own")
  end
  made.user, made.address, made.path = user, address, path
  made.port = port ~= "" and math.tointeger(tonumber(port)) or 22
end

-- What the handle of a hetzner.storage_box tells.
local function read_box(made)
  local box = made.box
  made.user, made.address, made.port = box.username, box.server, box.port
  made.host_key = made.host_key or box.host_key
  made.path, made.box = made.path or "backups", nil
end

local function check_parts(made)
  local ways = (made.s3 and 1 or 0) + (made.sftp and 1 or 0) + (made.box and 1 or 0)
  if ways > 1 or ways == 0 and not made.address then
    refuse("it wants one of box, sftp and s3", "pipster types backup.postgres")
  end
  if made.box and not handle.is(made.box) then
    refuse("box is no Storage Box", "box = hetzner.storage_box \"NAME\" { … }")
  end
  if made.s3 and not (made.key_id and made.secret_key) then
    refuse("s3 wants key_id and secret_key", "make both secrets: secret(\"NAME\", …)")
  end
  if not made.s3 and not made.key then
    refuse("sftp wants the key that logs in",
      "key = secret(\"NAME\", { kind = \"ssh\" }); its .public_key is for the other side")
  end
  if made.sftp and not made.host_key then
    refuse("sftp wants the other side's host_key",
      "ssh-keyscan -p PORT HOST, compared with what the vendor publishes")
  end
end

-- What was declared, in the form that the files are made of. name: of the backup.
function offsite.shorthand(given, name)
  local made = {}
  for key, value in pairs(given) do
    if not known[key] then
      refuse("it takes no " .. tostring(key), "pipster types backup.postgres")
    end
    made[key] = value
  end
  check_parts(made)
  if handle.is(made.box) then read_box(made) end
  if type(made.sftp) == "string" then read_sftp(made) end
  made.keep = made.keep or "30d"
  if span.seconds(made.keep, "offsite.keep") < 3600 then
    refuse("keep = \"" .. made.keep .. "\" is less than an hour", "for example \"30d\"")
  end
  made.password = made.password
    or secret.declare("backup_" .. name .. "_offsite", { protect = true })
  return made
end

function offsite.repository(of)
  if of.s3 then return "s3:" .. of.s3 end
  return "sftp:" .. of.user .. "@" .. of.address .. ":" .. of.path
end

local function quoted(value)
  return "'" .. tostring(value):gsub("'", "'\\''") .. "'"
end

local function settings_text(of)
  local lines = { "repository=" .. quoted(offsite.repository(of)),
    "offsite_keep=" .. quoted(of.keep) }
  if not of.s3 then
    lines[3] = "ssh_host=" .. quoted(of.address)
    lines[4] = "ssh_user=" .. quoted(of.user)
    lines[5] = "ssh_port=" .. quoted(of.port)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function known_hosts(of)
  local name = of.port == 22 and of.address or "[" .. of.address .. "]:" .. of.port
  local lines = {}
  for key in of.host_key:gmatch("[^\n]+") do
    lines[#lines + 1] = name .. " " .. key:match("^%s*(.-)%s*$")
  end
  return table.concat(lines, "\n") .. "\n"
end

local function credentials(of)
  return shell.join({ "AWS_ACCESS_KEY_ID='", of.key_id, "'\nAWS_SECRET_ACCESS_KEY='",
    of.secret_key, "'\n" })
end

-- Whether something of it is known only after apply.
function offsite.has_unknown(of)
  for _, value in pairs(of) do
    if unknown.is(value) then return true end
  end
  return false
end

-- A Storage Box may not be able to tell its key yet.
function offsite.is_known(of)
  return not offsite.has_unknown(of)
    and (of.s3 or of.host_key and of.address and of.user) and true or false
end

-- name → content; each of mode 0600 in the folder offsite of the backup.
function offsite.files(of)
  local files = { settings = settings_text(of), password = of.password,
    ["ca.pem"] = of.ca }
  if of.s3 then
    files.credentials = credentials(of)
  else
    files.key, files.known_hosts = of.key, known_hosts(of)
  end
  return files
end

offsite.names = { "ca.pem", "credentials", "key", "known_hosts", "password", "settings" }

return offsite
