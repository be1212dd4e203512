-- SPDX-License-Identifier: MIT
--
-- A command that is run when it is needed: when `creates` is not there, when `unless`
-- fails, when `only_if` succeeds. Deciding commands run in a plan only when declared
-- `safe`; otherwise the verdict is may change.
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local type = require "type"

-- Succeeds when nothing is to be done. Texts of others are evaluated apart, so that a
-- slip in one of them is not one of the whole script.
local function test_of(want)
  local tests = {}
  if want.creates then tests[#tests + 1] = "[ -e " .. shell.quote(want.creates)
    .. " ]" end
  if want.unless then tests[#tests + 1] = "(eval " .. shell.quote(want.unless)
    .. ") >/dev/null 2>&1" end
  if want.only_if then
    tests[#tests + 1] = "! (eval " .. shell.quote(want.only_if) .. ") >/dev/null 2>&1"
  end
  return "{ cd " .. shell.quote(want.directory or "/") .. " 2>/dev/null; "
    .. table.concat(tests, " || ") .. "; }"
end

local function is_safe(want)
  return want.safe or not (want.unless or want.only_if)
end

-- All of it in a run, and where the rest only reads; else `creates` alone: when that is
-- there, nothing is to be done whatever the rest says.
local function test_in(want, context)
  if context.in_run or context.after or is_safe(want) then return test_of(want) end
  return want.creates and test_of { creates = want.creates, directory = want.directory }
end

return type {
  name = "command",
  doc = "A shell command, run only when its guard says so. One without a guard is"
    .. " refused: "
    .. "it would run in every run.",
  lasting = "what the command did stays done",
  on_host = true,
  attributes = {
    run = attribute.any { required = true, ["local"] = true,
      doc = "shell text, run as root" },
    directory = attribute.string { default = "/", ["local"] = true,
      doc = "where it runs" },
    creates = attribute.string { ["local"] = true,
      doc = "a path: there, nothing is to be done" },
    unless = attribute.string { ["local"] = true,
      doc = "succeeds: nothing is to be done" },
    only_if = attribute.string { ["local"] = true, doc = "fails: nothing is to be done" },
    safe = attribute.bool { default = false, ["local"] = true,
      doc = "unless and only_if only read, so that a plan may run them" },
    done = attribute.bool { default = true,
      doc = "its guard says that nothing is to be done" },
  },
  example = [[
host:command "deployment-date" {
  run = "date > /opt/deployed-on", creates = "/opt/deployed-on",
}]],
  shorthand = function(declared, name)
    if name and declared.run and not (declared.creates or declared.unless
      or declared.only_if) then
      fault("the command " .. name .. " has no guard", {
        why = "it would run in every run", next = "add creates, unless or only_if" })
    end
    return declared
  end,

  -- What was carried out is done (the step's own probe); what a plan may not ask is not.
  probe = function(items, context)
    local lines = {}
    for index, item in ipairs(items) do
      local test = test_in(item.want or item.recorded, context)
      if test then
        lines[#lines + 1] = "if ( " .. test .. " ); then echo " .. index .. ":done; fi"
      end
    end
    return table.concat(lines, "\n")
  end,
  read = function(_, output)
    local results = {}
    for line in shell.lines(output) do
      local index = line:match("^(%d+):done$")
      if index then results[tonumber(index)] = { done = true } end
    end
    return results
  end,
  undecided = function(want)
    if is_safe(want) then return nil end
    return "its " .. (want.unless and "unless" or "only_if") .. " is run only by a run"
  end,
  -- The guard is asked again right before, since things before it may have changed it.
  commands = function(_, want)
    if not want then return { { "nothing: what a command did stays", "true" } } end
    return { { "run it", shell.join({ "if ( ", test_of(want),
      " ); then needless; else cd ", shell.quote(want.directory), " && eval ",
      shell.quote(want.run), "; fi" }) } }
  end,
}
