-- SPDX-License-Identifier: MIT
--
-- What the lab's daemon runs: the stand-in behind a port, its log, the driver's hosts.

local driver = require "driver"
local hetzner = require "lab.hetzner"
local json = require "json"

local daemon = {}

-- options: port, stock, driver ("own" …), speed, token, first_id. Answers { port = … }
-- and goes on serving.
function daemon.start(options)
  local server = hetzner.open {
    port = options.port, stock = options.stock, driver_kind = options.driver,
    speed = options.speed, token = options.token, first_id = options.first_id,
    driver = options.driver ~= "none" and driver or nil,
    log_request = function(line) driver.log(json.encode(line)) end,
  }
  return { port = server.port }
end

return daemon
