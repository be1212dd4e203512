-- SPDX-License-Identifier: MIT
-- A step whose commands succeed and whose thing is still not there fails, with a next.
local function fault_of(want)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  local result = { outcome = "done" }
  require("batch_answer").judge(result, { address = "app:command/x", want = want }, nil)
  return result
end

return {
  { what = "what should have been made is named", run = function(_, steps)
    local result = fault_of { creates = "/opt/x" }
    steps.same("outcome", "failed", result.outcome)
    steps.same("what is missing", true, result.fault.why:find(": /opt/x", 1, true) ~= nil)
    steps.same("what to do", true, (result.fault.next or "") ~= "")
  end },
  { what = "where nothing is named", run = function(_, steps)
    local why = fault_of({}).fault.why
    steps.same("why", true, why:find("nothing like it was found$") ~= nil)
  end },
}
