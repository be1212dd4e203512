-- SPDX-License-Identifier: MIT
--
-- The calls of the Hetzner Cloud API (https://docs.hetzner.cloud). Tokens, retries and
-- rate limits are below http; here are paging, errors in words a user can act on, creates
-- that are looked up before they are repeated, and deletes for which gone is good.

local clock = require "clock"
local encode = require "encode"
local fault = require "fault"
local http = require "http"
local prune = require "prune"
local settings = require "settings"
local wait = require "wait"
local watch = require "watch"

local client = {}

local PER_PAGE = 50
local FRESH = 10    -- seconds that one list serves all types that ask for it
local RELEASE = 60  -- seconds that a thing may be held by what was deleted just before

-- What to type next, by error code.
local advice = {
  unauthorized = "put the project's API token into HCLOUD_TOKEN "
    .. "(Hetzner console: Security, API tokens)",
  forbidden = "use a token with read and write permission",
  token_readonly = "use a token with read and write permission",
  maintenance = "try again later; https://status.hetzner.com tells how long",
  resource_limit_exceeded = "ask for a higher limit in the Hetzner console (Limits), "
    .. "or remove what is no longer needed",
  uniqueness_error = "choose another name, or remove the other one: "
    .. "it was not made by this project",
  resource_unavailable = "give several types or locations to try in order: "
    .. 'type = { "cx23", "cpx22" }',
  placement_error = "try again later or in another location",
  protected = "lift the protection in the playbook first, or pass --allow-destroy",
  locked = "wait until the running action has ended and run again",
  conflict = "somebody else changed it at the same time: run again",
  rate_limit_exceeded = "wait some minutes: the limit is 3600 requests an hour",
  service_error = "run again in some minutes",
}

-- Kinds of refusal that pass by themselves once a deletion has been carried through.
local held = {
  resource_in_use = true, must_be_unassigned = true, locked = true,
}

local cached = {}  -- path → { at, items }
local changes = {} -- "/zones" → how many changes we made below it
local busy = {}    -- name → true while client.alone works on it

local function fields_of(details)
  local words = {}
  local fields = details and (details.fields or details.limits)
  for _, field in ipairs(fields or {}) do
    local messages = field.messages and table.concat(field.messages, ", ")
    words[#words + 1] = messages and field.name .. " " .. messages or field.name
  end
  return table.concat(words, "; ")
end

-- The error of a reply as a fault: code, message, fields and the vendor's correlation id.
-- A change that was accepted in words that cannot be read may well have happened.
local function raise(reply, what, method)
  local problem = reply.json and reply.json.error or {}
  local code = problem.code or reply.code
  if code == "" then code = nil end
  local said = problem.message or reply.message
  if not said or said == "" then said = "no JSON in the answer" end
  local why = ("%s (HTTP %d, %s)"):format(said, reply.status, code or "no code")
  local fields = fields_of(problem.details)
  if fields ~= "" then why = why .. ": " .. fields end
  local id = reply.headers and reply.headers["x-correlation-id"]
  if id then why = why .. "; correlation id " .. id end
  local lost = reply.uncertain or method ~= "GET" and reply.status < 300
  return fault(what .. " failed", {
    why = why, code = code, next = advice[code],
    kind = lost and "uncertain"
      or reply.status == 401 and "unreachable" or "error",
  })
end

-- Storage boxes and their types are served by an API of their own, by the same token.
local function base_of(path)
  return path:find("^/storage_box") and settings.endpoints.storage
    or settings.endpoints.hetzner
end

local function address(path, query)
  local parts = {}
  for i, pair in ipairs(query or {}) do
    parts[i] = pair[1] .. "=" .. encode.url(tostring(pair[2]))
  end
  local tail = #parts > 0 and "?" .. table.concat(parts, "&") or ""
  return base_of(path) .. path .. tail
end

-- "/zones/1/rrsets" → "/zones": what is shared below it is forgotten together.
local function family(path)
  return path:match("^/[%w_]+")
end

local function forget(path)
  local changed = family(path)
  changes[changed] = (changes[changed] or 0) + 1
  for known in pairs(cached) do
    if family(known) == changed then cached[known] = nil end
  end
end

-- One call. The answer's JSON without nulls; a refusal is raised as `what` failed.
function client.call(method, path, options)
  options = options or {}
  local reply = http.request {
    method = method, url = address(path, options.query), json = options.body,
  }
  if method ~= "GET" then forget(path) end
  reply.json = prune(reply.json)
  local is_json = type(reply.json) == "table" or reply.status == 204
  if reply.status >= 300 or not is_json then
    raise(reply, options.what or method .. " " .. path, method)
  end
  return reply.json or {}
end

function client.get(path, query, what)
  return client.call("GET", path, { query = query, what = what })
end

function client.post(path, body, what)
  return client.call("POST", path, { body = body, what = what })
end

function client.put(path, body, what)
  return client.call("PUT", path, { body = body, what = what })
end

-- One thing by path, or nil when there is none.
function client.find(path, key)
  local ok, answer = pcall(client.get, path)
  if ok then return answer[key] end
  if fault.is(answer) and answer.code == "not_found" then return nil end
  return error(answer, 0)
end

-- All pages of a list: client.list("servers", { { "label_selector", "…" } }).
function client.list(kind, query, options)
  options = options or {}
  local items, page = {}, 1
  while page do
    local asked = { { "page", page }, { "per_page", options.per_page or PER_PAGE } }
    table.move(query or {}, 1, #(query or {}), 3, asked)
    local answer = client.get(options.path or "/" .. kind, asked, "listing " .. kind)
    for _, item in ipairs(answer[kind] or {}) do items[#items + 1] = item end
    page = answer.meta and answer.meta.pagination and answer.meta.pagination.next_page
  end
  return items
end

-- Runs `work`, but never two of the same name at once: the second waits for the first,
-- and should look first whether there is anything left to do.
function client.alone(name, work)
  if busy[name] then
    wait.until_true {
      what = "waiting for " .. name, within = 600, every = 0.02, most = 0.1,
      check = function() return not busy[name] end,
    }
  end
  busy[name] = true
  local ok, answer = pcall(work)
  busy[name] = nil
  if not ok then error(answer, 0) end
  return answer
end

-- A whole list that several types share, read once for all of them, even when they ask at
-- the same moment; a change of its kind makes it read again. options as of client.list.
function client.list_shared(kind, options)
  local path = options and options.path or "/" .. kind
  return client.alone(path, function()
    local known = cached[path]
    if known and clock.now() - known.at <= FRESH then return known.items end
    local before = changes[family(path)]
    local items = client.list(kind, nil, options)
    -- A change that was made meanwhile may be in it or not.
    if changes[family(path)] == before then
      cached[path] = { at = clock.now(), items = items }
    end
    return items
  end)
end

-- POST that makes a labelled thing. When the answer was lost, our own is looked for as
-- long as it may still come; when the name is taken, once: options.own(by_step) answers
-- it or nil. Answers the JSON, or {
-- [key] = the one that is there already }.
function client.create(path, key, options)
  local ok, answer = pcall(client.post, path, options.body, options.what)
  if ok then return answer end
  if not fault.is(answer) then error(answer, 0) end
  local lost = answer.kind == "uncertain"
  if not lost and answer.code ~= "uniqueness_error" then error(answer, 0) end
  local mine
  if lost then
    mine = watch.find(options.what, function() return options.own(true) end)
  else
    mine = options.own(false)
  end
  if mine then return { [key] = mine } end
  return error(answer, 0)
end

-- DELETE for which *not found* is success, and that waits while what was deleted just
-- before still holds it. Answers the JSON (an action may be in it) or nil.
function client.delete(path, what)
  local refusal
  local function try()
    local ok, answer = pcall(client.call, "DELETE", path, { what = what })
    if ok then return { answer = answer } end
    if not fault.is(answer) then error(answer, 0) end
    if answer.code == "not_found" then return {} end
    if not held[answer.code] then error(answer, 0) end
    refusal = answer
    return nil
  end
  local ok, done = pcall(wait.until_true, {
    what = what, within = RELEASE, every = 1, most = 5, check = try,
  })
  if ok then return done.answer end
  if fault.is(done) and done.code == "timeout" and refusal then done = refusal end
  return error(done, 0)
end

return client
