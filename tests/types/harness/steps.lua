-- SPDX-License-Identifier: MIT
--
-- What the steps of a case may say, and how they are carried out:
--   type, name        of what it is about (default: the case's)
--   want              attributes, or function(world) → attributes
--   plan, fields      the action expected, and the attributes that differ
--   found             attributes expected afterwards (a part of them)
--   calls             the changing requests expected, in order
--   notes, downtime, data, lost, survives, prices, replace_because
--                                        expected of the preview (patterns)
--   drift             { METHOD, path, body } or function(world): done by hand
--   faults            a fault for the stand-in, or a list of them
--   fails             patterns of the fault expected: code, kind, what, why, next
--   destroy           true: no longer wanted
--   only_plan         true: nothing is applied
--   births            attributes that were otherwise at birth
--   reads             the number of requests that a plan makes
--   run               function(world): anything else

local world = require "tests.types.harness.world"

local steps = {}

local function text(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, item in pairs(value) do
    local prefix = type(key) == "number" and "" or key .. "="
    parts[#parts + 1] = prefix .. text(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function same(what, expected, actual)
  if not world.equal(expected, actual) then
    error(("%s: expected %s, got %s"):format(what, text(expected), text(actual)), 0)
  end
end
steps.same = same

local function matches(what, pattern, actual)
  if actual == nil or not tostring(actual):find(pattern) then
    error(("%s: expected to match %q, got %q"):format(what, pattern, tostring(actual)), 0)
  end
end

local function check_preview(step, change)
  local preview = change.preview
  for _, name in ipairs { "lost", "survives" } do
    local told = table.concat(preview[name] or {}, "; ")
    if step[name] then matches(name, step[name], told) end
  end
  for _, name in ipairs { "downtime", "data", "replace_because" } do
    if step[name] then matches(name, step[name], preview[name]) end
  end
  if step.notes then
    matches("notes", step.notes, table.concat(preview.notes or {}, "; "))
  end
  if step.actions then same("actions", step.actions, preview.actions) end
  if step.prices then same("prices", step.prices, change.prices) end
end

local function plan(w, step, kind, name)
  local declared = step.want
  if type(declared) == "function" then declared = declared(w) end
  if step.destroy then declared = nil end
  local before, calls = #w:requests_executed(), #w.calls
  local change = w:plan(kind, name, declared)
  same("requests that a plan executes", 0, #w:requests_executed() - before)
  if step.reads then same("requests of a plan", step.reads, #w.calls - calls) end
  if step.plan then
    same("plan", step.plan .. " " .. text(step.fields or change.fields),
      change.action .. " " .. text(change.fields))
  end
  same("other at birth", step.births or {}, change.births or {})
  check_preview(step, change)
  return change, declared
end

local function apply(w, step, kind, change, declared)
  local before = #w:requests_executed()
  w:apply(kind, change)
  local executed = w:requests_executed()
  if step.calls then
    same("calls", step.calls, { table.unpack(executed, before + 1) })
  end
  for name, value in pairs(step.found or {}) do
    same("found." .. name, value, (w.records[change.address] or {})[name])
  end
  if step.destroy then
    return same("recorded afterwards", nil, w.records[change.address])
  end
  local again = w:plan(kind, change.name, declared)
  if not step.unsettled then
    same("the plan afterwards", "none {}", again.action .. " " .. text(again.fields))
  end
end

local function check_fault(step, problem)
  if not require("fault").is(problem) then error(problem, 0) end
  for name, pattern in pairs(step.fails) do
    matches("fault." .. name, pattern, problem[name])
  end
end

local function attempt(w, step, kind, name)
  local change, declared = plan(w, step, kind, name)
  if not step.only_plan then apply(w, step, kind, change, declared) end
end

local function declare(w, step, case)
  local kind = w:kind(step.type or case.type)
  local name = step.name or case.name or "app"
  if not step.fails then return attempt(w, step, kind, name) end
  local ok, problem = pcall(attempt, w, step, kind, name)
  if ok then error("it was expected to fail", 0) end
  return check_fault(step, problem)
end

local function add_faults(w, faults)
  for _, fault in ipairs(faults.fault and { faults } or faults) do
    local reply = w:call("POST", "/_lab/faults", fault)
    if reply.status ~= 200 then error("no such fault: " .. fault.fault, 0) end
  end
end

local function drift(w, by_hand)
  if type(by_hand) == "function" then return by_hand(w) end
  local reply = w:call(by_hand[1], by_hand[2], by_hand[3])
  if reply.status >= 300 then error("the drift was refused: " .. text(reply.json), 0) end
  -- What is begun by hand ends before anybody looks.
  w.sleep(5)
end

function steps.run(w, step, case)
  if step.faults then add_faults(w, step.faults) end
  if step.drift then drift(w, step.drift) end
  if step.run then step.run(w) end
  -- As if each step were a run of its own: what is shared within one is read again.
  w.sleep(60)
  if step.want or step.destroy then declare(w, step, case) end
end

return steps
