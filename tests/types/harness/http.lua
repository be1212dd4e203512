-- SPDX-License-Identifier: MIT
--
-- http.request over the stand-in in memory, with the etiquette of runtime/net/retry.h.

local http = {}

local json = require "tests.types.harness.json"

local function split_url(url)
  local path, query = url:match("^https?://[^/]+(/[^?]*)%??(.*)$")
  local pairs_of = {}
  local function plain(text)
    return (text:gsub("%%(%x%x)",
      function(hex) return string.char(tonumber(hex, 16)) end))
  end
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do
    pairs_of[#pairs_of + 1] = { name = plain(name), value = plain(value) }
  end
  return path, pairs_of
end

local function lower(headers)
  local copy = {}
  for name, value in pairs(headers or {}) do copy[name:lower()] = value end
  return copy
end

local function headers_of(world, call)
  local headers = { Authorization = world.token and "Bearer " .. world.token or nil }
  for name, value in pairs(call.headers or {}) do headers[name] = value end
  return headers
end

-- One try: status 0 when no answer came.
local function try(world, call)
  local path, query = split_url(call.url)
  local answer = world.lab:handle {
    method = call.method, path = path, query = query, headers = headers_of(world, call),
    body = call.json and json.encode(call.json) or call.body,
  }
  world.calls[#world.calls + 1] = call.method .. " " .. path
  if answer.drop or answer.cut then return { status = 0 } end
  local body = answer.body or (answer.json and json.encode(answer.json)) or ""
  local ok, decoded = pcall(json.decode, body)
  return {
    status = answer.status, headers = lower(answer.headers), body = body,
    json = ok and decoded or nil, tries = 1,
    code = ok and type(decoded) == "table" and decoded.error and decoded.error.code or "",
    message = ok and type(decoded) == "table" and decoded.error and decoded.error.message
      or "",
  }
end

local always = { [429] = true }
local once = { POST = true, PATCH = true }
local idempotent = { [0] = true, [502] = true, [504] = true }

local function again(call, reply, tries)
  if tries >= 6 then return false end
  if always[reply.status] or reply.code == "conflict" or reply.code == "locked" then
    return true
  end
  if call.method == "GET" and reply.status == 503 then return true end
  if call.method == "GET" and reply.status == 500 then return tries < 2 end
  return not once[call.method] and idempotent[reply.status] == true
end

function http.new(world)
  return { request = function(call)
    local tries, reply = 0
    repeat
      tries = tries + 1
      if tries > 1 then world.sleep(2 ^ (tries - 2)) end
      reply = try(world, call)
    until not again(call, reply, tries)
    reply.tries = tries
    reply.uncertain = once[call.method] == true and idempotent[reply.status] == true
    if reply.status == 0 then
      require("fault")(call.method .. " " .. call.url .. " had no answer", {
        kind = reply.uncertain and "uncertain" or "unreachable",
      })
    end
    return reply
  end }
end

return http
