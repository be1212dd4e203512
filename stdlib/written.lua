-- SPDX-License-Identifier: MIT
--
-- What pipster wrote on a host: shell.write_file notes the digest of each file. So one
-- that somebody edited since is told from ours: it is never removed.
-- Where nothing is noted nobody can tell, and it stays as well.
local shell = require "shell"

local written = {}

local tested = [[
edited() {
  [ -f "$1" ] && [ "$(sha256sum < "$1")" != "$(cat "$2" 2>/dev/null)" ]
}
]]

local function call_of(path)
  return "edited " .. shell.quote(path) .. " " .. shell.note_of(path)
end

-- The files of what is recorded and not wanted any more; nil where its type names none.
local function files_of(item)
  if item.want or not item.type.writes then return nil end
  local ok, files = pcall(item.type.writes, item.recorded or {}, item.name)
  return ok and files or nil
end

-- Shell text that tells which of them were edited, or nil.
function written.probe(items)
  local lines = {}
  for index, item in ipairs(items) do
    for number, path in ipairs(files_of(item) or {}) do
      lines[#lines + 1] = call_of(path) .. " && echo " .. index .. ":" .. number
    end
  end
  return #lines > 0 and tested .. table.concat(lines, "\n") or nil
end

-- Marks what was found of them: `edited` names what.
function written.read(items, output, results)
  for index, number in output:gmatch("(%d+):(%d+)") do
    local item, found = items[tonumber(index)], results[tonumber(index)]
    if item and found then
      found.edited = found.edited or files_of(item)[tonumber(number)]
    end
  end
end

-- The commands of a removal: none of them where a file was edited meanwhile.
function written.guard(item, commands)
  local files = files_of(item)
  if not files then return commands end
  local lines, gone = { tested }, {}
  for number, path in ipairs(files) do
    lines[#lines + 1] = "if " .. call_of(path) .. "; then echo "
      .. shell.quote(path .. " was edited since it was written: it stays")
      .. "; needless; exit 0; fi"
    gone[number] = shell.note_of(path)
  end
  local guarded = { { "look for edits", table.concat(lines, "\n") } }
  for _, command in ipairs(commands) do guarded[#guarded + 1] = command end
  guarded[#guarded + 1] = { "forget it", "rm -f " .. table.concat(gone, " ") }
  return guarded
end

return written
