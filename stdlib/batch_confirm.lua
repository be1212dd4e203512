-- SPDX-License-Identifier: MIT
--
-- Our half of the dead man's switch (batch_switch): after a risky change, whether a fresh
-- connection comes about decides whether it is kept. If none does, the host reverts by
-- itself, and what it is like then is asked as soon as it answers again.
local answer = require "batch_answer"
local clock = require "clock"
local fault = require "fault"
local random = require "random"
local script = require "batch_script"
local session = require "session"
local settings = require "settings"

local confirm = {}

-- How long a host that reverted may take to answer again.
local PATIENCE = 120

-- Seconds, from the arming of the switch.
function confirm.within()
  return settings.revert_after or 60
end

-- steps as batch.apply has them, ready as its `prepared`. What arms the switch, or nil:
-- nothing here can cut the connection.
function confirm.prepare(steps, ready)
  local plans = {}
  for index, step in ipairs(steps) do
    local revert = step.type.revert
    local plan = revert and revert(step.have, step.want, {
      name = step.name, folder = script.folder() })
    ready[index].arms = plan ~= nil
    plans[#plans + 1] = plan
  end
  if #plans == 0 then return nil end
  return { token = random.hex(16), within = confirm.within(), plans = plans,
    began = clock.now() }
end

-- Whether a marker line says this word; then what stands behind it.
local function told(nonce, text, word)
  for _, part in ipairs(script.split(nonce, text)) do
    if part.words[1] == word then return true, table.concat(part.words, " ", 2) end
  end
  return false
end

local function remaining(armed)
  return math.max(0, armed.began + armed.within - clock.now())
end

-- Asks over a fresh connection. Answers the text, or nil and why there is none.
local function ask(host, ready, armed, patience)
  local nonce = random.hex(16)
  session.close(host)
  local ok, answered = pcall(function()
    return session.open(host, { patience = patience }):run(script.confirm(nonce, ready,
      armed.token), { timeout = armed.within + 300 })
  end)
  if not ok then return nil, answered end
  return { nonce = nonce, text = answered.output }
end

-- A login that was refused is not tried again at once: a few of those are a ban. When its
-- time is up the host takes a moment to turn back, and one with much to do more than one.
local function ask_again(host, ready, armed)
  local reply, problem = ask(host, ready, armed, remaining(armed))
  local ends = armed.began + armed.within + PATIENCE
  for _, pause in ipairs { 1, 5, 15 } do
    if reply or clock.now() > ends then break end
    clock.sleep(remaining(armed) + pause)
    reply = ask(host, ready, armed, math.max(1, ends - clock.now()))
  end
  return reply, problem
end

local function words_of(problem)
  if not problem then return "none came about in time" end
  if not fault.is(problem) then return tostring(problem) end
  return problem.what .. (problem.why and ": " .. problem.why or "")
end

-- How it was turned back, as the host tells it; nothing when that was another change.
local function reverted(armed, said)
  local token, how = (said or ""):match("^(%S+) ?(.*)$")
  return token == armed.token and how or nil
end

local function taken_back(host, step, armed, how, problem)
  local place = "host/" .. host.name
  if how ~= "done" then
    return fault.new(step.address .. " could not be turned back on " .. place, {
      why = how, where = step.where,
      next = "look at " .. place .. ": what its commands did may be there in part" })
  end
  local what = ("%s was turned back: no new connection to %s within %d seconds"):format(
    step.address, place, armed.within)
  return fault.new(what, {
    kind = "rolled_back", why = words_of(problem), where = step.where,
    next = place .. " is as it was before; mend what the change says of the way in, and"
      .. " run again" })
end

local function fail_all(steps, results, fault_of, uncertain)
  for index, step in ipairs(steps) do
    local result = results[index] or {}
    results[index] = result
    if result.outcome ~= "skipped" and result.outcome ~= "failed" then
      result.outcome = uncertain and "uncertain" or "failed"
      result.fault = fault_of(step)
    end
  end
end

local function failed_too(failed, how)
  local back = how == "done"
  return fault.new(failed.what .. (back and ", and was turned back" or
    ", and could not be turned back"), {
    kind = back and "rolled_back" or nil, where = failed.where, code = failed.code,
    why = back and failed.why or failed.why .. "\n" .. how, next = failed.next })
end

-- A command failed after the switch was armed: the host turned all of it back at once.
local function failed_and_back(steps, how, results)
  for index in ipairs(steps) do
    local failed = results[index] and results[index].fault
    if failed then results[index].fault = failed_too(failed, how) end
  end
  fail_all(steps, results, function(step)
    return fault.new(step.address .. " was turned back", { kind = "rolled_back",
      why = "what was to be done after it failed", where = step.where })
  end)
end

local function unheard(host, step, armed, problem)
  return fault.new("nobody knows whether " .. step.address .. " was kept", {
    kind = "unreachable", why = words_of(problem), where = step.where,
    next = "host/" .. host.name .. " turns it back by itself, " .. armed.within
      .. " seconds after it began; run again" })
end

-- Takes over what the fresh connection told of each step.
local function take_over(host, steps, ready, reply, results, kept)
  for index, step in ipairs(steps) do
    for _, part in ipairs(script.split(reply.nonce, reply.text)) do
      if part.words[1] == "probe" and part.words[2] == tostring(index) then
        local changed = (results[index] or {}).changed
        results[index] = { outcome = kept and "done" or "uncertain", changed = changed }
        answer.judge(results[index], step,
          step.type.read({ ready[index].item }, part.text, host)[1])
      end
    end
  end
end

-- change = { nonce, text, arrived (its script ended), results }: decides over the
-- results.
function confirm.decide(host, steps, ready, armed, change)
  local results = change.results
  local undone, said = told(change.nonce, change.text, "undone")
  if undone then return failed_and_back(steps, reverted(armed, said) or "", results) end
  if change.arrived and not told(change.nonce, change.text, "armed") then return end
  local reply, problem = ask_again(host, ready, armed)
  local kept = reply and told(reply.nonce, reply.text, "confirmed")
  undone, said = told(reply and reply.nonce or "", reply and reply.text or "", "undone")
  local how = undone and reverted(armed, said)
  if reply and (kept or how) then
    take_over(host, steps, ready, reply, results, kept)
  else
    for index in ipairs(steps) do results[index] = nil end
  end
  if kept then return end
  fail_all(steps, results, function(step)
    if not how then return unheard(host, step, armed, problem) end
    return taken_back(host, step, armed, how, problem)
  end, not how)
end

return confirm
