-- SPDX-License-Identifier: MIT
--
-- Rows that talk to the stand-in directly: each has `before` (requests that must
-- succeed), `call` and the answer expected: status, code, message, field (of
-- invalid_input), limit. A request is { METHOD, path, body }; "$1" in a path or body is
-- the id that the first request before gave.

local api = {}

local function ids_into(value, ids)
  if type(value) == "string" then
    local number = value:match("^%$(%d)$")
    if number then return ids[tonumber(number)] end
    return (value:gsub("%$(%d)", function(at) return tostring(ids[tonumber(at)]) end))
  end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[key] = ids_into(item, ids) end
  return setmetatable(copy, getmetatable(value))
end

local kinds = { "ssh_key", "server", "firewall", "primary_ip", "zone", "storage_box" }

local function id_of(reply)
  for _, kind in ipairs(kinds) do
    if type(reply.json) == "table" and reply.json[kind] then
      return reply.json[kind].id
    end
  end
  return false
end

local function same(what, expected, actual)
  if expected ~= nil and expected ~= actual then
    error(("%s: expected %s, got %s"):format(what, tostring(expected), tostring(actual)),
      0)
  end
end

local function send(w, request, ids)
  local call = ids_into(request, ids)
  local reply = w:call(call[1], call[2], call[3])
  w.sleep(request.wait or 2)
  return reply
end

local function prepare(w, row)
  local ids = {}
  for i, request in ipairs(row.before or {}) do
    local reply = send(w, request, ids)
    if reply.status >= 300 then
      error(("before %d was refused: %d %s"):format(i, reply.status,
        reply.json.error.message), 0)
    end
    ids[i] = id_of(reply)
  end
  return ids
end

function api.check(w, row)
  local ids = prepare(w, row)
  local reply = send(w, row.call, ids)
  local problem = type(reply.json) == "table" and reply.json.error or {}
  same("status", row.status, reply.status)
  same("code", row.code, problem.code)
  same("message", row.message, problem.message)
  local details = type(problem.details) == "table" and problem.details or {}
  same("field", row.field, details.fields and details.fields[1].name)
  same("limit", row.limit, details.limits and details.limits[1].name)
  if row.check then row.check(reply, w, ids) end
end

-- Cases for run.lua from rows.
function api.cases(rows)
  local cases = {}
  for i, row in ipairs(rows) do
    local what = row.what or (row.code or row.status) .. " " .. row.call[1] .. " "
      .. row.call[2]
    cases[i] = {
      what = what, lab = row.lab,
      run = function(w) require("tests.types.harness.api").check(w, row) end,
    }
  end
  return cases
end

return api
