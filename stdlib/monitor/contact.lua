-- SPDX-License-Identifier: MIT
--
-- Who a service for uptime tells.
local attribute = require "attribute"
local digest = require "digest"
local fault = require "fault"
local kind = require "monitor.kind"
local secret = require "secret"
local services = require "monitor.services"
local type = require "type"
local unknown = require "unknown"

local VIAS = { "email", "webhook", "slack", "discord" }

local function shape(want)
  local shaped = {}
  for name, value in pairs(want) do shaped[name] = value end
  for _, via in ipairs(VIAS) do
    if want[via] ~= nil then shaped.via, shaped.target = via, want[via] end
  end
  return shaped
end

-- A secret is not for our eyes: it is compared by its digest.
local function equal(wanted, found)
  if wanted == nil or found == nil or unknown.is(wanted) then return false end
  if not secret.is(wanted) then return wanted == found end
  return digest.sha256(wanted) == digest.sha256(found)
end

local functions = kind.functions {
  type = "monitor.contact", key = "contact", what = "contact", shape = shape,

  -- A plan may not know a secret yet: then the name must do.
  is = function(thing, want)
    if thing.via ~= want.via then return false end
    if unknown.is(want.target) then return thing.name == want.name end
    return equal(want.target, thing.target)
  end,

  found = function(thing, want)
    local found = { status = thing.status }
    if thing.via == "email" then
      found.email = thing.target
    elseif thing.via then
      local wanted = want[thing.via]
      -- Left out, a secret is compared with what is recorded of it.
      if wanted ~= nil and not unknown.is(wanted) then
        found[thing.via] = equal(wanted, thing.target) and wanted or "another"
      end
    end
    return found
  end,
}

local function check(given, name)
  local count = 0
  for _, via in ipairs(VIAS) do
    if given[via] ~= nil then count = count + 1 end
  end
  if count ~= 1 then
    fault("monitor.contact/" .. tostring(name) .. " wants one of "
      .. table.concat(VIAS, ", "), {
        next = 'email = "ops@example.org", or webhook = secret …' })
  end
  if given.service == "betterstack" and not given.webhook then
    fault("monitor.contact/" .. tostring(name) .. ": Better Stack takes webhooks", {
      why = "its mail and Slack go to the team and to whoever is on call, which is set "
        .. "in its console",
      next = 'webhook = "https://…", or leave the contact out',
    })
  end
  return kind.named(given, name)
end

local function preview(change)
  local made = functions.preview(change)
  local waits = change.have and change.have.status == "notactivated" and change.want
  if waits or change.action == "create" and change.want.email then
    made.warnings = made.warnings or {}
    table.insert(made.warnings, tostring(change.want.email)
      .. " has to be confirmed by the link in the mail that it got")
  end
  return made
end

return type {
  name = "monitor.contact",
  doc = "Who is told when something is down: at UptimeRobot an address for mail, a"
    .. " webhook, Slack or Discord; at Better Stack a webhook, which hears of every"
    .. " incident.",
  link = "https://uptimerobot.com/api/v3",
  attributes = {
    service = attribute.string { required = true, fixed = true,
      doc = "uptimerobot (UPTIMEROBOT_API_KEY) or betterstack (BETTERSTACK_API_TOKEN)",
      one_of = services.names },
    name = attribute.string { doc = "how it is called there; default: the name here" },
    email = attribute.string { fixed = true,
      doc = "an address for mail; its owner confirms it by a link" },
    webhook = attribute.string { secret = true,
      doc = "an address that gets a POST of JSON" },
    slack = attribute.string { secret = true, doc = "an incoming webhook of Slack" },
    discord = attribute.string { secret = true, doc = "a webhook of Discord" },
    id = attribute.any { computed = true, doc = "the id at the service" },
    status = attribute.string { computed = true,
      doc = "active, paused, notactivated" },
  },
  example = [[
local monitor = require "monitor"
monitor.contact "ops" { service = "uptimerobot", email = "ops@pipster.app" }
]],
  shorthand = check,
  observe = functions.observe, create = functions.create, update = functions.update,
  delete = functions.delete, preview = preview,
}
