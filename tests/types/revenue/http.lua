-- SPDX-License-Identifier: MIT
-- A figure in the JSON of an address.

local answers = {
  ["http://a.example/mrr"] = { 200, '{"mrr": 640.5, "currency": "USD", "customers": 52,'
    .. ' "at": "2026-11-28T00:00:00Z"}' },
  ["http://a.example/subscribers"] = { 200, '{"data": {"timeseries": [{"count": "51"},'
    .. ' {"count": "52"}]}}' },
  ["http://a.example/metrics"] = { 200, '{"data": {"currency_code": "USD", "timeseries":'
    .. ' [{"amount": "1"}, {"amount": "64050"}]}}' },
  ["http://a.example/text"] = { 200, "hello" },
  ["http://a.example/401"] = { 401, '{"error": "key"}' },
  ["http://a.example/500"] = { 500, "oops" },
}

local function read(more)
  local asked = {}
  local source = { kind = "http", where = "pipster.lua:2" }
  for name, value in pairs(more) do source[name] = value end
  package.loaded.http = { request = function(call)
    local answer = answers[call.url]
    asked[#asked + 1] = call.method .. " " .. call.url
    return { status = answer[1], body = answer[2] }
  end }
  return require("revenue.http").read(source), asked
end

local function fails(more, what, kind)
  local ok, problem = pcall(read, more)
  assert(not ok, "was read")
  assert(problem.what and problem.what:find(what, 1, true),
    tostring(problem.what or problem))
  assert(problem.next and (not kind or problem.kind == kind), problem.kind)
end

local URL = "http://a.example/"

return {
  { what = "a plain figure", run = function(_, steps)
    steps.same("reading", { source = "http", gross = "640.5", currency = "USD",
      customers = 52, as_of = "2026-11-28T00:00:00Z" }, (read { url = URL .. "mrr",
      currency_path = "currency", customers_path = "customers", as_of_path = "at" }))
  end },
  { what = "the last of a list, in the smallest unit, and customers from elsewhere",
    run = function(_, steps)
      local reading, asked = read { url = URL .. "metrics", minor = true,
        path = "data.timeseries.-1.amount", currency_path = "data.currency_code",
        customers_url = URL .. "subscribers", customers_path = "data.timeseries.1.count" }
      steps.same("reading", { source = "http", gross = "640.50", currency = "USD",
        customers = 52 }, reading)
      steps.same("requests", { "GET " .. URL .. "metrics", "GET " .. URL
        .. "subscribers" }, asked)
    end },
  { what = "what goes wrong is told", run = function()
    fails({ url = URL .. "mrr", path = "data.0.amount" }, "nothing at data.0.amount")
    fails({ url = URL .. "mrr", path = "currency" }, "is no amount")
    fails({ url = URL .. "mrr", customers_path = "mrr" }, "no number of customers")
    fails({ url = URL .. "text" }, "answered no JSON")
    fails({ url = URL .. "401" }, "status 401", "unreachable")
    fails({ url = URL .. "500" }, "status 500")
  end },
}
