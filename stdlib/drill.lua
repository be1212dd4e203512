-- SPDX-License-Identifier: MIT
--
-- Restore drills that are run now, for `pipster drill restore`: the script that the timer
-- runs too, and what it noted.
local fault = require "fault"
local remote = require "remote"
local shell = require "shell"
local state = require "backup_state"

local drill = {}

local LONGEST = 6 * 3600

local function is_none(text) return text == nil or text == "none" end

-- What it noted, of an open session.
function drill.run(opened, name)
  local path, note = "/usr/local/lib/pipster/backup/drill", state.path(name)
  local result = opened:run("[ -x " .. path .. " ] || exit 66\nbefore=$(sed -n"
    .. " 's/^drill_at=//p' " .. note .. ")\n" .. path .. " " .. shell.quote(name)
    .. " >/dev/null\ncode=$?\n[ \"$before\" != \"$(sed -n 's/^drill_at=//p' " .. note
    .. ")\" ] || [ $code = 0 ] || exit 67\ncat " .. note .. "; exit $code",
    { timeout = LONGEST })
  if result.status == 66 or result.status == 67 then
    return { name = name, passed = false, tried = false, why = result.status == 66
      and "the backup is not installed there: pipster plan tells"
      or "it could not be begun: " .. result.errors:sub(-300) }
  end
  local found = state.parse(result.output)
  return { name = name, passed = result.status == 0,
    tried = found.drill ~= "unable", file = found.drill_file,
    at = found.drill_at, seconds = found.drill_seconds, bytes = found.drill_bytes,
    rows = tonumber(found.drill_rows), why = found.drill_error,
    last_good = not is_none(found.drill_last_good) and found.drill_last_good or nil }
end

-- asked: { host, backups = { { host, name } } }, of several hosts.
function drill.restore(asked)
  local opened, list = remote.open(asked.host), {}
  for _, backup in ipairs(asked.backups) do
    if backup.host == asked.host.name then
      local found = drill.run(opened, backup.name)
      if found.passed then found.why, found.last_good = nil, nil
      else found.seconds, found.bytes, found.rows = nil, nil, nil end
      list[#list + 1] = found
    end
  end
  if #list == 0 then fault("nothing was to be drilled on host/" .. asked.host.name) end
  return { drills = list }
end

return drill
