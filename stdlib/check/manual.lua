-- SPDX-License-Identifier: MIT
--
-- What only a person can do: named with its address; its result is verified where an API
-- or DNS shows it, else answered with a date.
local attribute = require "attribute"
local dns = require "dns_lookup"
local fault = require "fault"
local http = require "http"
local settings = require "settings"
local type = require "type"

local verifiers = {}

-- The vendor's API takes our token.
function verifiers.api(name)
  local reply = http.request { method = "GET", url = settings.endpoints[name]
    .. "/locations" }
  return reply.status == 200, "the API answered " .. reply.status .. " " .. (reply.message
    or "")
end

-- The name servers that the parent zone names are those of the zone at our provider.
function verifiers.delegation(zone)
  local reply = http.request { method = "GET",
    url = settings.endpoints.hetzner .. "/zones/" .. zone }
  if reply.status ~= 200 then return false, "the zone is not there yet" end
  local servers = reply.json.zone.authoritative_nameservers
  return servers.delegation_status == "valid",
    "its delegation is " .. tostring(servers.delegation_status)
end

-- A name resolves.
function verifiers.dns(name)
  local found = dns.lookup(name, "A", { server = settings.resolver })
  return #found > 0, "it does not resolve"
end

local function verify(want)
  for kind, argument in pairs(want.verify) do
    local verifier = verifiers[kind]
    if not verifier then
      fault("manual: there is no verification by " .. tostring(kind), {
        next = "api, delegation or dns" })
    end
    local done, why = verifier(argument)
    if not done then return false, why end
  end
  return true
end

return type {
  name = "manual",
  doc = "A step that only a person can do. Verified by an API or DNS where they show it, "
    .. "else answered with the date it was done: `answered = \"2026-11-22\"`.",
  is_check = true,
  attributes = {
    task = attribute.string { required = true, doc = "what is to be done" },
    address = attribute.string { required = true, doc = "where: a URL" },
    verify = attribute.map { doc = "{ api = \"hetzner\" }, { delegation = ZONE } or {"
      .. " dns = NAME }" },
    answered = attribute.string { doc = "the date it was done, where nothing shows it" },
  },
  example = [[
manual "domain" { task = "Buy pipster.app", address = "https://www.namecheap.com/",
  verify = { delegation = "pipster.app" } }]],

  check = function(want, step)
    local done, why
    if want.verify then done, why = verify(want) else done = want.answered ~= nil end
    if done then return { done = want.answered or "verified" } end
    fault(step.address .. " is still to be done: " .. want.task, {
      why = why or "nothing shows it, and it was not answered",
      next = want.verify and want.address
        or want.address .. ", then answered = \"YYYY-MM-DD\" in the playbook",
    })
    return nil
  end,
}
