-- SPDX-License-Identifier: MIT
--
-- One command on one host, told as it prints: for `pipster exec` and `pipster logs`. It
-- changes nothing by itself; what the command does is the caller's business.
local fault = require "fault"
local session = require "session"
local settings = require "settings"
local tell = require "tell"

local remote = {}

-- The session of a host of the state; where there are no machines, there is none.
function remote.open(host)
  if settings.host_driver == "none" then
    fault("host/" .. host.name .. " is no machine", { kind = "unreachable",
      why = "the lab's driver none keeps what is on a host in a model",
      next = "pipster lab down, then pipster lab up --driver light" })
  end
  return session.open(host)
end

-- Every line of stdout is told; what stands on stderr comes with the answer. With `keep`
-- so does stdout.
function remote.stream(host, script, options)
  local opened = remote.open(host)
  local result = opened:run(script, { timeout = options.timeout,
    line = function(line) tell(host.name, line) end })
  session.close(host)
  return { status = result.status, signal = result.signal, ms = result.ms,
    errors = result.errors, output = options.keep and result.output or nil }
end

-- asked: { host, script, timeout (seconds), keep }
function remote.run(asked)
  return remote.stream(asked.host, asked.script, asked)
end

return remote
