-- SPDX-License-Identifier: MIT
-- What passes a check, what fails it, and in which words.
local function check(name, want, world)
  local fakes = require "tests.types.harness.host_fakes"
  local settings = { project_id = "p", ssh = {},
    endpoints = { hetzner = "https://h/v1" } }
  world.settings = world.settings or settings
  world.decode = require("tests.types.harness.json").decode
  fakes.install(world)
  local kind, wanted = fakes.type(name), require "tests.types.harness.host_wanted"
  local ok, problem = pcall(function()
    return kind.check(wanted.declare(kind, want, "x"), { address = name .. "/x" })
  end)
  local warning = ok and problem.warning and "passed: " .. problem.warning
  return warning or ok and "passed" or tostring(problem), problem
end

local function answers(status, body)
  return { http = function() return { status = status, body = body or "",
    json = { zone = {
    authoritative_nameservers = { delegation_status = body } } } } end }
end

local function answers_in(...)
  local times, asked = { ... }, 0
  return { http = function()
    asked = asked + 1
    return { status = 200, body = "", ms = times[asked] }
  end }
end

local function fails(kind)
  return { http = function()
    error(require("fault").new("it went wrong", { kind = kind,
      why = "certificate unknown" }), 0)
  end }
end

local function names(...)
  local list = { ... }
  return { dns = function() return list end }
end

local cases = {
  { "check.http", { url = "u" }, answers(200), "^passed" },
  { "check.http", { url = "u" }, answers(500), "status 500, not 200" },
  { "check.http", { url = "u", under = "100ms" }, answers_in(10, 120, 20), "^passed$" },
  { "check.http", { url = "u", under = "0.1s" }, answers_in(140, 120, 20),
    "^passed: the answer's time is 120 ms, over 100 ms$" },
  { "check.http", { url = "u", under = "fast" }, answers(200), "fast is no limit" },
  { "check.http", { url = "u", expect = "ok" }, answers(200, "no"), "does not match ok" },
  { "check.http", { url = "u", expect_json = { a = { b = 1 } } }, answers(200,
    '{"a":{"b":1,"c":2}}'), "^passed" },
  { "check.http", { url = "u", expect_json = { a = { b = 1 } } }, answers(200,
    '{"a":{"b":2}}'), "a%.b is 2, not 1" },
  { "check.http", { url = "u", expect_json = { a = 1 } }, answers(200, "<html>"),
    "no JSON" },
  { "check.http", { url = "u" }, fails "unreachable", "certificate unknown" },
  { "check.dns", { domain = "d", expect = "192.0.2.1" }, names("192.0.2.1", "192.0.2.2"),
    "^passed" },
  { "check.dns", { domain = "d", expect = { "192.0.2.1", "192.0.2.3" } },
    names("192.0.2.1"), "found 192.0.2.1" },
  { "check.dns", { domain = "d", expect = "192.0.2.1" }, names(), "there is none" },
  { "check.tcp", { host = "h", port = 22 }, { tcp = function() return true end },
    "^passed" },
  { "check.tcp", { host = "h", port = 22 }, { tcp = function() return nil,
    "refused" end }, "is closed: refused" },
  { "check.tcp", { host = "h", port = 22, open = false },
    { tcp = function() return true end }, "is open" },
  { "manual", { task = "t", address = "a" }, {}, "still to be done: t" },
  { "manual", { task = "t", address = "a", answered = "2026-11-22" }, {}, "^passed" },
  { "manual", { task = "t", address = "a", verify = { api = "hetzner" } }, answers(401),
    "answered 401" },
  { "manual", { task = "t", address = "a", verify = { api = "hetzner" } }, answers(200),
    "^passed" },
  { "manual", { task = "t", address = "a", verify = { delegation = "z" } }, answers(200,
    "invalid"), "is invalid" },
  { "manual", { task = "t", address = "a", verify = { delegation = "z" } }, answers(200,
    "valid"), "^passed" },
  { "manual", { task = "t", address = "a", verify = { nothing = 1 } }, {},
    "no verification by nothing" },
}

local all = {}
for index, case in ipairs(cases) do
  all[index] = { what = case[1] .. " " .. index, run = function()
    local want = {}
    for key, value in pairs(case[2]) do want[key] = value end
    if case[1] ~= "manual" then want.within = "0s" end
    local said = check(case[1], want, case[3])
    assert(said:find(case[4]), said)
  end }
end
all[#all + 1] = { what = "a fault that is no verdict is passed on as it is",
  run = function()
  local _, problem = check("check.dns", { domain = "d", expect = "x", within = "0s" }, {
    dns = function() error(require("fault").new("no resolver", { kind = "unreachable" }),
      0) end })
  assert(problem.what == "no resolver" and problem.kind == "unreachable")
end }
return all
