-- SPDX-License-Identifier: MIT
--
-- What the clients of small JSON APIs share. Tokens, retries and 429 with Retry-After are
-- below http; here are errors in words a user can act on, lists that several types share,
-- creates that are looked up before they are repeated, deletes for which gone is good.
--
-- rest.client { name (settings.endpoints.NAME), title, key (the variable), where (its key
-- is found), said = function(json) → what an error says, may (what the key has to be
-- allowed; default: "change things"), headers (sent with every call) }.

local clock = require "clock"
local encode = require "encode"
local fault = require "fault"
local http = require "http"
local prune = require "prune"
local settings = require "settings"
local wait = require "wait"
local watch = require "watch"

local rest = {}
rest.__index = rest

local FRESH = 10 -- seconds that one list serves all that ask for it
local TRIES = 3  -- of a create that was not carried out

function rest.client(described)
  local client = setmetatable({ cached = {}, busy = {} }, rest)
  for name, value in pairs(described) do client[name] = value end
  return client
end

local codes = {
  [401] = "unauthorized", [403] = "forbidden", [404] = "not_found", [410] = "not_found",
  [402] = "plan", [409] = "taken", [429] = "rate_limited",
}

function rest:advice(code)
  local advice = {
    unauthorized = ("put a key of %s into %s (%s)"):format(self.title, self.key,
      self.where),
    forbidden = ("use a key that may %s (%s)"):format(self.may or "change things",
      self.where),
    plan = "the plan of this account does not have it: see " .. self.title,
    rate_limited = "wait a minute, then run again",
    lost = "run again: it is looked for before it is made",
  }
  return advice[code]
end

-- A change that was answered in words that cannot be read may well have happened.
local function raise(client, reply, what, method)
  local said = type(reply.json) == "table" and client.said(reply.json)
  if not said or said == "" then said = "no JSON in the answer" end
  local changes = method ~= "GET"
  local lost = reply.uncertain or changes and (reply.status < 300 or reply.status >= 500)
  local code = codes[reply.status] or lost and "lost" or nil
  return fault(what .. " failed", {
    why = ("%s (HTTP %d)"):format(said, reply.status), code = code,
    next = client:advice(code),
    kind = lost and "uncertain" or reply.status == 401 and "unreachable" or "error",
  })
end

local function address(client, path, query)
  if path:find("^https?://") then return path end
  local parts = {}
  for i, pair in ipairs(query or {}) do
    parts[i] = pair[1] .. "=" .. encode.url(tostring(pair[2]))
  end
  local tail = #parts > 0 and "?" .. table.concat(parts, "&") or ""
  return settings.endpoints[client.name] .. path .. tail
end

-- One call: the answer's JSON without nulls; a refusal is raised as `what` failed.
function rest:call(method, path, options)
  options = options or {}
  local reply = http.request {
    method = method, url = address(self, path, options.query), json = options.body,
    headers = self.headers,
  }
  if method ~= "GET" then self.cached = {} end
  reply.json = prune(reply.json)
  local readable = type(reply.json) == "table" or reply.status == 204
    or method == "DELETE" and reply.body == ""
  if reply.status >= 300 or not readable then
    raise(self, reply, options.what or method .. " " .. path, method)
  end
  return reply.json or {}
end

function rest:get(path, query, what)
  return self:call("GET", path, { query = query, what = what })
end

-- A change says how it is to be: it may be said again when its answer was lost.
function rest:patch(path, body, what)
  local ok, answer
  for try = 1, TRIES do
    ok, answer = pcall(self.call, self, "PATCH", path, { body = body, what = what })
    if ok then return answer end
    if not fault.is(answer) or answer.kind ~= "uncertain" then break end
    if try < TRIES then clock.sleep((settings.watch_ms or 60000) / 60000 * try) end
  end
  return error(answer, 0)
end

-- Two that ask for the same list at the same moment make one request of it.
function rest:shared(name, read)
  if self.busy[name] then
    wait.until_true {
      what = "waiting for " .. name, within = 600, every = 0.02, most = 0.1,
      check = function() return not self.busy[name] end,
    }
  end
  local known = self.cached[name]
  if known and clock.now() - known.at <= FRESH then return known.items end
  self.busy[name] = true
  local kept = self.cached
  local ok, items = pcall(read)
  self.busy[name] = nil
  if not ok then error(items, 0) end
  -- A change that was made meanwhile may be in it or not.
  if kept == self.cached then kept[name] = { at = clock.now(), items = items } end
  return items
end

-- POST that makes a thing. When its answer was lost, or none of use came, the thing is
-- looked for by what it is called before it is made again: own() answers it or nil. One
-- of that name that is there already is that one.
function rest:create(path, options)
  local problem
  local function own()
    self.cached = {}
    return options.own()
  end
  for try = 1, TRIES do
    local ok, answer = pcall(self.call, self, "POST", path, options)
    if ok then return answer, false end
    if not fault.is(answer) then error(answer, 0) end
    problem = answer
    local taken = answer.code == "taken"
    -- "Not found" may come of a look at what was made a moment before.
    local lost = answer.kind == "uncertain" or answer.code == "not_found"
    if not lost and not taken then error(answer, 0) end
    local there = taken and own() or lost and watch.find(options.what, own)
    if there then return there, true end
    if taken or try == TRIES then break end
  end
  return error(problem, 0)
end

-- DELETE for which gone is good.
function rest:delete(path, what)
  local ok, answer = pcall(self.call, self, "DELETE", path, { what = what })
  if ok then return end
  if fault.is(answer) and answer.code == "not_found" then return end
  error(answer, 0)
end

return rest
