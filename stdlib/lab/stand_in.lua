-- SPDX-License-Identifier: MIT
--
-- What the stand-ins of small vendors share: a login, routes, a rate limit that is really
-- kept, scripted faults, a log of requests, and /_lab to look into it and bend it.
--
-- described: name; routes = lists of { METHOD, "/things/{id}", function(context, id) →
-- status, body }; envelope(refused) → the body of an error; limit = { requests, seconds }
-- (relaxed in the lab); new_world(lab) → what it holds; status(lab) → for /_lab/status;
-- extras = { ["POST /_lab/…"] = function(lab, body) → body }; tick(lab); raw = true for
-- bodies that are no JSON; free = { ["/ping/"] = function(lab, request) → reply }: paths
-- for which no login is needed.

local clock = require "clock"
local extras = require "lab.stand_in_extras"
local faults = require "lab.stand_in_faults"
local json = require "json"
local limit = require "lab.stand_in_limit"
local refuse = require "lab.stand_in_refuse"
local routes = require "lab.stand_in_routes"

local stand_in = {}

-- 1, 2, 3 … behind that value.
function stand_in.counter(value)
  return function()
    value = value + 1
    return value
  end
end

function stand_in.new(described, options)
  local lab = {
    described = described, options = options, requests = {}, faults = {}, running = {},
    offset_ms = 0, next_id = stand_in.counter(options.first_id or 1000),
    routes = routes.of(described.routes), limit = limit.new(described.limit),
    handle = stand_in.handle, tick = described.tick,
  }
  local now = clock.ms or function() return clock.now() * 1000 end
  lab.now_ms = function() return now() + lab.offset_ms end
  lab.world = described.new_world and described.new_world(lab) or {}
  return lab
end

-- By its name in lower case.
function stand_in.header(request, name)
  for key, value in pairs(request.headers or {}) do
    if key:lower() == name then return value end
  end
  return nil
end

local function log_in(context)
  local wanted = context.lab.options.token
  local given = (stand_in.header(context.request, "authorization") or "")
    :match("^Bearer%s+(%S+)$")
  if not given then refuse.with(401, "unauthorized", "no API key was given") end
  if wanted and given ~= wanted then
    refuse.with(401, "unauthorized", "the API key is not valid")
  end
end

local function read_body(context)
  local text = context.request.body
  if context.lab.described.raw then return text end
  if not text or text == "" then return {} end
  local ok, body = pcall(json.decode, text)
  if not ok or type(body) ~= "table" then
    refuse.with(400, "invalid_json", "the body is no JSON object")
  end
  return body
end

local function query_of(request)
  local query = {}
  for _, pair in ipairs(request.query or {}) do query[pair.name] = pair.value end
  return query
end

local function context_of(lab, request)
  local prefix = lab.options.path or ""
  local below = request.path:sub(1, #prefix) == prefix
  return {
    lab = lab, world = lab.world, request = request, method = request.method,
    path = below and request.path:sub(#prefix + 1) or "/", query = query_of(request),
    headers = {}, changed = false,
  }
end

local function carry_out(context)
  local run, values = routes.find(context.lab.routes, context.method, context.path)
  context.body = read_body(context)
  return run(context, table.unpack(values))
end

local function serve(context)
  (context.lab.described.log_in or log_in)(context)
  limit.spend(context)
  local fault = faults.take(context.lab, context.method, context.path)
  context.fault = fault
  local instead = fault and faults.before(context, fault)
  if instead then return nil, nil, instead end
  faults.keep(context)
  return carry_out(context)
end

-- One line for each request that the API was asked.
function stand_in.log(context, reply)
  local lab, query = context.lab, {}
  for _, pair in ipairs(context.request.query or {}) do
    query[#query + 1] = (pair.name or pair[1]) .. "=" .. (pair.value or pair[2] or "")
  end
  local line = {
    time = clock.text(clock.now()), method = context.method, path = context.request.path,
    query = table.concat(query, "&"), status = reply.status or 0,
    executed = context.changed,
  }
  lab.requests[#lab.requests + 1] = line
  if lab.options.log_request then lab.options.log_request(line) end
end

-- How many there are of a map, but those that are on their way out.
function stand_in.count(map)
  local number = 0
  for _, item in pairs(map) do
    if not item.gone_ms then number = number + 1 end
  end
  return number
end

-- What was told as a time-out, and happens all the same (the fault "late").
local function catch_up(lab)
  for id, late in pairs(lab.running) do
    if late.due_ms <= lab.now_ms() then
      lab.running[id] = nil
      late.on_done()
    end
  end
end

local function answer_api(lab, request)
  local context, envelope = context_of(lab, request), lab.described.envelope
  context.finish_late = function()
    local late = context_of(lab, request)
    local ok, status = pcall(carry_out, late)
    stand_in.log(late, { status = ok and status or refuse.of(status).status })
  end
  local ok, status, body, reply = pcall(serve, context)
  if not ok then
    local refused = refuse.of(status)
    if refused.status == 429 then limit.tell(context) end
    reply = { status = refused.status, json = envelope(refused) }
  elseif not reply then
    reply = { status = status, json = body }
    if type(body) == "string" then reply = { status = status, body = body } end
  end
  reply.headers = reply.headers or context.headers
  if context.fault and ok then reply = faults.after(context.fault, reply, envelope) end
  stand_in.log(context, reply)
  return reply
end

function stand_in.answer_extra(lab, request)
  local ok, reply = pcall(extras.answer, lab, request, lab.described.extras or {})
  if ok then return { status = 200, headers = {}, json = reply } end
  local refused = refuse.of(reply)
  return { status = refused.status, headers = {}, json = refuse.envelope(refused) }
end

-- request {method, path, query, headers, body} → {status, headers, json | body | drop}
function stand_in.handle(lab, request)
  catch_up(lab)
  if request.path:find("^/_lab/") then return stand_in.answer_extra(lab, request) end
  for prefix, answer in pairs(lab.described.free or {}) do
    if request.path:sub(1, #prefix) == prefix then return answer(lab, request) end
  end
  return answer_api(lab, request)
end

-- A vendor's module answers { new, open } of its description.
function stand_in.module(described)
  local module = {}
  function module.new(options) return stand_in.new(described, options) end
  function module.open(options)
    local lab = module.new(options)
    local address = options.address or "127.0.0.1"
    local server = require("serve").open(address, options.port or 0,
      function(request) return lab:handle(request) end)
    return server, lab
  end
  return module
end

return stand_in
