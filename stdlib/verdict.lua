-- SPDX-License-Identifier: MIT
--
-- How a check ends: asked again until its time is up. Only the time being up is a
-- verdict; any other fault (a lost connection, a wrong pattern) is passed on as it is.
local fault = require "fault"
local wait = require "wait"

local verdict = {}

-- options as wait.until_true has them. Whether it became true in time.
function verdict.await(options)
  local passed, problem = pcall(wait.until_true, options)
  if passed then return true end
  if fault.is(problem) and problem.code == "timeout" then return false end
  return error(problem, 0)
end

return verdict
