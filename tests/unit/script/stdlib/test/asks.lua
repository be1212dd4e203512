-- SPDX-License-Identifier: MIT
-- What test_task.c starts.
local clock = require "clock"
local digest = require "digest"
local encode = require "encode"
local fault = require "fault"
local http = require "http"
local json = require "json"
local process = require "process"
local secret = require "secret"
local settings = require "settings"
local tcp = require "tcp"
local unknown = require "unknown"

local asks = {}

function asks.sleep(argument)
  local closed = false
  do
    local guard <close> = setmetatable({}, { __close = function()
      clock.sleep(0.001)
      closed = true
    end })
    clock.sleep(argument.seconds)
    assert(guard)
  end
  return { closed = closed }
end

function asks.many_yields()
  local count = 0
  for _ = 1, 200 do
    local ok = pcall(function()
      clock.sleep(0)
      count = count + 1
    end)
    assert(ok)
  end
  return { count = count }
end

function asks.fail()
  clock.sleep(0)
  fault("it went wrong", { why = "a reason", code = "bad", next = "do that" })
end

function asks.bug()
  clock.sleep(0)
  local nothing
  return nothing.field
end

function asks.in_sort()
  table.sort({ 3, 2, 1 }, function(a, b)
    clock.sleep(0)
    return a < b
  end)
end

function asks.endless()
  while true do pcall(function() while true do end end) end
end

function asks.tools()
  assert(digest.sha256("abc"):sub(1, 8) == "ba7816bf")
  assert(encode.base64("hello") == "aGVsbG8=")
  assert(encode.base64_decode("aGVsbG8=") == "hello")
  assert(encode.url("a b/ü") == "a%20b%2F%C3%BC")
  local private, public = secret.keypair("me")
  assert(secret.is(private) and public:find("^ssh%-ed25519 AAAA"))
  local joined = "x" .. private .. "y"
  assert(secret.is(joined) and secret.length(joined) == secret.length(private) + 2)
  assert(tostring(joined) == "(secret)" and secret.is(encode.base64(joined)))
  assert(encode.base64_decode(encode.base64(joined)) == joined and joined ~= private)
  assert(not pcall(string.len, joined) and not pcall(json.encode, { joined }))
  assert(json.encode({ a = json.list(), b = json.null, c = { 1, 2.5 } })
    == '{"a":[],"b":null,"c":[1,2.5]}')
  assert(json.decode('{"a":null}').a == json.null and not unknown.is(1))
  local ok, problem = pcall(fault, "what", { why = "why", kind = "uncertain" })
  assert(not ok and fault.is(problem))
  assert(problem.kind == "uncertain" and problem.why == "why")
  assert(clock.text(0) == "1970-01-01T00:00:00Z")
  return {}
end

function asks.world()
  local base = settings.endpoints.test
  local reply = http.request { method = "POST", url = base .. "/echo?a=b", raw = true,
    body = "body", headers = { ["Content-Type"] = "text/x" } }
  assert(reply.status == 201 and reply.body == "bodyabtext/x", reply.body)
  assert(reply.headers["x-peer"] == "127.0.0.1")
  assert(http.request({ url = base .. "/things", raw = true }).json.nothing == json.null)
  assert(http.request({ url = base .. "/crash", raw = true }).status == 500)
  local ok, problem = pcall(http.request, { url = base .. "/drop", raw = true })
  assert(not ok and problem.kind == "unreachable")
  assert(tcp.connect("127.0.0.1", tonumber(base:match(":(%d+)$")), 60))
  local connected, why = tcp.connect("127.0.0.1", 1, 60)
  assert(not connected and why ~= "")
  local result = process.run { argv = { "/bin/sh", "-c", "cat; echo no >&2; exit 3" },
    input = "in" }
  assert(result.status == 3 and result.output == "in" and result.errors == "no\n")
  return {}
end

-- Chains with a secret in them, while memory is used and given back.
function asks.joins()
  local key, count = secret.keypair("x"), 0
  for index = 1, 2000 do
    local name = "NAME" .. index
    local text = "x"
    text = text .. name .. "=" .. key .. "\n" .. name
    assert(secret.is(text), "lost in a chain")
    local junk = {}
    for k = 1, 50 do junk[k] = { k } end
    count = count + 1
  end
  return { count = count }
end

-- Ends when as many as are expected are here at the same time.
local met = 0
function asks.meet(argument)
  met = met + 1
  while met < argument.count do clock.sleep(0.001) end
  return {}
end

return asks
