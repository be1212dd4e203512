-- SPDX-License-Identifier: MIT
--
-- Who is told: alert contacts (mail) and integrations (webhook, Slack, Discord) of the
-- UptimeRobot stand-in. A new address is told of nothing until its owner confirmed it.

local json = require "json"
local lists = require "lab.uptimerobot_lists"
local notice = require "lab.notice"
local refuse = require "lab.stand_in_refuse"

local contacts = {}

local events = { "UpAndDown", "Down", "Up", "None" }

local mail = {
  type = { kind = "string", required = true, one_of = { "Email" } },
  friendlyName = { kind = "string" }, value = { kind = "string", required = true },
  enableNotificationsFor = { kind = "integer", one_of = { 0, 1, 2, 3 } },
}

local mail_patch = {
  friendlyName = { kind = "string" }, isActive = { kind = "boolean" },
  enableNotificationsFor = { kind = "integer", one_of = { 0, 1, 2, 3 } },
  sslExpirationReminder = { kind = "boolean" },
}

local base = {
  friendlyName = { kind = "string", max = 60 },
  enableNotificationsFor = { kind = "string", one_of = events },
  sslExpirationReminder = { kind = "boolean" },
}

local function with(extra)
  local all = {}
  for _, part in ipairs { base, extra } do
    for name, rule in pairs(part) do all[name] = rule end
  end
  return all
end

local hooked = with {
  webhookURL = { kind = "string", required = true, max = 1500 },
  customValue = { kind = "string", required = true },
}

local kinds = {
  Slack = hooked, Discord = hooked,
  Webhook = with {
    urlToNotify = { kind = "string", required = true, max = 1500 },
    postValue = { kind = "string", required = true },
    sendAsJSON = { kind = "boolean" }, sendAsQueryString = { kind = "boolean" },
    sendAsPostParameters = { kind = "boolean" }, customHeaders = { kind = "map" },
  },
}

local function view(contact)
  return {
    id = contact.id, friendlyName = lists.escaped(contact.friendlyName) or json.null,
    type = contact.type, value = contact.value, customValue = contact.post or "",
    customValue2 = json.null, customValue3 = json.null, customValue4 = json.null,
    enableNotificationsFor = contact.events or "UpAndDown", status = contact.status,
    sslExpirationReminder = false, orgAlertContactId = json.null,
  }
end

local function refuse_taken(map, kind, value)
  for _, other in pairs(map) do
    if other.type == kind and other.value == value and not other.gone_ms then
      refuse.with(409, "conflict", "Alert contact already exists")
    end
  end
end

local function add_mail(context)
  local body = context.body
  lists.check(body, mail)
  refuse_taken(context.world.contacts, "Email", body.value)
  return 201, view(lists.add(context, context.world.contacts, {
    type = "Email", value = body.value, friendlyName = body.friendlyName,
    events = events[(body.enableNotificationsFor or 0) + 1], status = "NotActivated",
  }))
end

local function change_mail(context, id)
  local contact, body = lists.find(context.world.contacts, id), context.body
  lists.check(body, mail_patch, true)
  contact.friendlyName = body.friendlyName or contact.friendlyName
  contact.events = body.enableNotificationsFor and events[body.enableNotificationsFor + 1]
    or contact.events
  if body.isActive ~= nil and contact.status ~= "NotActivated" then
    contact.status = body.isActive and "Active" or "Paused"
  end
  context.changed = true
  return 200, view(contact)
end

local function data_of(body, kind, partial)
  lists.check(body, { type = { kind = "string" }, data = { kind = "map" } }, partial)
  local spec = kinds[kind]
  if not spec then
    refuse.with(400, "bad_request", "type", json.list { "type is not known" })
  end
  lists.check(body.data or {}, spec, partial)
  return body.data or {}
end

local function take(contact, data)
  contact.friendlyName = data.friendlyName or contact.friendlyName
  contact.value = data.urlToNotify or data.webhookURL or contact.value
  contact.post = data.postValue or data.customValue or contact.post
  contact.events = data.enableNotificationsFor or contact.events
  contact.headers = data.customHeaders or contact.headers
end

local function add_integration(context)
  local kind = context.body.type
  local data = data_of(context.body, kind)
  local contact = { type = kind, status = "Active" }
  take(contact, data)
  refuse_taken(context.world.integrations, kind, contact.value)
  return 201, view(lists.add(context, context.world.integrations, contact))
end

local function change_integration(context, id)
  local contact = lists.find(context.world.integrations, id)
  take(contact, data_of(context.body, contact.type, true))
  context.changed = true
  return 200, view(contact)
end

function contacts.find(world, id)
  local contact = world.contacts[id] or world.integrations[id]
  return contact and not contact.gone_ms and contact or nil
end

-- "*monitorURL* is down" → with what it stands for.
local function filled(text, monitor, watch)
  local down = watch.state == "down"
  local values = {
    monitorID = monitor.id, monitorFriendlyName = monitor.settings.friendlyName,
    monitorURL = monitor.settings.url, alertType = down and 1 or 2,
    alertTypeFriendlyName = down and "Down" or "Up", alertDetails = watch.why or "",
  }
  return (text:gsub("%*(%a+)%*", function(name)
    local value = values[name]
    return value and tostring(value):gsub('[\\"]', "\\%0") or nil
  end))
end

local wanted = { UpAndDown = { down = true, up = true }, Down = { down = true },
  Up = { up = true }, None = {} }

function contacts.tell(lab, id, monitor, watch)
  local contact = contacts.find(lab.world, id)
  local heard = contact and wanted[contact.events or "UpAndDown"][watch.state]
  if not heard or contact.status ~= "Active" then return end
  local text = filled("*monitorFriendlyName* is *alertTypeFriendlyName*: *alertDetails*",
    monitor, watch)
  if contact.type == "Email" then return notice.mail(lab, contact.value, text, text) end
  if contact.type == "Webhook" then
    local headers = { ["Content-Type"] = "application/json" }
    return notice.post(lab, contact.value, filled(contact.post, monitor, watch), headers)
  end
  local field = contact.type == "Slack" and "text" or "content"
  return notice.post(lab, contact.value, { [field] = text })
end

contacts.routes = {
  { "GET", "/alert-contacts", function(context)
    return lists.page(context, context.world.contacts, "/alert-contacts", view)
  end },
  { "POST", "/alert-contacts", add_mail },
  { "PATCH", "/alert-contacts/{id}", change_mail },
  { "DELETE", "/alert-contacts/{id}", function(context, id)
    return lists.remove(context, context.world.contacts, id)
  end },
  { "GET", "/integrations", function(context)
    return lists.page(context, context.world.integrations, "/integrations", view)
  end },
  { "POST", "/integrations", add_integration },
  { "PATCH", "/integrations/{id}", change_integration },
  { "DELETE", "/integrations/{id}", function(context, id)
    return lists.remove(context, context.world.integrations, id)
  end },
}

return contacts
