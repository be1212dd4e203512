-- SPDX-License-Identifier: MIT
-- A plan says that other keys go with one that is to be alone.
local function notes_of(want)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type("authorized_key").preview({ action = "create", want = want }).notes
end

return {
  { what = "alone", run = function(_, steps)
    local notes = notes_of { user = "ada", exclusive = true } or {}
    steps.same("what goes",
      "every other key of that user goes, but for those of host:user", notes[1])
  end },
  { what = "beside others", run = function(_, steps)
    steps.same("nothing", nil, notes_of { user = "ada" })
    steps.same("it goes itself", nil, notes_of(nil))
  end },
}
