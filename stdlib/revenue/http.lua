-- SPDX-License-Identifier: MIT
--
-- A figure in the JSON that an address answers: Paddle's metrics call, a dashboard of
-- one's own. The token is put into the request below http; nobody here sees it.

local amount = require "revenue.amount"
local fault = require "fault"
local request = require "http"
local json = require "json"
local prune = require "prune"
local span = require "span"

local http = {}

local advice = {
  [401] = 'say where its key is: token_env = "NAME", or token = secret(…)',
  [403] = "use a key that may read this",
  [404] = "look at the address",
  [429] = "wait a minute, then try again",
}

local function refuse(source, what, why, next, kind)
  return fault(what, { where = source.where, why = why, next = next, kind = kind })
end

local function get(source, url)
  local reply = request.request {
    method = "GET", url = url, headers = source.headers,
    timeout = span.seconds(source.timeout or "20s"),
  }
  if reply.status ~= 200 then
    refuse(source, ("%s answered with status %d"):format(url, reply.status),
      reply.body:sub(1, 200), advice[reply.status] or "try again later",
      reply.status == 401 and "unreachable" or nil)
  end
  local parsed, body = pcall(json.decode, reply.body)
  if parsed and type(body) == "table" then return prune(body) end
  return refuse(source, url .. " answered no JSON", reply.body:sub(1, 200),
    "look at it: curl " .. url)
end

-- "data.0.amount": lists count from 0, and from the end with -1.
local function walk(source, body, path)
  local at = body
  for step in path:gmatch("[^.]+") do
    local index = step:match("^-?%d+$") and math.tointeger(tonumber(step))
    if type(at) ~= "table" then at = nil break end
    if at[step] == nil and index then
      at = at[index < 0 and #at + 1 + index or index + 1]
    else
      at = at[step]
    end
    if at == nil then break end
  end
  if at ~= nil then return at end
  return refuse(source, ("there is nothing at %s in what %s answered"):format(path,
    source.url), json.encode(body):sub(1, 300), "path names it from the outside in: "
    .. '"data.0.amount"')
end

local function read_amount(source, body, currency)
  local found = walk(source, body, source.path or "mrr")
  local digits = amount.number(found)
  if not digits then
    return refuse(source, ("what is at %s is no amount"):format(source.path or "mrr"),
      json.encode(found):sub(1, 200), "path must lead to a number")
  end
  return source.minor and amount.of_minor(digits, currency or "") or digits
end

local function read_customers(source, body)
  if not source.customers_path then return nil end
  if source.customers_url then body = get(source, source.customers_url) end
  local found = walk(source, body, source.customers_path)
  local count = math.tointeger(tonumber(found))
  if count then return count end
  return refuse(source, ("what is at %s is no number of customers"):format(
    source.customers_path), json.encode(found):sub(1, 200),
    "customers_path must lead to a whole number")
end

function http.read(source)
  local body = get(source, source.url)
  local currency = source.currency
  if source.currency_path then currency = walk(source, body, source.currency_path) end
  return {
    source = "http", currency = currency, gross = read_amount(source, body, currency),
    customers = read_customers(source, body),
    as_of = source.as_of_path and walk(source, body, source.as_of_path) or nil,
  }
end

return http
