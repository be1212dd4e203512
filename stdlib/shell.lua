-- SPDX-License-Identifier: MIT
--
-- Pieces of POSIX sh that types put together. All pure. Secrets go through: what is built
-- from one is one, and its bytes stand in the script only (printf is built into the
-- shell, so they are in no argv).

local encode = require "encode"
local secret = require "secret"

local shell = {}

-- One word for the shell, whatever is in it. A secret's trailing newlines are lost.
function shell.quote(text)
  if secret.is(text) then
    return '"$(printf %s ' .. encode.base64(text) .. ' | base64 -d)"'
  end
  local word = tostring(text)
  if word ~= "" and not word:find("[^%w@%%+=:,./_-]") then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- table.concat that takes secrets.
function shell.join(parts, separator)
  local joined = ""
  for i, part in ipairs(parts) do
    joined = i == 1 and part or joined .. (separator or "") .. part
  end
  return joined
end

-- "git clone -- URL" from { "git", "clone", "--", url }, each word quoted.
function shell.words(words)
  local quoted = {}
  for i, word in ipairs(words) do quoted[i] = shell.quote(word) end
  return shell.join(quoted, " ")
end

-- "0644", 420 and 644 as people write them → "0644".
function shell.mode(mode)
  local digits = tostring(mode)
  return ("0"):rep(math.max(0, 4 - #digits)) .. digits
end

local function ownership(file)
  if not file.owner and not file.group then return "true" end
  local who = (file.owner or "") .. (file.group and ":" .. file.group or "")
  return "chown " .. shell.quote(who) .. ' "$t"'
end

-- A script that writes `content` beside `path` and renames it: never half a file, mode
-- and owner before the name. file: path, content (text or secret), mode "0644", owner,
-- group.
function shell.write_file(file)
  return shell.join({
    "(",
    "umask 077",
    "f=" .. shell.quote(file.path),
    't="$f.pipster-new.$$"',
    "trap 'rm -f \"$t\"' EXIT",
    "{ printf %s '" .. encode.base64(file.content) .. "' | base64 -d >\"$t\"; } &&",
    "  chmod " .. shell.mode(file.mode or "0644") .. ' "$t" &&',
    "  " .. ownership(file) .. " &&",
    '  mv -fT "$t" "$f"',
    ")",
  }, "\n") .. "\n"
end

-- The same, but what stood there comes back (or nothing does) unless `check`, shell text,
-- succeeds with the new file in its place.
function shell.replace_file(file, check)
  return shell.join({
    "f=" .. shell.quote(file.path) .. '; o="$f.pipster-old"',
    'if [ -e "$f" ]; then ln -f "$f" "$o"; else rm -f "$o"; fi',
    shell.write_file(file) .. "[ $? = 0 ] || exit 1",
    "if ( " .. check .. '\n); then rm -f "$o"',
    'elif [ -e "$o" ]; then mv -fT "$o" "$f"; false',
    'else rm -f "$f"; false; fi',
  }, "\n") .. "\n"
end

-- The lines of an answer, whatever ends them.
function shell.lines(text)
  return text:gmatch("([^\r\n]+)\r?\n?")
end

-- Prints the bytes of a file as one word of base64; nothing where there is no file.
function shell.base64_of(path)
  return "base64 -w 0 < " .. shell.quote(path) .. " 2>/dev/null"
end

return shell
