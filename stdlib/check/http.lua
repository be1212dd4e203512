-- SPDX-License-Identifier: MIT
--
-- An HTTP endpoint answers as it should: status, body, JSON fields, certificate.
local attribute = require "attribute"
local fault = require "fault"
local http = require "http"
local json = require "json"
local limit = require "limit"
local settings = require "settings"
local kind_of, type = type, require "type"
local verdict = require "verdict"

local function differs(have, want, path)
  for key, expected in pairs(want) do
    local found = kind_of(have) == "table" and have[key] or nil
    if kind_of(expected) == "table" then
      local why = differs(found, expected, path .. key .. ".")
      if why then return why end
    elseif found ~= expected then
      return ("%s%s is %s, not %s"):format(path, key, tostring(found), tostring(expected))
    end
  end
  return nil
end

-- nil when the reply is as wanted, else what is wrong with it.
local function judge(reply, want)
  if reply.status ~= want.status then
    return ("status %d, not %d"):format(reply.status, want.status)
  end
  if want.expect and not reply.body:find(want.expect) then
    return "the body does not match " .. want.expect
  end
  if want.expect_json then
    local parsed, body = pcall(json.decode, reply.body)
    if not parsed then return "the body is no JSON" end
    return differs(body, want.expect_json, "")
  end
  return nil
end

local function attempt(want)
  local asked, reply = pcall(http.request, {
    method = "GET", url = want.url, timeout = 10, raw = true,
  })
  if not asked then return nil, fault.is(reply) and reply.why ~= "" and reply.why
    or tostring(reply) end
  local why = judge(reply, want)
  return not why and reply or nil, why
end

-- One answer may be slow by chance: the middle one of three counts.
local function time(want, first)
  local all = { first.ms }
  for _ = 1, 2 do
    local reply = attempt(want)
    all[#all + 1] = reply and reply.ms or nil
  end
  table.sort(all)
  return all[(#all + 1) // 2]
end

local function judge_time(want, reply, step)
  if not want.under then return nil end
  local ms = time(want, reply)
  return { { name = "ms", value = ms, unit = "ms" } },
    limit.miss("the answer's time", ms, limit.milliseconds(want.under, step.address),
      "ms")
end

return type {
  name = "check.http",
  doc = "An HTTP endpoint answers with the status, body and JSON fields that are wanted, "
    .. "over a certificate that a known CA issued.",
  is_check = true,
  attributes = {
    url = attribute.string { required = true, doc = "https://… or http://…" },
    status = attribute.integer { default = 200, doc = "wanted status" },
    expect = attribute.string { doc = "Lua pattern that the body must match" },
    expect_json = attribute.map { doc = "fields that the JSON body must have" },
    within = attribute.any { default = "30s", doc = "how long it may take to become so" },
    under = attribute.string { doc = "\"100ms\": an answer that takes longer is a"
      .. " warning; its time is kept as a measurement" },
  },
  example = [[
check.http "health" { url = "https://identity.pipster.app/health", under = "100ms" }]],
  shorthand = function(declared, name)
    if kind_of(declared.under) == "string" then
      limit.milliseconds(declared.under, "check.http " .. tostring(name))
    end
    return declared
  end,

  check = function(want, step)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    local reply, why
    local passed = verdict.await {
      what = want.url, within = want.within, every = 0.5, most = 3,
      check = function()
        reply, why = attempt(want)
        return reply
      end,
    }
    if not passed then
      fault(want.url .. " is not as it should be", {
        why = why, next = "look at it: curl -v " .. want.url,
      })
    end
    local measured, warning = judge_time(want, reply, step)
    return { status = reply.status, ms = reply.ms, issuer = reply.issuer,
      subject = reply.subject, measured = measured, warning = warning }
  end,
}
