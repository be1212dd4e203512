-- SPDX-License-Identifier: MIT
--
-- The stand-in of the Hetzner Cloud API (https://docs.hetzner.cloud): strict, stateful,
-- with time that passes. hetzner.new(options) makes one; :handle(request) is its door;
-- open() puts it behind an HTTP port. Hosts behind its servers are the driver's.
--
-- options: driver (table of functions), driver_kind "own" | "light" | "none", stock "all"
-- | "catalogue", speed (0: no waiting), token and readonly_token (else any token is
-- taken), limit (requests an hour), limits { servers }, base (for Link), log_request =
-- function(line).

local actions = require "lab.hetzner_actions"
local clock = require "clock"
local extras = require "lab.hetzner_extras"
local faults = require "lab.stand_in_faults"
local json = require "json"
local prune = require "prune"
local random = require "random"
local refuse = require "lab.stand_in_refuse"
local routes = require "lab.stand_in_routes"
local stand_in = require "lab.stand_in"

local hetzner = {}

local SPEED = 0.02 -- a server in 0.2 s

-- With no hosts behind it there is nothing to do.
local no_driver = {}
for _, verb in ipairs {
  "start", "stop", "reset", "reboot", "resize", "remove", "firewall", "dns", "give",
} do
  no_driver[verb] = function() end
end
function no_driver.status() return nil end

-- By the API that serves them: that of the cloud, and that of storage boxes.
local sources = {
  cloud = { "actions", "stock", "keys", "firewalls", "ips", "servers", "power", "metrics",
    "zones", "rrsets" },
  storage = { "storage_types", "storage", "storage_actions" },
}

local function routes_of(api)
  local lists = {}
  for i, name in ipairs(sources[api]) do
    lists[i] = require("lab.hetzner_" .. name).routes
  end
  return routes.of(lists)
end

local function milliseconds()
  return clock.ms and clock.ms() or clock.now() * 1000
end

local function new_world()
  return {
    ssh_keys = {}, servers = {}, firewalls = {}, primary_ips = {}, zones = {},
    storage_boxes = {}, actions = {},
  }
end

-- After `seconds` of the vendor's time.
local function later(lab, seconds, effect)
  if lab.speed == 0 then return effect() end
  local id = lab.next_id()
  local now = lab.now_ms()
  lab.running[id] = {
    id = id, started_ms = now, due_ms = now + math.floor(seconds * 1000 * lab.speed),
    holds = {}, on_done = effect,
  }
end

function hetzner.new(options)
  local lab = {
    options = options, worlds = {}, running = {}, requests = {}, faults = {},
    sold_out = {}, buckets = {}, offset_ms = 0, speed = options.speed or SPEED,
    routes = { cloud = routes_of "cloud", storage = routes_of "storage" },
    stock = options.stock or "all", driver = options.driver or no_driver,
    driver_kind = options.driver_kind or "none", limit = options.limit or 3600,
    limits = options.limits or { servers = 100000 },
    next_id = stand_in.counter(options.first_id or 1000),
    next_address = stand_in.counter(-1),
  }
  lab.now_ms = function() return milliseconds() + lab.offset_ms end
  lab.later = function(seconds, effect) return later(lab, seconds, effect) end
  lab.booted = function(server) server.boots = (server.boots or 0) + 1 end
  lab.gone = function(server) server.model = nil end
  lab.handle = hetzner.handle
  return lab
end

-- A bucket that refills by limit/3600 a second; every answer tells its level.
local function spend(context)
  local lab = context.lab
  local name, now = context.token or "", lab.now_ms()
  local bucket = lab.buckets[name] or { level = lab.limit, at = now }
  lab.buckets[name] = bucket
  local refill = (now - bucket.at) / 1000 * lab.limit / 3600
  bucket.level, bucket.at = math.min(lab.limit, bucket.level + refill), now
  local enough = bucket.level >= 1
  if enough then bucket.level = bucket.level - 1 end
  local full_in = (lab.limit - bucket.level) * 3600 / lab.limit
  context.headers["RateLimit-Limit"] = tostring(lab.limit)
  context.headers["RateLimit-Remaining"] = tostring(math.floor(bucket.level))
  context.headers["RateLimit-Reset"] = tostring(math.ceil(now / 1000 + full_in))
  if not enough then
    refuse.with(429, "rate_limit_exceeded",
      "limit of " .. lab.limit .. " requests per hour reached")
  end
end

local function log_in(context)
  local lab, options = context.lab, context.lab.options
  if not context.token then
    routes.find(context.routes, context.method, context.path, true)
    refuse.with(401, "unauthorized", "token is required")
  end
  local reads = options.readonly_token == context.token
  if options.token and options.token ~= context.token and not reads then
    refuse.with(401, "unauthorized", "the token you have provided is invalid")
  end
  if reads and context.method ~= "GET" then
    refuse.with(403, "forbidden", "token is read-only")
  end
  local project = reads and options.token or context.token
  lab.worlds[project] = lab.worlds[project] or new_world()
  context.world = lab.worlds[project]
end

local function read_body(request)
  if not request.body or request.body == "" then return {} end
  local ok, body = pcall(json.decode, request.body)
  if not ok or type(body) ~= "table" then
    refuse.with(400, "json_error", "invalid JSON")
  end
  return prune(body)
end

local function query_of(request)
  local query = {}
  for _, pair in ipairs(request.query or {}) do
    local name, value = pair.name or pair[1], pair.value or pair[2]
    query[name] = query[name] or {}
    table.insert(query[name], value or "")
  end
  return query
end

-- Storage boxes have an API of their own: here behind /storage, there on another host.
local function context_of(lab, request)
  local authorization = stand_in.header(request, "authorization") or ""
  local below = request.path:match("^/storage/v1(.*)$")
  return {
    lab = lab, request = request, method = request.method, query = query_of(request),
    path = below or request.path:gsub("^/v1", ""), base = lab.options.base or "",
    routes = lab.routes[below and "storage" or "cloud"], changed = false,
    token = authorization:match("^[Bb]earer%s+(%S+)$"),
    headers = { ["X-Correlation-Id"] = random.hex(8) },
  }
end

local function carry_out(context)
  log_in(context)
  local run, values = routes.find(context.routes, context.method, context.path)
  context.body = read_body(context.request)
  return run(context, table.unpack(values))
end

-- Carried out, it answers status and body.
local function serve(context)
  spend(context)
  local fault = faults.take(context.lab, context.method, context.path)
  context.fault = fault
  local instead = fault and faults.before(context, fault)
  if instead then return nil, nil, instead end
  faults.keep(context)
  return carry_out(context)
end

-- Nobody hears of it; the log of requests has it as a line of its own.
local function finish_late(lab, request)
  local context = context_of(lab, request)
  local ok, status = pcall(carry_out, context)
  stand_in.log(context, { status = ok and status or refuse.of(status).status })
end

local function answer_api(context)
  context.finish_late = function() finish_late(context.lab, context.request) end
  local ok, status, body, instead = pcall(serve, context)
  local reply = instead
  if not ok then
    local refused = refuse.of(status)
    reply = { status = refused.status, json = refuse.envelope(refused) }
  elseif not reply then
    reply = { status = status, json = body }
  end
  reply.headers = reply.headers or context.headers
  if context.fault and not instead then reply = faults.after(context.fault, reply) end
  stand_in.log(context, reply)
  return reply
end

local function answer_extra(lab, request)
  local ok, reply = pcall(extras.answer, lab, request, read_body)
  if ok then return reply end
  local refused = refuse.of(reply)
  return { status = refused.status, headers = {}, json = refuse.envelope(refused) }
end

-- request {method, path, query, headers, body} → {status, headers, json | drop | cut}
function hetzner.handle(lab, request)
  actions.advance(lab)
  if request.path:find("^/_lab/") then return answer_extra(lab, request) end
  return answer_api(context_of(lab, request))
end

-- Serves on address:port; answers what serve.open does and the stand-in itself.
function hetzner.open(options)
  local lab = hetzner.new(options)
  local server = require("serve").open(options.address or "127.0.0.1", options.port or 0,
    function(request) return lab:handle(request) end)
  return server, lab
end

return hetzner
