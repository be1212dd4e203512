-- SPDX-License-Identifier: MIT
--
-- Whether a text that somebody wrote by hand seems to hold a secret: by the name of what
-- is set there, or by its looks. For what would otherwise stand in a playbook in clear.
local suspect = {}

local markers = { "password", "passwd", "passphrase", "secret", "token", "apikey",
  "privatekey", "accesskey", "credential", "authorization" }

-- What is said of a secret without being one.
local plain = { yes = true, no = true, ["true"] = true, ["false"] = true, none = true }

-- Tags of sudoers are none of them.
local function is_named_so(word)
  if word == "NOPASSWD" or word == "PASSWD" then return false end
  local name = word:lower():gsub("[%W_]", "")
  if name:find("file$") or name:find("path$") then return false end
  for _, marker in ipairs(markers) do
    if name:find(marker, 1, true) then return true end
  end
  return false
end

-- A path, a variable and a switch are no secret.
local function is_given(text, position)
  local value = text:match("^[ \t]*[\"']?([^%s\"']+)", position)
  return value ~= nil and not value:find("^[/$%%]") and not plain[value:lower()]
end

local function named(text, pattern)
  for word, position in text:gmatch(pattern) do
    if is_named_so(word) and is_given(text, position) then return word end
  end
end

-- The word that tells, never what stands behind it; nil where nothing does. Pure.
function suspect.word(text)
  if text:find("PRIVATE KEY-----", 1, true) then return "PRIVATE KEY" end
  local scheme = text:match("(%w+)://[^%s/:@]+:[^%s/:@$]+@")
  return scheme and scheme .. "://…:…@" or named(text, "([%w_.-]+)%s*[=:]()")
    or named(text, "%-%-([%w_-]+)[ \t]+()")
end

return suspect
