-- SPDX-License-Identifier: MIT
--
-- /_lab of a stand-in: no login is needed and nothing here counts as a request.

local faults = require "lab.stand_in_faults"
local json = require "json"
local limit = require "lab.stand_in_limit"
local refuse = require "lab.stand_in_refuse"

local extras = {}

local function body_of(request)
  if not request.body or request.body == "" then return {} end
  local ok, body = pcall(json.decode, request.body)
  if not ok or type(body) ~= "table" then
    refuse.with(400, "json_error", "invalid JSON")
  end
  return body
end

local function listed(items)
  local copy = {}
  for i, item in ipairs(items) do copy[i] = item end
  return json.list(copy)
end

function extras.list_faults(lab)
  local shown = {}
  for i, fault in ipairs(lab.faults) do
    shown[i] = { fault = fault.fault, times = fault.times or 1,
      match = fault.match or {} }
  end
  return { faults = json.list(shown) }
end

function extras.add_fault(lab, body)
  if not faults.is_known(body.fault) then
    refuse.invalid("fault", "must be one of " .. table.concat(faults.names(), ", "))
  end
  lab.faults[#lab.faults + 1] = body
  return extras.list_faults(lab)
end

local common = {}

common["GET /_lab/status"] = function(lab)
  local told = lab.described.status and lab.described.status(lab) or {}
  told.service, told.requests, told.faults =
    lab.described.name, #lab.requests, #lab.faults
  return told
end

common["GET /_lab/requests"] = function(lab)
  return { requests = listed(lab.requests) }
end

common["DELETE /_lab/requests"] = function(lab)
  lab.requests = {}
  return { requests = listed(lab.requests) }
end

-- What it told people by itself: see lab/notice.lua.
common["GET /_lab/alerts"] = function(lab)
  return { alerts = listed(lab.alerts or {}) }
end

common["GET /_lab/faults"] = extras.list_faults

common["POST /_lab/faults"] = extras.add_fault

common["DELETE /_lab/faults"] = function(lab)
  lab.faults = {}
  return extras.list_faults(lab)
end

-- Lets go on what the fault "held" holds.
common["POST /_lab/release"] = function(lab)
  faults.release(lab)
  return extras.list_faults(lab)
end

common["POST /_lab/clock"] = function(lab, body)
  lab.offset_ms = lab.offset_ms + math.floor((body.seconds or 0) * 1000)
  return { now_ms = lab.now_ms() }
end

-- { requests, seconds }: how many are taken in which time.
common["POST /_lab/limit"] = function(lab, body)
  limit.set(lab, body.requests, body.seconds)
  return { requests = lab.limit.requests, seconds = lab.limit.seconds }
end

-- own: what only this one has, and has otherwise: verb and path → function(lab, body,
-- request). Answers a body, or raises a refusal.
function extras.answer(lab, request, own)
  local verb = request.method .. " " .. request.path
  local run = own[verb] or common[verb]
  if not run then return refuse.no_route() end
  return run(lab, body_of(request), request)
end

return extras
