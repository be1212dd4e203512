-- SPDX-License-Identifier: MIT
-- The world behind test.thing: an HTTP server in the same process.
local clock = require "clock"
local json = require "json"
local serve = require "serve"

local world = {}
local server

function world.open()
  local things = { there = { size = 3, id = 1, ipv4 = "192.0.2.1", tags = {} } }
  server = serve.open("127.0.0.1", 0, function(request)
    clock.sleep(0.001)
    if request.path == "/crash" then error("broken handler") end
    if request.path == "/drop" then return { drop = true } end
    if request.path == "/echo" then
      return { status = 201, headers = { ["X-Peer"] = request.peer }, body = request.body
        .. request.query[1].name .. request.query[1].value
        .. request.headers["content-type"] }
    end
    if request.method == "POST" then
      local asked = json.decode(request.body)
      things[asked.name] = { size = asked.size, id = #asked.password }
      return { status = 201, json = things[asked.name] }
    end
    return { json = { things = things, nothing = json.null } }
  end)
  return { port = server.port }
end

function world.close()
  server:close()
  return {}
end

return world
