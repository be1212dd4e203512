-- SPDX-License-Identifier: MIT
--
-- Random words and files through the real framing of a real session. The words are the
-- same for the same seed.
local encode = require "encode"
local fault = require "fault"
local shell = require "shell"
local ssh = require "ssh"

local quoting = {}

-- What shells trip over, beside any byte at all.
local pieces = {
  "'", "''", "\"", "\\", "\\\\", "\\'", "\n", "\n\n", "\r\n", "$", "$HOME",
  "$(exit 1)", "`exit 1`", "${x:-y}",
  "!", "!!", "#", "~", "*", "?", "[a-z]", "{a,b}", ";", "&", "|", "<",
  ">", "(", ")", " ", "  ", "\t", "-n", "--", "%s", "%%", "\\0", "\\c", "=", "\1", "\127",
  "\129", "\130", "\136", "\255", "ü", "\u{65e5}", "\xf0\x9f\x98\x80", "\xc3",
  "\xed\xa0\x80", "EOF", "{\n", "}\n", "a", "Z",
}

local function dice(seed)
  local state = seed % 2147483646 + 1
  return function(most)
    state = state * 48271 % 2147483647
    return state % most + 1
  end
end

local function word(roll)
  local parts = {}
  for index = 1, roll(12) - 1 do
    parts[index] = roll(3) == 1 and string.char(roll(255)) or pieces[roll(#pieces)]
  end
  return table.concat(parts)
end

local function differ(what, seed, index, wanted, got)
  fault(("%s %d of seed %d arrived otherwise"):format(what, index, seed), {
    why = ("%q instead of %q"):format(got:sub(1, 300), wanted:sub(1, 300)) })
end

local function check_words(opened, seed, roll, count)
  local words, quoted = {}, {}
  for index = 1, count do
    words[index] = word(roll)
    quoted[index] = shell.quote(words[index])
  end
  local output = opened:run("printf '%s\\0' " .. table.concat(quoted, " ") .. "\n").output
  local position = 1
  for index, wanted in ipairs(words) do
    local got = output:sub(position, position + #wanted)
    if got ~= wanted .. "\0" then differ("word", seed, index, wanted, got) end
    position = position + #wanted + 1
  end
  if position ~= #output + 1 then fault("there is more than was sent") end
end

-- A name may be any word without a slash; its length is what file systems take.
local function file_of(folder, roll, index, size)
  local name = word(roll):gsub("/", "_"):sub(1, 200)
  local content = word(roll)
  if size > 0 then
    content = content:rep(size // math.max(#content, 1) + 1):sub(1, size)
  end
  return { path = ("%s/%d%s"):format(folder, index, name), content = content }
end

local function check_files(opened, folder, seed, roll, sizes)
  local files, script = {}, {}
  for index, size in ipairs(sizes) do
    files[index] = file_of(folder, roll, index, size)
    script[index] = shell.write_file(files[index])
  end
  for _, file in ipairs(files) do
    script[#script + 1] = shell.base64_of(file.path) .. "; echo; rm -f -- "
      .. shell.quote(file.path) .. "\n"
  end
  local lines = opened:run(table.concat(script)).output:gmatch("([^\n]*)\n")
  for index, file in ipairs(files) do
    local wanted, got = encode.base64(file.content), lines() or "nothing"
    if got ~= wanted then differ("file", seed, index, wanted, got) end
  end
end

-- argument: port, login, identity, host_key, folder, seed, words, files (how many).
function quoting.check(argument)
  local opened = ssh.connect {
    address = "127.0.0.1", port = argument.port, logins = { argument.login },
    identities = { argument.identity }, pins = { argument.host_key }, patience = 30,
  }
  local roll, left = dice(argument.seed), argument.words
  while left > 0 do
    check_words(opened, argument.seed, roll, math.min(left, 1000))
    left = left - 1000
  end
  local sizes = {}
  for index = 1, argument.files do sizes[index] = index % 10 == 0 and 200 * 1024 or 0 end
  check_files(opened, argument.folder, argument.seed, roll, sizes)
  local ok, problem = pcall(opened.run, opened, "printf %s " .. shell.quote("a\0b"))
  if ok or not tostring(problem):find("NUL byte") then
    fault("a NUL byte was not refused", { why = tostring(problem) })
  end
  opened:close()
  return { words = argument.words, files = argument.files }
end

return quoting
