-- SPDX-License-Identifier: MIT
-- The figures of a host, and which of them are over their limit.
local function output(cpu_after, available, disk)
  return "cpu  100 0 100 700 100 0 0 0 0 0\n" .. cpu_after .. "\n"
    .. "MemTotal:        4000000 kB\nMemAvailable:    " .. available .. " kB\n"
    .. "/dev/sda1         264212084 19467696  76033568      " .. disk .. "% /\n"
end

local function try(want, text)
  local fakes = require "tests.types.harness.host_fakes"
  local asked
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  local kind = fakes.type "check.usage"
  local wanted = require("tests.types.harness.host_wanted").declare(kind, want, "x")
  local session = { run = function(_, script)
    asked = script
    return { status = 0, output = text, errors = "" }
  end }
  local ok, answer = pcall(kind.check, wanted, { address = "app:check.usage/x",
    session = session })
  return ok and answer or tostring(answer), asked
end

local limits = { cpu = "10%", memory = "40%", disk = "30%" }

return {
  { what = "within the limits nothing is said, and all is kept", run = function()
    local idle = output("cpu  104 0 104 780 112 0 0 0 0 0", 2400000, 30)
    local answer, asked = try(limits, idle)
    local told = {}
    for _, row in ipairs(answer.measured) do
      told[#told + 1] = ("%s=%g%s"):format(row.name, row.value, row.unit)
    end
    local all = table.concat(told, " ")
    assert(all == "cpu=8% memory=40% disk=30%", all)
    assert(#answer.warnings == 0 and asked:find("sleep 5", 1, true))
  end },
  { what = "a miss is told with its figure", run = function()
    local answer = try(limits, output("cpu  150 0 150 700 100 0 0 0 0 0", 2280000, 81))
    assert(table.concat(answer.warnings, "; ") == "CPU is 100 %, over 10 %;"
      .. " memory is 43 %, over 40 %; disk is 81 %, over 30 %",
      table.concat(answer.warnings, "; "))
  end },
  { what = "steal is work of the machine, guests are not counted twice", run = function()
    local answer = try({}, output("cpu  110 0 100 730 100 0 0 60 50 0", 4000000, 1))
    assert(answer.measured[1].value == 70 and #answer.warnings == 0)
  end },
  { what = "what cannot be read is a failure, and a limit is a share", run = function()
    assert(try({}, "cpu  1 2 3\n"):find "usage cannot be read")
    local told, why = pcall(try, { cpu = "10" }, "")
    assert(not told and tostring(why):find "10 is no limit")
  end },
}
