-- SPDX-License-Identifier: MIT
--
-- monitor.contact at UptimeRobot: mail is an alert contact, what is called by an address
-- is an integration. Monitors are given the ids of both alike.

local client = require "uptimerobot.client"

local contacts = { path = "/integrations" }

-- What a webhook is sent, in the shape of alert.contact's, with the service's own words
-- for what it fills in.
local POST_VALUE = '{"subject":"*monitorFriendlyName* is *alertTypeFriendlyName*",'
  .. '"body":"*monitorURL* *alertDetails*"}'

local vias = { Webhook = "webhook", Slack = "slack", Discord = "discord" }
local kinds = { webhook = "Webhook", slack = "Slack", discord = "Discord" }

local function mail_of(object)
  return { id = object.id, name = client.plain(object.friendlyName), via = "email",
    target = object.value, status = (object.status or ""):lower() }
end

local function hook_of(object)
  return { id = object.id, name = client.plain(object.friendlyName),
    via = vias[object.type], target = client.plain(object.value),
    status = (object.status or ""):lower() }
end

function contacts.list()
  local things = {}
  for _, object in ipairs(client.all "/alert-contacts") do
    if object.type == "Email" or object.type == 2 then
      things[#things + 1] = mail_of(object)
    end
  end
  for _, object in ipairs(client.all "/integrations") do
    if vias[object.type] then things[#things + 1] = hook_of(object) end
  end
  return things
end

local function data_of(want)
  local data = { friendlyName = want.name, enableNotificationsFor = "UpAndDown",
    sslExpirationReminder = false }
  if want.via == "webhook" then
    data.urlToNotify, data.postValue, data.sendAsJSON = want.target, POST_VALUE, true
  else
    data.webhookURL, data.customValue = want.target, ""
  end
  return data
end

local function mail_body(want, is_new)
  return { type = is_new and "Email" or nil, friendlyName = want.name,
    value = is_new and want.target or nil, enableNotificationsFor = 0 }
end

function contacts.create(want, what, own)
  local is_mail = want.via == "email"
  local answer, was_there = client:create(is_mail and "/alert-contacts"
    or "/integrations", {
      what = what, own = own,
      body = is_mail and mail_body(want, true)
        or { type = kinds[want.via], data = data_of(want) },
    })
  if was_there then return contacts.update(answer.id, want, what) end
  return is_mail and mail_of(answer) or hook_of(answer)
end

function contacts.update(id, want, what)
  if want.via == "email" then
    return mail_of(client:patch("/alert-contacts/" .. id, mail_body(want), what))
  end
  return hook_of(client:patch("/integrations/" .. id,
    { type = kinds[want.via], data = data_of(want) }, what))
end

function contacts.delete(id, what, have)
  client:delete((have.via == "email" and "/alert-contacts/" or "/integrations/") .. id,
    what)
end

return contacts
