-- SPDX-License-Identifier: MIT
--
-- Incidents of the Better Stack stand-in, and the outgoing webhooks that hear of all of
-- them.

local clock = require "clock"
local fields = require "lab.fields"
local json = require "json"
local lists = require "lab.betterstack_lists"
local notice = require "lab.notice"

local incidents = {}

local spec = {
  name = { kind = "string" }, url = { kind = "string", required = true },
  trigger_type = { kind = "string", required = true,
    one_of = { "on_call_change", "incident_change", "monitor_change" } },
  on_incident_started = { kind = "boolean" },
  on_incident_acknowledged = { kind = "boolean" },
  on_incident_resolved = { kind = "boolean" },
  on_incident_reopened = { kind = "boolean" },
  on_incident_comment = { kind = "boolean" },
  notify_alongside_primary_responder = { kind = "boolean" },
  custom_webhook_template_attributes = { kind = "map" },
  team_name = { kind = "string" },
}

local patch = {}
for name, rule in pairs(spec) do
  if name ~= "trigger_type" then patch[name] = rule end
end

local function view(webhook)
  return lists.shown("outgoing_webhook", webhook, webhook.settings)
end

local function body_of(lab, watch)
  local down = watch.state == "down"
  if down then watch.incident = lab.next_id() end
  return { data = { id = tostring(watch.incident), type = "incident", attributes = {
    name = watch.called, url = watch.url, cause = watch.why or "",
    started_at = clock.text(watch.downs[#watch.downs].from // 1000),
    resolved_at = down and json.null or clock.text(lab.now_ms() // 1000),
    acknowledged_at = json.null, status = down and "Started" or "Resolved",
  }, relationships = { [watch.kind] = {
    data = { id = tostring(watch.id), type = watch.kind },
  } } } }
end

-- A watch went down, or came back.
function incidents.tell(lab, watch)
  local event = watch.state == "down" and "on_incident_started" or "on_incident_resolved"
  if #watch.downs == 0 then return end
  local body = body_of(lab, watch)
  for _, webhook in pairs(lab.world.webhooks) do
    local settings = webhook.settings
    if settings.trigger_type == "incident_change" and settings[event] then
      notice.post(lab, settings.url, body)
    end
  end
end

local function change(context, id)
  local webhook = lists.find(context.world.webhooks, id)
  lists.check(context.body, patch, true)
  lists.take(context, webhook, patch)
  return 200, { data = view(webhook) }
end

incidents.routes = {
  { "GET", "/outgoing-webhooks", function(context)
    return lists.page(context, context.world.webhooks, view)
  end },
  { "POST", "/outgoing-webhooks", function(context)
    lists.check(context.body, spec)
    return 201, { data = view(lists.add(context, context.world.webhooks,
      { settings = fields.taken(context.body, spec) })) }
  end },
  { "PATCH", "/outgoing-webhooks/{id}", change },
  { "DELETE", "/outgoing-webhooks/{id}", function(context, id)
    return lists.remove(context, context.world.webhooks, id)
  end },
}

return incidents
