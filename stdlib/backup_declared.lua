-- SPDX-License-Identifier: MIT
--
-- What a playbook says of a backup, in one form: names of contacts for their handles, a
-- key where none is given, where the copies go.
local fault = require "fault"
local handle = require "handle"
local offsite = require "backup_offsite"
local secret = require "secret"
local span = require "span"
local kind_of = type

local declared_of = {}

local function refuse(name, what, next_step)
  fault("backup.postgres " .. tostring(name) .. ": " .. what, { next = next_step })
end

local function check_name(name)
  if kind_of(name) == "string" and name:find("[^%w_-]") then
    refuse(name, "this cannot be its name", "use a-z, 0-9, - and _")
  end
end

local function check_source(declared, name)
  if declared.container and declared.url then
    refuse(name, "it is in a container, or at a url, not both", "leave one of them out")
  end
  local url = declared.url
  if kind_of(url) ~= "string" then return end
  if url:find("^%w+://[^/@]*:[^/@]*@") then
    refuse(name, "a password stands in its url",
      "take it out, and say password = secret(\"NAME\", …)")
  end
  local database = url:match("^postgres[ql]*://[^/]+/([^?]+)")
  if not database then
    refuse(name, "\"" .. url .. "\" names no database",
      "url = \"postgresql://USER@HOST:5432/DATABASE\"")
  end
  declared.database = declared.database or database
end

local texts = { "container", "url", "database", "user", "drill_query", "path" }

-- One line each, since they stand in a file of lines.
local function check_texts(declared, name)
  for _, key in ipairs(texts) do
    if kind_of(declared[key]) == "string" and declared[key]:find("[\n\r]") then
      refuse(name, key .. " must be one line", "put it into one")
    end
  end
  for _, path in ipairs(declared.also or {}) do
    if kind_of(path) ~= "string" or path:find("[^%w@%%+=:,./_-]")
      or path:sub(1, 1) ~= "/" then
      refuse(name, "\"" .. tostring(path) .. "\" cannot go along",
        "name a path of the host, without blanks")
    end
  end
end

local function names_of(contacts)
  local names = {}
  for index, contact in ipairs(contacts or {}) do
    names[index] = handle.is(contact) and handle.name(contact) or contact
  end
  return names
end

local function check_clear(declared, name)
  for _, key in ipairs { "password", "key" } do
    if kind_of(declared[key]) == "string" then
      refuse(name, key .. " is written down in clear", "say " .. key
        .. " = secret(\"NAME\", …)")
    end
  end
end

-- An amendment comes through here alone, without a name.
function declared_of.shorthand(declared, name)
  if not name then return declared end
  check_name(name)
  check_source(declared, name)
  if not declared.database then
    refuse(name, "it does not say which database", "database = \"NAME\"")
  end
  check_texts(declared, name)
  check_clear(declared, name)
  if kind_of(declared.drill) == "table" then
    refuse(name, "drill says how often, on its own host",
      "on a rented server: backup.drill \"" .. name .. "\" { backup = …, every = … }")
  end
  for _, key in ipairs { "every", "keep" } do
    if declared[key] then span.seconds(declared[key], key .. " of " .. name) end
  end
  declared.path = declared.path or "/var/backups/pipster/" .. name
  declared.notify = names_of(declared.notify)
  if declared.encrypt ~= false and not declared.key then
    declared.key = secret.declare("backup_" .. name, { kind = "age", protect = true })
  end
  if declared.offsite then
    declared.offsite = offsite.shorthand(declared.offsite, name)
  end
  return declared
end

return declared_of
