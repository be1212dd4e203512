-- SPDX-License-Identifier: MIT
--
-- How the stand-in says no: the documented status, code, message and details, raised as a
-- table that the request handler turns into the error envelope.

local json = require "json"

local refuse = {}

function refuse.with(status, code, message, details)
  error({ refused = true, status = status, code = code, message = message,
    details = details }, 0)
end

function refuse.not_found(what)
  refuse.with(404, "not_found", (what or "resource") .. " not found")
end

function refuse.no_route()
  refuse.with(404, "not_found", "api route not found")
end

local function named(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = { name = name } end
  return json.list(list)
end

function refuse.not_unique(message, field)
  refuse.with(409, "uniqueness_error", message, { fields = named { field } })
end

function refuse.over_limit(limit)
  refuse.with(403, "resource_limit_exceeded", limit .. " limit exceeded",
    { limits = named { limit } })
end

-- What was raised as a refusal: that itself, or that the stand-in broke.
function refuse.of(problem, code)
  if type(problem) == "table" and problem.refused then return problem end
  local text = type(problem) == "table" and problem.what or tostring(problem)
  return { status = 500, code = code or "server_error", message = "stand-in: " .. text }
end

-- The envelope's body.
function refuse.envelope(refused)
  return { error = {
    code = refused.code, message = refused.message,
    details = refused.details or json.null,
  } }
end

local problems = {}
problems.__index = problems

-- Collects what is wrong with a body, then refuses it whole.
function refuse.problems()
  return setmetatable({ order = {}, messages = {} }, problems)
end

function problems:add(field, message)
  if not self.messages[field] then
    self.messages[field] = {}
    self.order[#self.order + 1] = field
  end
  table.insert(self.messages[field], message)
end

function problems:check(claim, field, message)
  if not claim then self:add(field, message) end
  return claim
end

function problems:finish()
  if #self.order == 0 then return end
  local fields = {}
  for i, field in ipairs(self.order) do
    fields[i] = { name = field, messages = json.list(self.messages[field]) }
  end
  refuse.with(422, "invalid_input",
    "invalid input in field '" .. table.concat(self.order, "', '") .. "'",
    { fields = json.list(fields) })
end

function refuse.invalid(field, message)
  local found = refuse.problems()
  found:add(field, message)
  found:finish()
end

return refuse
