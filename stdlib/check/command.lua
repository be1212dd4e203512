-- SPDX-License-Identifier: MIT
--
-- A command on a host ends as it should and prints what it should. It must only read.
local attribute = require "attribute"
local fault = require "fault"
local settings = require "settings"
local shell = require "shell"
local type = require "type"
local verdict = require "verdict"

local function judge(result, want)
  if result.status ~= want.status then
    return ("it ended with %d: %s"):format(result.status,
      (result.output .. result.errors):sub(-400))
  end
  if want.expect and not result.output:find(want.expect) then
    return "its output does not match " .. want.expect .. ": " .. result.output:sub(-400)
  end
  return nil
end

return type {
  name = "check.command",
  doc = "A command on a host ends with the wanted status and prints what is wanted. Runs"
    .. " in "
    .. "every run, so it must only read.",
  on_host = true,
  is_check = true,
  attributes = {
    run = attribute.string { required = true, doc = "shell text, run as root" },
    directory = attribute.string { default = "/", doc = "where it runs" },
    status = attribute.integer { default = 0, doc = "wanted exit status" },
    expect = attribute.string { doc = "Lua pattern that its output must match" },
    within = attribute.any { default = "0s", doc = "how long it may take to become so" },
  },
  example = [[
check.command "database" {
  on = host, run = "docker exec db pg_isready", within = "30s",
}]],

  check = function(want, step)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    local text = "cd " .. shell.quote(want.directory) .. " && eval "
      .. shell.quote(want.run)
    local why
    local passed = verdict.await {
      what = step.address, within = want.within, every = 1, most = 5,
      check = function()
        why = judge(step.session:run(text, { timeout = 120 }), want)
        return not why
      end,
    }
    if not passed then fault(step.address .. " failed", { why = why,
      next = want.run }) end
    return {}
  end,
}
