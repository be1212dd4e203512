-- SPDX-License-Identifier: MIT
-- What is sent by `pipster test alerts`, with a sender that takes only what "ops" gets.
return {
  what = "each contact is tested, and what is said of it is told", run = function()
    local fakes = require "tests.types.harness.host_fakes"
    fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
    local sender = require "alert_sender"
    local stand_in, script = os.tmpname(), os.tmpname()
    sender.path = stand_in
    local function put(path, text)
      local file = assert(io.open(path, "w"))
      file:write(text)
      file:close()
    end
    put(stand_in, "#!/bin/sh\ncat > /dev/null\necho \"of '$2'\"; echo two\n"
      .. "[ $1 = ops ]\n")
    os.execute("chmod +x " .. stand_in)
    local test = require "alert_test"
    put(script, test.script { "ops", "on-call" })
    local pipe = io.popen("sh " .. script)
    local told = test.read(pipe:read "a")
    pipe:close()
    os.remove(script)
    os.remove(stand_in)
    assert(#told == 2 and told[1].contact == "ops" and told[1].accepted)
    assert(told[1].said:find("^of 'pipster: test of the contact ops on .+' two$"))
    assert(told[2].contact == "on-call" and not told[2].accepted, told[2].said)
  end,
}
