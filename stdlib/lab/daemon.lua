-- SPDX-License-Identifier: MIT
--
-- What the lab's daemon runs: the stand-ins, each behind a port of its own, their log,
-- the driver's hosts.
--
-- A stand-in is the module lab.NAME; its open(options) answers the server and itself, and
-- its tick(), if it has one, is called again and again from go_on.

local clock = require "clock"
local driver = require "driver"
local json = require "json"
local log = require "log"

local daemon = {}

local EVERY = 0.1 -- seconds between two ticks of what goes on by itself

local ticking = {}

local function log_of(name)
  return function(line)
    line.service = name
    driver.log(json.encode(line))
  end
end

local function open(options, wanted)
  local server, stand_in = require("lab." .. wanted.name).open {
    address = wanted.address, path = wanted.path, token = wanted.token,
    key_id = wanted.key_id,
    port = wanted.name == "hetzner" and options.port or 0,
    stock = options.stock, driver_kind = options.driver, speed = options.speed,
    first_id = options.first_id, log_request = log_of(wanted.name),
    driver = options.driver ~= "none" and driver or nil,
  }
  if stand_in.tick then ticking[#ticking + 1] = stand_in end
  return server.port
end

-- options: stand_ins (a list of { name, address, path, token, key_id }), port (of
-- Hetzner's), stock, driver ("own" …), speed, first_id. Answers { ports = by name }; they
-- go on serving.
function daemon.start(options)
  local ports = {}
  for _, wanted in ipairs(options.stand_ins) do
    ports[wanted.name] = open(options, wanted)
  end
  return { ports = ports }
end

-- What a tick that fails again and again says, once.
local function complain(stand_in, problem)
  local text = tostring(problem)
  if stand_in.last_problem == text then return end
  stand_in.last_problem = text
  log.info("stand-in: " .. text)
end

-- What happens without being asked. It returns only when there is nothing to do.
function daemon.go_on()
  while #ticking > 0 do
    for _, stand_in in ipairs(ticking) do
      local ok, problem = pcall(stand_in.tick, stand_in)
      if not ok then complain(stand_in, problem) end
    end
    clock.sleep(EVERY)
  end
end

return daemon
