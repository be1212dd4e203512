-- SPDX-License-Identifier: MIT
--
-- Faults on request: POST /_lab/faults { fault = "502_after", times = 2,
-- match = { method = "POST", path = "/servers*" } }. One that matches is used up `times`
-- times (default 1). A `*` in the path stands for anything, `{id}` for one segment.

local clock = require "clock"
local refuse = require "lab.stand_in_refuse"

local faults = {}

local LOOK <const> = 0.02 -- seconds between two looks whether it is released

local function answer(status, code, message)
  return function() refuse.with(status, code, message) end
end

-- Refused before anything is done.
local before = {
  ["429"] = function(context)
    context.headers["RateLimit-Remaining"] = "0"
    context.headers["RateLimit-Reset"] = tostring(clock.now() + 1)
    refuse.with(429, "rate_limit_exceeded", "limit of 3600 requests per hour reached")
  end,
  ["500"] = answer(500, "server_error", "internal server error"),
  ["502_before"] = answer(502, "bad_gateway", "bad gateway"),
  ["503"] = answer(503, "unavailable", "service unavailable"),
  ["504"] = answer(504, "timeout", "gateway timeout"),
  unauthorized = answer(401, "unauthorized", "the token you have provided is invalid"),
  forbidden = answer(403, "forbidden", "insufficient permissions"),
  maintenance = answer(403, "maintenance", "the API is in maintenance"),
  limit = function() refuse.over_limit("servers") end,
  locked = answer(423, "locked", "cannot perform operation because server is locked"),
  conflict = answer(409, "conflict", "resource has changed during request"),
  sold_out = answer(412, "resource_unavailable", "error during placement"),
  placement_error = answer(422, "placement_error", "error during placement"),
  no_space = answer(422, "no_space_left_in_location", "no space left in location"),
  service_error = answer(422, "service_error", "the backend refused"),
  in_use = answer(422, "resource_in_use", "resource is still in use"),
  reset_before = function() return { drop = "reset" } end,
  drop_before = function() return { drop = true } end,
}

-- Changes what is done, or how.
local during = {
  slow = function(context, fault) context.sleep = fault.seconds or 5 end,
  held = function(context) context.held_since = context.lab.released or 0 end,
  -- The gateway gives up; what is behind it does not, and has done it when its time has
  -- come.
  late = function(context, fault)
    local lab = context.lab
    local id, now = lab.next_id(), lab.now_ms()
    lab.running[id] = {
      id = id, started_ms = now, due_ms = now + math.floor((fault.seconds or 3) * 1000),
      holds = {}, on_done = context.finish_late,
    }
    refuse.with(504, "timeout", "gateway timeout")
  end,
  action_error = function(context, fault)
    context.fail_action = {
      code = fault.code or "action_failed", message = fault.message or "Action failed",
    }
  end,
  ignore_shutdown = function(context) context.ignore_shutdown = true end,
}

-- Done, but the answer does not arrive as it should.
local after = {
  ["404_after"] = function() return 404, "not_found" end,
  ["502_after"] = function() return 502, "bad_gateway" end,
  ["504_after"] = function() return 504, "timeout" end,
}

local broken = {
  reset_after = function() return { drop = "reset" } end,
  drop_after = function() return { drop = true } end,
  garbage = function(reply)
    return { status = 200, headers = reply.headers,
      body = "<html>not what you asked</html>" }
  end,
  cut = function(reply, fault)
    reply.cut = fault.bytes or 20
    return reply
  end,
}

-- Keeps a request as long as its fault says.
function faults.keep(context)
  if context.sleep then clock.sleep(context.sleep) end
  while context.held_since == (context.lab.released or 0) do clock.sleep(LOOK) end
end

-- Everything that is held goes on.
function faults.release(lab)
  lab.released = (lab.released or 0) + 1
end

function faults.is_known(name)
  return before[name] ~= nil or during[name] ~= nil or after[name] ~= nil
    or broken[name] ~= nil or name == "error"
end

function faults.names()
  local names = { "error" }
  for _, group in ipairs { before, during, after, broken } do
    for name in pairs(group) do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function path_matches(pattern, path)
  if not pattern then return true end
  local escaped = pattern:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub("%*", ".*")
    :gsub("{%l+}", "[^/]+")
  return path:find("^" .. escaped .. "$") ~= nil
end

-- The first fault that wants this request, or nil.
function faults.take(lab, method, path)
  for i, fault in ipairs(lab.faults) do
    local match = fault.match or {}
    if (not match.method or match.method == method)
      and path_matches(match.path, path) then
      fault.times = (fault.times or 1) - 1
      fault.used = (fault.used or 0) + 1
      if fault.times <= 0 then table.remove(lab.faults, i) end
      return fault
    end
  end
  return nil
end

-- Answers with a reply that takes the request's place, or raises, or nil: go on.
function faults.before(context, fault)
  if during[fault.fault] then during[fault.fault](context, fault) end
  if fault.fault == "error" then
    refuse.with(fault.status or 422, fault.code or "service_error",
      fault.message or "refused")
  end
  return before[fault.fault] and before[fault.fault](context, fault)
end

-- What becomes of the reply; `envelope` puts an error into the words of the vendor.
function faults.after(fault, reply, envelope)
  if after[fault.fault] then
    local status, code = after[fault.fault]()
    return {
      status = status, headers = reply.headers,
      json = (envelope or refuse.envelope) {
        status = status, code = code, message = code:gsub("_", " "),
      },
    }
  end
  return broken[fault.fault] and broken[fault.fault](reply, fault) or reply
end

return faults
