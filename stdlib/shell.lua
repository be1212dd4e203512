-- SPDX-License-Identifier: MIT
--
-- Pieces of POSIX sh that types put together. All pure. Secrets go through: what is built
-- from one is one, and its bytes stand in the script only (printf is built into the
-- shell, so they are in no argv).

local digest = require "digest"
local encode = require "encode"
local fault = require "fault"
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

-- table.concat that takes secrets, and is that where all parts are plain: of thousands,
-- a join one by one would copy all that came before.
function shell.join(parts, separator)
  local plain = true
  for _, part in ipairs(parts) do
    plain = plain and (type(part) == "string" or type(part) == "number")
  end
  if plain then return table.concat(parts, separator) end
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

-- "0644" and 644 as people write them → "0644"; what is known later stays as it is.
function shell.mode(mode)
  if type(mode) ~= "string" and type(mode) ~= "number" then return mode end
  local digits = tostring(mode)
  if #digits > 4 or not digits:find("^[0-7]+$") then
    fault("\"" .. digits .. "\" is no mode", {
      why = "a mode is up to four digits of 0 to 7", next = "for example \"0644\"" })
  end
  return ("0"):rep(math.max(0, 4 - #digits)) .. digits
end

local function ownership(file, draft)
  if not file.owner and not file.group then return "true" end
  local who = (file.owner or "") .. (file.group and ":" .. file.group or "")
  return "chown " .. shell.quote(who) .. " " .. draft
end

-- A path that is declared; a relative one would count from a folder of our own.
function shell.check_path(path)
  if type(path) ~= "string" or path:find("^/") then return end
  local home = path:find("^~")
  fault("\"" .. path .. "\" is no absolute path", {
    why = home and "whose home that is depends on who asks" or nil,
    next = home and "write it out: \"/root/…\", \"/home/NAME/…\""
      or "begin it with a slash: \"/" .. path .. "\"" })
end

-- Where the digest of a file is noted as it was written, in the host's $folder.
function shell.note_of(path)
  return "\"$folder/written/" .. digest.sha256(path) .. "\""
end

-- Writes a file beside its place, which $fN is, as $tN.
local function draft(index, file)
  local name = "\"$t" .. index .. "\""
  return shell.join({
    "f" .. index .. "=" .. shell.quote(file.path),
    "t" .. index .. "=\"$f" .. index .. ".pipster-new.$$\"",
    file.from and "cp -- " .. shell.quote(file.from) .. " " .. name .. " &&"
      or "{ printf %s '" .. encode.base64(file.content) .. "' | base64 -d >" .. name
      .. "; } &&",
    "  chmod " .. shell.mode(file.mode or "0644") .. " " .. name .. " &&",
    "  " .. ownership(file, name) .. " || exit 1",
  }, "\n")
end

local function into_place(index, file)
  return ("{ [ ! -d \"${folder-}/written\" ] || sha256sum < \"$t%d\" > "):format(index)
    .. shell.note_of(file.path)
    .. ("; } &&\n  mv -fT \"$t%d\" \"$f%d\" || exit 1"):format(index, index)
end

-- A script that writes files beside their places and renames them when all are written
-- and `check` (shell text or nil; the new ones are $t1, $t2 …) succeeds: never half a
-- file, mode and owner before the name. Each: path, content (text or secret) or from (a
-- path on the host), mode "0644", owner, group.
function shell.write_files(files, check)
  local lines, drafts = { "(", "umask 077", "" }, {}
  for index, file in ipairs(files) do
    drafts[index] = "\"$t" .. index .. "\""
    lines[#lines + 1] = draft(index, file)
  end
  lines[3] = "trap 'rm -f " .. table.concat(drafts, " ") .. "' EXIT"
  lines[#lines + 1] = check
  for index, file in ipairs(files) do lines[#lines + 1] = into_place(index, file) end
  lines[#lines + 1] = ")"
  return shell.join(lines, "\n") .. "\n"
end

function shell.write_file(file) return shell.write_files { file } end

-- The same, but what stood there comes back (or nothing does) unless `check`, shell text,
-- succeeds with the new file in its place.
function shell.replace_file(file, check)
  return shell.join({
    "f=" .. shell.quote(file.path) .. '; o="$f.pipster-old"',
    'if [ -e "$f" ]; then ln -f "$f" "$o" || exit 1; else rm -f "$o"; fi',
    "note=" .. shell.note_of(file.path) .. '; noted=$(cat "$note" 2>/dev/null)',
    shell.write_file(file) .. '[ $? = 0 ] || { rm -f "$o"; exit 1; }',
    "if ( " .. check .. '\n); then rm -f "$o"',
    'elif [ -e "$o" ]; then mv -fT "$o" "$f"; printf "%s\\n" "$noted" > "$note"; false',
    'else rm -f "$f"; false; fi',
  }, "\n") .. "\n"
end

-- Ends the script where there is no such user: what is to run as one would never run.
function shell.need_user(user)
  if user == "root" then return ":" end
  return "getent passwd " .. shell.quote(user) .. " >/dev/null || { echo "
    .. shell.quote("there is no user " .. user .. ": declare it before") .. "; exit 1; }"
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
