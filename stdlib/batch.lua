-- SPDX-License-Identifier: MIT
--
-- One host: everything that is asked of it is read in one round trip, everything that a
-- batch changes is changed in one more. The probe of each step runs again after it, in
-- the same script: what that found is the step's result.
local answer = require "batch_answer"
local confirm = require "batch_confirm"
local crash = require "crash"
local fault = require "fault"
local identity = require "batch_identity"
local model = require "batch_model"
local random = require "random"
local script = require "batch_script"
local session = require "session"
local settings = require "settings"
local timeout = require "batch_timeout"
local uploads = require "batch_upload"
local written = require "written"

local batch = {}

-- What a killed run began and nobody declares any more has no attributes: its name is
-- what is known of it, and for most types that says where to look.
local function can_be_asked(item)
  if item.want or item.recorded then return true end
  local shorthand = item.type.shorthand
  local ok, named = pcall(shorthand or function() return {} end, {}, item.name)
  item.recorded = ok and named or {}
  return (pcall(item.type.probe, { item }, { folder = script.folder() }))
end

-- Items of one type stay together, so that a type can ask for all of its items at once.
local function by_type(items)
  local groups, order = {}, {}
  local function add(index, item)
    local name = item.type.name
    if not groups[name] then
      groups[name] = { type = item.type, items = {}, indexes = {} }
      order[#order + 1] = groups[name]
    end
    local group = groups[name]
    group.items[#group.items + 1] = item
    group.indexes[#group.indexes + 1] = index
  end
  for index, item in ipairs(items) do
    if can_be_asked(item) then add(index, item) end
  end
  return order
end

local function refuse_lock(nonce, output, host)
  for _, part in ipairs(script.split(nonce, output)) do
    if part.words[1] == "unwritable" then
      fault("host/" .. host.name .. " cannot be changed: nothing can be written there", {
        why = table.concat(part.words, " ", 2) .. " " .. part.text, kind = "unreachable",
        next = "nothing was begun: see df -h and df -i there for room, findmnt for what"
          .. " is read-only, then run again",
      })
    end
    if part.words[1] == "locked" then
      fault("host/" .. host.name .. " is being changed by another run", {
        why = "its lock is held by " .. table.concat(part.words, " ", 2), kind = "locked",
        next = "wait for that run, or end it",
      })
    end
  end
end

-- Keys that a cut-off run put in place before it could say so.
local function pins_of(host, groups)
  local pins = {}
  for _, group in ipairs(groups) do
    local open = group.type.is_host and group.items[1].open
    for _, key in ipairs(open and open.note and open.note.host_keys or {}) do
      pins[#pins + 1] = key
    end
  end
  for _, key in ipairs(#pins > 0 and host.host_keys or {}) do pins[#pins + 1] = key end
  if #pins > 0 then pins[#pins + 1] = host.host_key end
  return #pins > 0 and pins or nil
end

-- What only a run may ask, each with the reason; a run asks everything.
local function undecided_of(items, results, in_run)
  local undecided = {}
  for index, item in ipairs(items) do
    local ask = item.type.undecided
    if ask and item.want and not results[index] and not in_run then
      undecided[index] = ask(item.want)
    end
  end
  return undecided
end

-- What one item keeps from being looked for is told of that one.
local function probe_text(group, context)
  local ok, text = pcall(group.type.probe, group.items, context)
  if ok then return text end
  for _, item in ipairs(group.items) do
    local alone, problem = pcall(group.type.probe, { item }, context)
    if not alone then
      local told = fault.is(problem) and problem or { what = tostring(problem) }
      fault(item.address .. " cannot be looked for: " .. told.what, { why = told.why,
        next = told.next })
    end
  end
  error(text, 0)
end

-- A part more where something is to go that may have been edited: its text is the last.
local function probe(host, groups, items, in_run)
  local nonce, parts = random.hex(16), {}
  for index, group in ipairs(groups) do
    parts[index] = probe_text(group, { folder = script.folder(), in_run = in_run })
  end
  parts[#parts + 1] = written.probe(items)
  local result = session.open(host, { pins = pins_of(host,
    groups) }):run(script.probe(nonce, parts))
  refuse_lock(nonce, result.output, host)
  local texts, ended = {}, false
  for _, part in ipairs(script.split(nonce, result.output)) do
    texts[tonumber(part.words[2]) or 0] = part.text
    ended = ended or part.words[2] == "end"
  end
  if not ended then
    fault("host/" .. host.name .. " did not answer to the end", {
      why = result.errors:sub(-600), kind = "unreachable",
      next = "its shell ended with " .. result.status,
    })
  end
  return texts
end

-- host: the attributes of the host resource and `name`. items[i] = {type = the type's
-- module, address, name, want, recorded, open}. Answers results[i] = found | nil,
-- and undecided[i] = why only a run may ask.
function batch.observe(host, items, in_run)
  if settings.host_driver == "none" then
    local known = model.observe(host, items, in_run)
    return known, undecided_of(items, known, in_run)
  end
  local asked, choose = identity.with_earlier(items)
  local results, groups = {}, by_type(asked)
  local texts = probe(host, groups, asked, in_run)
  for order, group in ipairs(groups) do
    local found = group.type.read(group.items, texts[order] or "", host)
    for position, index in ipairs(group.indexes) do results[index] = found[position] end
  end
  written.read(asked, texts[#groups + 1] or "", results)
  local chosen = choose(results)
  return chosen, undecided_of(items, chosen, in_run)
end

-- What the next steps of the same type want: some types do all of it at once.
local function following(steps, index)
  local wants = {}
  for next_index = index + 1, #steps do
    local step = steps[next_index]
    if step.type ~= steps[index].type or not step.want then break end
    wants[#wants + 1] = step.want
  end
  return wants
end

local function prepared(steps, index, host, staged)
  local step = steps[index]
  local item = { type = step.type, address = step.address, name = step.name,
    want = step.want, recorded = step.have }
  local context = { folder = script.folder(), name = step.name, host = host, after = true,
    following = following(steps, index), staged = staged }
  local commands = step.type.commands(step.have, step.want, context)
  return {
    address = step.address, label = step.label, action = step.action, item = item,
    keep_going = step.keep_going, timeout = step.timeout,
    probe = step.type.probe({ item }, context),
    commands = written.guard(item, commands),
  }
end

-- What was heard of before the connection broke holds; of the rest nobody knows: the
-- script was received whole and may still be running.
local function lost(step, problem)
  local why = fault.is(problem) and problem.what or problem or "its script ended early"
  return { outcome = "uncertain",
    fault = fault.new("the connection was lost during " .. step.address, {
      kind = "unreachable", why = tostring(why), where = step.where,
      next = "run again: what was done is found then" }) }
end

-- steps[i] = {type, action, address, name, label, have, want, keep_going, where, begin(),
-- ended(result), line(text)}; handlers[i] = {name, script, causes (indexes of steps),
-- after (a step)}. Answers results[i] = {outcome, found, fault, changed} and handlers'
-- {done, fault}.
function batch.apply(host, steps, handlers)
  if settings.host_driver == "none" then return model.apply(host, steps, handlers) end
  local nonce, ready = random.hex(16), {}
  local opened = session.open(host, { patience = 60 })
  local staged = uploads.stage(steps, host, opened)
  for index in ipairs(steps) do ready[index] = prepared(steps, index, host, staged) end
  local armed = confirm.prepare(steps, ready)
  local heard = answer.listen(nonce, steps)
  crash("host-script")
  local arrived, problem = pcall(opened.run, opened,
    script.change(nonce, ready, handlers, {
      armed = armed, last = uploads.tidy(staged),
    }), {
      timeout = timeout.of_batch(steps), line = heard.line,
    })
  crash("host-answered")
  refuse_lock(nonce, heard.text(), host)
  local results, ran = answer.read(nonce, heard, steps, ready, host)
  if armed then
    confirm.decide(host, steps, ready, armed, { nonce = nonce, results = results,
      text = heard.text(), arrived = arrived })
  end
  for index, step in ipairs(steps) do
    local result = results[index]
    local open = not result or result.outcome == "uncertain" or result.outcome == "ended"
    if open and not (result and result.fault) then
      results[index] = lost(step, not arrived and problem)
    end
    step.ended(results[index])
  end
  for index in ipairs(handlers) do ran[index] = ran[index] or { done = false } end
  return results, ran
end

return batch
