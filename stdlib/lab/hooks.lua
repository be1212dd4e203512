-- SPDX-License-Identifier: MIT
--
-- Where Slack's incoming webhooks, Discord's, and a webhook of one's own end in the lab:
--   /services/T0/B0/TOKEN   /api/webhooks/1/TOKEN   /hook with the token as Bearer
--   /hook/TOKEN, which takes any JSON
-- Strict as the vendors are; what was taken is listed by GET /_lab/messages.

local json = require "json"
local refuse = require "lab.stand_in_refuse"
local stand_in = require "lab.stand_in"

local function decoded(context)
  local ok, body = pcall(json.decode, context.request.body or "")
  return ok and type(body) == "table" and body or nil
end

local function is_json(context)
  for name, value in pairs(context.request.headers or {}) do
    if name:lower() == "content-type" then
      return value:find("^application/json") ~= nil
    end
  end
  return false
end

local function keep(context, service, text, body)
  context.changed = true
  table.insert(context.world.messages, { service = service, text = text, body = body })
end

local function is_ours(context, token)
  local wanted = context.lab.options.token
  return not wanted or token == wanted
end

local slack_fields = { text = true, blocks = true, attachments = true, thread_ts = true,
  mrkdwn = true, response_type = true, replace_original = true, delete_original = true,
  unfurl_links = true, unfurl_media = true, metadata = true }

-- Slack answers in plain text.
local function slack(context, _, _, token)
  if not is_ours(context, token) then return 403, "invalid_token" end
  local body = is_json(context) and decoded(context)
  if not body then return 400, "invalid_payload" end
  for field in pairs(body) do
    if not slack_fields[field] then return 400, "invalid_payload" end
  end
  if type(body.text) ~= "string" or body.text == "" then return 400, "no_text" end
  keep(context, "slack", body.text, body)
  return 200, "ok"
end

local discord_fields = { content = true, username = true, avatar_url = true, tts = true,
  embeds = true, allowed_mentions = true, components = true, attachments = true,
  flags = true, thread_name = true, applied_tags = true, poll = true }

local function discord(context, id, token)
  if not is_ours(context, token) then
    refuse.with(401, 50027, "Invalid Webhook Token")
  end
  local body = is_json(context) and decoded(context)
  if not body then refuse.with(400, 50109, "The request body contains invalid JSON.") end
  for field in pairs(body) do
    if not discord_fields[field] then refuse.with(400, 50035, "Invalid Form Body") end
  end
  if type(body.content) ~= "string" or body.content == "" then
    refuse.with(400, 50006, "Cannot send an empty message")
  end
  if utf8.len(body.content) > 2000 then refuse.with(400, 50035, "Invalid Form Body") end
  keep(context, "discord", body.content, body)
  if context.query.wait ~= "true" then return 204, "" end
  return 200, { id = tostring(context.lab.next_id()), type = 0, content = body.content,
    webhook_id = id }
end

local function hook(context)
  local given
  for name, value in pairs(context.request.headers or {}) do
    if name:lower() == "authorization" then given = value:match("^Bearer%s+(%S+)$") end
  end
  if not given or not is_ours(context, given) then
    refuse.with(401, 0, "no bearer of ours")
  end
  local body = is_json(context) and decoded(context)
  if not body or type(body.subject) ~= "string" or type(body.body) ~= "string" then
    refuse.with(400, 0, "no subject and body in JSON")
  end
  keep(context, "webhook", body.subject .. "\n" .. body.body, body)
  return 204, ""
end

local function any_hook(context, token)
  if not is_ours(context, token) then refuse.with(401, 0, "no token of ours") end
  local body = is_json(context) and decoded(context)
  if not body then refuse.with(400, 0, "no JSON") end
  keep(context, "webhook", context.request.body, body)
  return 204, ""
end

return stand_in.module {
  name = "hooks",
  raw = true,
  log_in = function() end, -- the token is in the path
  routes = { {
    { "POST", "/services/{team}/{app}/{token}", slack },
    { "POST", "/api/webhooks/{id}/{token}", discord },
    { "POST", "/hook", hook },
    { "POST", "/hook/{token}", any_hook },
  } },
  envelope = function(refused)
    return { code = refused.code, message = refused.message }
  end,
  limit = { requests = 1, seconds = 1 },
  new_world = function() return { messages = {} } end,
  extras = {
    ["GET /_lab/messages"] = function(lab)
      return { messages = json.list(lab.world.messages) }
    end,
  },
}
