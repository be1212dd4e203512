-- SPDX-License-Identifier: MIT
--
-- A command that is run when it is needed: when `creates` is not there, when `unless`
-- fails, when `only_if` succeeds. Deciding commands run in a plan only when declared
-- `safe`; otherwise the verdict is may change.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

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
  -- Of what a cut-off run began and nobody declares any more nothing is known.
  if #tests == 0 then tests[1] = "false" end
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

-- Variables, input and user of the command. Another user gets its text by the
-- environment, which is for nobody else's eyes.
local function run_of(want)
  local text = want.run
  local sets = {}
  for name, value in pairs(want.environment or {}) do
    sets[#sets + 1] = shell.join({ "export ", name, "=", shell.quote(value), "\n" })
  end
  if #sets > 0 then text = shell.join({ shell.join(sets), text }) end
  if want.user then
    local name = shell.quote(want.user)
    text = shell.join({ "export pipster_run=", shell.quote(text),
      "\nHOME=$(getent passwd ", name, " | cut -d: -f6) runuser -u ", name,
      " -- /bin/sh -c 'run=$pipster_run; unset pipster_run; eval \"$run\"'" })
  end
  local run = shell.join({ "eval ", shell.quote(text) })
  if want.stdin == nil then return run end
  return shell.join({ "printf %s '", encode.base64(want.stdin), "' | base64 -d | { ", run,
    "\n}" })
end

local function check_environment(environment)
  for name in pairs(kind_of(environment) == "table" and environment or {}) do
    if not tostring(name):find("^[%a_][%w_]*$") then
      fault("\"" .. tostring(name) .. "\" is no name of a variable", {
        next = "use letters, digits and _" })
    end
  end
end

local function probe_one(index, item, context)
  local test = test_in(item.want or item.recorded, context)
  return test and "if ( " .. test .. " ); then echo " .. index .. ":done; fi"
end

local function done()
  return { done = true }
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
      doc = "shell text" },
    user = attribute.string { ["local"] = true, doc = "who runs it; root when left out" },
    environment = attribute.map { ["local"] = true, doc = "variables; secrets may be in"
      .. " them" },
    stdin = attribute.any { ["local"] = true,
      doc = "text that it reads; may be a secret" },
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
    check_environment(declared.environment)
    return declared
  end,

  -- What was carried out is done (the step's own probe); what a plan may not ask is not.
  probe = each.probe(probe_one),
  read = each.read("^(%d+):done$", done),
  undecided = function(want)
    if is_safe(want) then return nil end
    return "its " .. (want.unless and "unless" or "only_if") .. " is run only by a run"
  end,
  -- The guard is asked again right before, since things before it may have changed it.
  commands = function(_, want)
    if not want then return { { "nothing: what a command did stays", "true" } } end
    return { { "run it", shell.join({ "if ( ", test_of(want),
      " ); then needless; else cd ", shell.quote(want.directory), " && ", run_of(want),
      "; fi" }) } }
  end,
}
