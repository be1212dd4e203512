-- SPDX-License-Identifier: MIT
--
-- Between the engine's questions and a type's functions: what script/lua_provider.c
-- calls. A fault of one step stays with that step.

local confirm = require "batch_confirm"
local fault = require "fault"
local settings = require "settings"

local prelude = {}

-- asked: { kind = type's table (of a cloud type), host = attributes and name, items }
function prelude.observe(asked)
  if asked.host then
    return require("batch").observe(asked.host, asked.items, asked.in_run)
  end
  return asked.kind.observe(asked.items)
end

local function uncertain(problem)
  return fault.is(problem) and problem.kind == "uncertain"
end

-- A check on a host may talk to it; where there are no hosts it must not try.
local function with_session(step, host)
  if step.type.is_check and host and settings.host_driver ~= "none" then
    step.session = require("session").open(host, { patience = 60 })
  end
  return step
end

local function call(step, host)
  local kind = step.type
  if step.action == "check" then
    return kind.check(step.want, with_session(step, host)) or {}
  elseif step.action == "create" then
    return kind.create(step.want, step)
  elseif step.action == "update" then
    return kind.update(step.have, step.want, step, step.fields)
  end
  kind.delete(step.have, step)
  return nil
end

local function carry_out(step, host)
  step.begin()
  local ok, found = pcall(call, step, host)
  local result = { outcome = "done", found = ok and found or nil, changed = true }
  if not ok then
    result.outcome = uncertain(found) and "uncertain" or "failed"
    result.fault = fault.is(found) and found or fault.new(tostring(found))
  end
  step.ended(result)
  return result
end

local function needs_script(step)
  return step.type.commands ~= nil and step.action ~= "check"
end

local function one_by_one(asked)
  local results, failed = {}, false
  for index, step in ipairs(asked.steps) do
    if failed then
      results[index] = { outcome = "skipped" }
      step.ended(results[index])
    else
      results[index] = carry_out(step, asked.host)
      failed = results[index].outcome ~= "done" and not step.keep_going
    end
  end
  return results, {}
end

-- A step that is carried out by calls; what the host owes from before comes first.
local function alone(asked)
  local owed = {}
  for index, handler in ipairs(asked.handlers) do
    owed[index] = { name = handler.name, script = handler.script, causes = {} }
  end
  local _, ran = nil, {}
  if #owed > 0 then _, ran = require("batch").apply(asked.host, {}, owed) end
  asked.steps[1].host = asked.host
  return one_by_one(asked), ran
end

-- asked: { host, steps, handlers }. Answers the results of the steps and of the handlers.
function prelude.apply(asked)
  local first = asked.steps[1]
  if first and first.type.lone then return alone(asked) end
  local scripted = #asked.handlers > 0
  for _, step in ipairs(asked.steps) do scripted = scripted or needs_script(step) end
  if asked.host and scripted then
    return require("batch").apply(asked.host, asked.steps, asked.handlers)
  end
  return one_by_one(asked)
end

local function changes(change)
  return change.action ~= "none" and change.action ~= "forget"
end

-- Only the words are wanted here, so what is not known yet does no harm.
local function command_names(kind, change)
  if not kind.commands or not changes(change) then return nil end
  local context = { name = change.name,
    folder = "/var/lib/pipster/" .. settings.project_id }
  local ok, commands = pcall(kind.commands, change.have, change.want, context)
  if not ok then return nil end
  local names = {}
  for index, command in ipairs(commands) do names[index] = command[1] end
  return names
end

local function handlers_of(kind, change)
  local handlers = {}
  if not changes(change) then return handlers end
  local own = kind.handlers and kind.handlers(change.have, change.want) or {}
  for index, handler in ipairs(own) do
    handlers[index] = { name = handler[1], script = handler[2] }
  end
  if change.restarts or change.reloads then
    require("host_handler").add(handlers, change.restarts, change.reloads)
  end
  return handlers
end

-- The handlers that nothing is left for once a unit is removed.
local function voids_of(kind, change)
  if change.action ~= "delete" or not kind.units then return nil end
  return require("host_handler").names(kind.units(change.have, change.name))
end

-- A risky change says how it is turned back (type.revert), or that it cannot cut us off.
local function notes_of(kind, change, told)
  local ok, plan = pcall(kind.revert or function() end, change.have, change.want, change)
  if not changes(change) or ok and not plan then return told.notes end
  local notes = table.move(told.notes or {}, 1, #(told.notes or {}), 1, {})
  notes[#notes + 1] = ("under a dead man's switch: the host turns it back after %d s"
    .. " unless a new connection comes about"):format(confirm.within())
  return notes
end

-- change: { action, have, want, fields }
function prelude.preview(kind, change)
  local asked = kind.preview and change.action ~= "forget"
  local told = asked and kind.preview(change) or {}
  local after = told.want or change.want
  local refined = { action = change.action, name = change.name, have = change.have,
    want = after, restarts = change.restarts, reloads = change.reloads }
  return {
    want = told.want, notes = notes_of(kind, refined, told), warnings = told.warnings,
    downtime = told.downtime, data = told.data,
    downtime_seconds = told.downtime_seconds,
    replace_because = told.replace_because, unsettled = told.unsettled,
    alone_because = told.alone_because, lost = told.lost, survives = told.survives,
    hidden = told.hidden,
    stays_because = change.action == "delete" and change.have and change.have.edited
      and change.have.edited .. " was edited since it was written" or nil,
    actions = told.actions or command_names(kind, refined),
    handlers = handlers_of(kind, refined), voids = voids_of(kind, refined),
  }
end

return prelude
