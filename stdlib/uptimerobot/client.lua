-- SPDX-License-Identifier: MIT
--
-- The calls of the UptimeRobot API v3: https://uptimerobot.com/api/v3

local rest = require "rest"

-- { message = "…" or { "…", … }, error, statusCode }
local function said(body)
  local message = body.message or body.error
  if type(message) == "table" then return table.concat(message, "; ") end
  return message
end

local client = rest.client {
  name = "uptimerobot", title = "UptimeRobot", key = "UPTIMEROBOT_API_KEY", said = said,
  where = "dashboard: Integrations & API, API, Main API key",
}

local marks = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'", ["#x27"] = "'",
  ["#x2F"] = "/", ["#47"] = "/" }

-- Names and addresses are told as HTML has them, some of them more than once over.
function client.plain(text)
  if not text then return text end
  local before
  repeat
    before = text
    text = text:gsub("&(#?%w+);", marks)
  until text == before
  return text
end

-- All pages of a list, shared by all that ask for it. The next one is told by an address
-- of which only the cursor counts.
function client.all(path)
  return client:shared(path, function()
    local items, cursor, seen = {}, nil, {}
    repeat
      local answer = client:get(path, cursor and { { "cursor", cursor } },
        "listing " .. path:sub(2) .. " at UptimeRobot")
      for _, item in ipairs(answer.data or {}) do items[#items + 1] = item end
      if cursor then seen[cursor] = true end
      cursor = answer.nextLink and answer.nextLink:match("[?&]cursor=(%d+)")
    until not cursor or seen[cursor]
    return items
  end)
end

return client
