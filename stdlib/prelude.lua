-- SPDX-License-Identifier: MIT
--
-- Between the engine's questions and a type's functions: what script/lua_provider.c
-- calls. A fault of one step stays with that step.

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

-- asked: { host, steps, handlers }. Answers the results of the steps and of the handlers.
function prelude.apply(asked)
  local scripted = #asked.handlers > 0
  for _, step in ipairs(asked.steps) do scripted = scripted or needs_script(step) end
  if asked.host and scripted then
    return require("batch").apply(asked.host, asked.steps, asked.handlers)
  end
  return one_by_one(asked)
end

local function priced(kind, attributes)
  if not kind.price or not attributes then return nil end
  local ok, lines = pcall(kind.price, attributes)
  if not ok then
    return { { what = kind.name } }
  end
  local named = {}
  for index, line in ipairs(lines or {}) do
    named[index] = { what = line[1], amount = line[2], currency = line[3] }
  end
  return named
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
  if not kind.handlers or not changes(change) then return handlers end
  for index, handler in ipairs(kind.handlers(change.have, change.want) or {}) do
    handlers[index] = { name = handler[1], script = handler[2] }
  end
  return handlers
end

-- change: { action, have, want, fields }
function prelude.preview(kind, change)
  local asked = kind.preview and change.action ~= "forget"
  local told = asked and kind.preview(change) or {}
  local after = told.want or change.want
  local refined = { action = change.action, name = change.name, have = change.have,
    want = after }
  return {
    want = told.want, notes = told.notes, downtime = told.downtime, data = told.data,
    downtime_seconds = told.downtime_seconds,
    replace_because = told.replace_because, unsettled = told.unsettled,
    alone_because = told.alone_because, lost = told.lost, survives = told.survives,
    hidden = told.hidden,
    actions = told.actions or command_names(kind, refined),
    handlers = handlers_of(kind, refined),
    prices = priced(kind, after),
    prices_before = priced(kind, change.have),
  }
end

return prelude
