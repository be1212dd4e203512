-- SPDX-License-Identifier: MIT
--
-- What no vendor has: /_lab/…, for pipster and the tests to look into the stand-in and to
-- bend it. No login is needed and nothing here counts as a request to the API.

local common = require "lab.stand_in_extras"
local metrics = require "lab.hetzner_metrics"
local refuse = require "lab.stand_in_refuse"

local extras = {}

local kinds = {
  "ssh_keys", "servers", "firewalls", "primary_ips", "zones", "storage_boxes",
}

local function status(lab)
  local counts, total = {}, 0
  for _, kind in ipairs(kinds) do
    counts[kind] = 0
    for _, world in pairs(lab.worlds) do
      for _ in pairs(world[kind]) do counts[kind] = counts[kind] + 1 end
    end
    total = total + counts[kind]
  end
  local running = 0
  for _ in pairs(lab.running) do running = running + 1 end
  return {
    driver = lab.driver_kind, stock = lab.stock, speed = lab.speed, objects = counts,
    empty = total == 0, actions_running = running, requests = #lab.requests,
    faults = #lab.faults,
  }
end

-- A type sold out stays so: it is stock, not an accident of one request.
local function add_fault(lab, body)
  if body.fault ~= "sold_out" or not body.type then return common.add_fault(lab, body) end
  lab.sold_out[body.type .. "@" .. (body.location or "*")] = true
  return common.list_faults(lab)
end

local function drop_faults(lab)
  lab.faults, lab.sold_out = {}, {}
  return common.list_faults(lab)
end

-- The server that has an address and runs; what is kept of it dies with it.
local function host_at(lab, ip)
  for _, world in pairs(lab.worlds) do
    for _, server in pairs(world.servers) do
      local up = server.status == "running" or server.status == "starting"
        or server.status == "initializing"
      if up and server.ipv4 and server.ipv4.ip == ip then return server end
    end
  end
  return refuse.with(404, "not_found", "no server runs at " .. ip)
end

-- Kept as the text it came as, so that an empty list stays one.
local function model(lab, request, ip)
  local server = host_at(lab, ip)
  if request.method == "POST" then server.model = request.body end
  return {
    status = 200, headers = { ["Content-Type"] = "application/json" },
    body = server.model or "{}",
  }
end

-- What an action takes, in the vendor's time; 0: each ends at once.
local function set_speed(lab, body)
  if type(body.speed) ~= "number" or body.speed < 0 then
    refuse.invalid("speed", "must be a number from 0: 1 is as slow as the vendor")
  end
  lab.speed = body.speed
  return status(lab)
end

local own = {
  ["GET /_lab/status"] = status,
  ["POST /_lab/faults"] = add_fault,
  ["DELETE /_lab/faults"] = drop_faults,
  ["POST /_lab/speed"] = set_speed,
  ["POST /_lab/load"] = metrics.load,
  ["POST /_lab/limit"] = refuse.no_route,
  ["GET /_lab/alerts"] = refuse.no_route,
}

-- Where no host is real: the key with which a storage box would answer; POST gives it
-- another one.
local function host_key(lab, request, server, read_body)
  for _, world in pairs(lab.worlds) do
    for _, box in pairs(world.storage_boxes) do
      if box.server == server and box.host_key and box.access.ssh_enabled
        and box.access.reachable_externally then
        if request.method == "POST" then box.host_key = read_body(request).host_key end
        return { status = 200, headers = {}, json = { host_key = box.host_key } }
      end
    end
  end
  return refuse.with(404, "not_found", "nothing answers at " .. server)
end

-- Answers a reply, or raises a refusal.
function extras.answer(lab, request, read_body)
  local server = request.path:match("^/_lab/host_key/(.+)$")
  if server then return host_key(lab, request, server, read_body) end
  local ip = request.path:match("^/_lab/model/(.+)$")
  if ip then return model(lab, request, ip) end
  return { status = 200, headers = {}, json = common.answer(lab, request, own) }
end

return extras
