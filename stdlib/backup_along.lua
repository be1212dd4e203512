-- SPDX-License-Identifier: MIT
--
-- The state's export beside the dumps of the backups on one host, whole or as it was, and
-- from there to where their copies go, without anybody waiting for that.
local fault = require "fault"
local session = require "session"
local settings = require "settings"
local shell = require "shell"

local along = {}

function along.path(folder) return folder .. "/state.json" end

function along.script(backup, text)
  return "[ -d " .. shell.quote(backup.path) .. " ] || { echo 'the folder "
    .. backup.path .. " is not there' >&2; exit 66; }\n"
    .. shell.write_file { path = along.path(backup.path), mode = "0600", content = text }
    .. "[ $? = 0 ] || exit 1\n"
    .. "systemd-run -q --no-block --collect --nice=10 --unit=pipster-beside-$$-"
    .. backup.name .. " /usr/local/lib/pipster/backup/run " .. backup.name .. " beside\n"
end

-- asked: { host, backups = { { address, host, name, path } }, text }. Answers the
-- addresses of those that have it now.
function along.send(asked)
  local sent = {}
  if settings.host_driver == "none" then return { sent = sent } end
  local opened = session.open(asked.host)
  for _, backup in ipairs(asked.backups) do
    if backup.host == asked.host.name then
      local result = opened:run(along.script(backup, asked.text), { timeout = 120 })
      if result.status ~= 0 then
        fault("it cannot be written for " .. backup.address,
          { why = result.errors:sub(-300) })
      end
      sent[#sent + 1] = backup.address
    end
  end
  return { sent = sent }
end

return along
