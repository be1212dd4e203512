-- SPDX-License-Identifier: MIT
--
-- The stand-in of SendGrid's Mail Send (https://docs.sendgrid.com/api-reference): it
-- takes what the API takes, and delivers to GET /_lab/messages.

local json = require "json"
local random = require "random"
local refuse = require "lab.stand_in_refuse"
local stand_in = require "lab.stand_in"

local known = {
  personalizations = true, from = true, reply_to = true, reply_to_list = true,
  subject = true, content = true, attachments = true, template_id = true, headers = true,
  categories = true, custom_args = true, send_at = true, batch_id = true, asm = true,
  ip_pool_name = true, mail_settings = true, tracking_settings = true,
}

local function need(claim, field, message)
  if not claim then refuse.with(400, field, message) end
end

local function check_address(value, field)
  need(type(value) == "table" and type(value.email) == "string"
    and value.email:find("^[^%s@]+@[^%s@]+$"), field .. ".email",
    "Does not contain a valid address.")
end

local function is_list(value, most)
  return type(value) == "table" and #value >= 1 and #value <= most
end

local function check_recipients(list)
  need(is_list(list, 1000), "personalizations",
    "The personalizations field is required and must have at least one personalization.")
  for index, one in ipairs(list) do
    local field = "personalizations." .. index - 1 .. ".to"
    need(is_list(one.to, 1000), field, "The to array is required for all"
      .. " personalization objects, and must have at least one email object.")
    for place, address in ipairs(one.to) do
      check_address(address, field .. "." .. place - 1)
    end
  end
end

local function check_content(list)
  need(is_list(list, 10), "content",
    "Unless a valid template_id is provided, the content parameter is required.")
  for index, part in ipairs(list) do
    local field = "content." .. index - 1
    need(type(part.type) == "string" and part.type ~= "", field .. ".type",
      "The content type is required.")
    need(type(part.value) == "string" and part.value ~= "", field .. ".value",
      "The content value must be a string at least one character in length.")
    need(part.type ~= "text/plain" or index == 1, "content",
      "If present, text/plain must be first.")
  end
end

local function send(context)
  local body = context.body
  for field in pairs(body) do
    need(known[field], field, "Unknown field.")
  end
  check_recipients(body.personalizations)
  check_address(body.from, "from")
  need(type(body.subject) == "string" and body.subject ~= "", "subject",
    "The subject is required.")
  check_content(body.content)
  context.changed = true
  table.insert(context.world.messages, body)
  context.headers["X-Message-Id"] = random.hex(11)
  return 202, ""
end

return stand_in.module {
  name = "sendgrid",
  routes = { { { "POST", "/mail/send", send } } },
  envelope = function(refused)
    return { errors = json.list { {
      message = refused.message, field = refused.status == 400 and refused.code
        or json.null, help = json.null } } }
  end,
  limit = { requests = 600, seconds = 60 },
  new_world = function() return { messages = {} } end,
  extras = {
    ["GET /_lab/messages"] = function(lab)
      return { messages = json.list(lab.world.messages) }
    end,
  },
}
