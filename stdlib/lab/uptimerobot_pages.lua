-- SPDX-License-Identifier: MIT
--
-- Public status pages of the UptimeRobot stand-in.

local fields = require "lab.fields"
local json = require "json"
local lists = require "lab.uptimerobot_lists"
local random = require "random"
local refuse = require "lab.stand_in_refuse"

local pages = {}

local spec = {
  friendlyName = { kind = "string", required = true, max = 255 },
  monitorIds = { kind = "list" }, tagIds = { kind = "list" },
  autoAddMonitors = { kind = "boolean" }, password = { kind = "string" },
  customDomain = { kind = "string" }, hideUrlLinks = { kind = "boolean" },
  noIndex = { kind = "boolean" }, sort = { kind = "string" },
  status = { kind = "string", one_of = { "PAUSED", "ENABLED" } },
  subscription = { kind = "boolean" }, shareAnalyticsConsent = { kind = "boolean" },
  homepageLink = { kind = "string", max = 255 }, showCookieBar = { kind = "boolean" },
  useSmallCookieConsentModal = { kind = "boolean" }, customSettings = { kind = "map" },
}

local function check(context, partial)
  lists.check(context.body, spec, partial)
  for _, id in ipairs(context.body.monitorIds or {}) do
    local monitor = context.world.monitors[id]
    if not monitor or monitor.gone_ms then
      refuse.with(400, "bad_request", "monitor",
        json.list { "monitor " .. tostring(id) .. " does not exist" })
    end
  end
end

local function view(page)
  local shown = { customDomain = json.null, tagIds = json.list {}, gaCode = json.null,
    isPasswordSet = page.settings.password ~= nil, status = "ENABLED",
    homepageLink = json.null, pinnedAnnouncementId = json.null }
  for name, value in pairs(page.settings) do shown[name] = value end
  shown.id, shown.urlKey, shown.password = page.id, page.key, nil
  shown.monitorIds = json.list(shown.monitorIds or {})
  shown.monitorsCount = #shown.monitorIds
  return shown
end

local function change(context, id)
  local page = lists.find(context.world.pages, id)
  check(context, true)
  for name, value in pairs(fields.taken(context.body, spec)) do
    page.settings[name] = value
  end
  context.changed = true
  return 200, view(page)
end

pages.routes = {
  { "GET", "/psps", function(context)
    return lists.page(context, context.world.pages, "/psps", view)
  end },
  { "POST", "/psps", function(context)
    check(context)
    return 201, view(lists.add(context, context.world.pages,
      { settings = fields.taken(context.body, spec), key = random.hex(5) }))
  end },
  { "PATCH", "/psps/{id}", change },
  { "DELETE", "/psps/{id}", function(context, id)
    return lists.remove(context, context.world.pages, id)
  end },
}

return pages
