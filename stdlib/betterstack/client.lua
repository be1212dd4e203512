-- SPDX-License-Identifier: MIT
--
-- The calls of the Better Stack Uptime API: https://betterstack.com/docs/uptime/api/

local rest = require "rest"

-- { errors = "…" or { field = { "…", … } } }
local function said(body)
  local errors = body.errors or body.error
  if type(errors) ~= "table" then return errors end
  local words = {}
  for field, messages in pairs(errors) do
    local text = type(messages) == "table" and table.concat(messages, ", ") or messages
    words[#words + 1] = type(field) == "string" and field .. " " .. text or text
  end
  table.sort(words)
  return table.concat(words, "; ")
end

local client = rest.client {
  name = "betterstack", title = "Better Stack", key = "BETTERSTACK_API_TOKEN",
  said = said, where = "console: API tokens, Uptime API token of the team",
}

local PER_PAGE = 250

-- All pages of a list, shared by all that ask for it: { { id, attributes }, … }.
function client.all(path)
  return client:shared(path, function()
    local items, page = {}, 1
    while page do
      local answer = client:get(path, { { "page", page }, { "per_page", PER_PAGE } },
        "listing " .. path:sub(2) .. " at Better Stack")
      for _, item in ipairs(answer.data or {}) do items[#items + 1] = item end
      page = answer.pagination and answer.pagination.next and page + 1
    end
    return items
  end)
end

-- A kind of thing that lies at `path`: thing_of(data) → thing, body_of(want, is_new).
function client.offer(path, thing_of, body_of)
  local offered = { path = path }

  function offered.list()
    local things = {}
    for i, item in ipairs(client.all(path)) do things[i] = thing_of(item) end
    return things
  end

  function offered.create(want, what, own)
    local answer, was_there = client:create(path,
      { body = body_of(want, true), what = what, own = own })
    if was_there then return offered.update(answer.id, want, what) end
    return thing_of(answer.data)
  end

  function offered.update(id, want, what)
    return thing_of(client:patch(path .. "/" .. id, body_of(want, false), what).data)
  end

  function offered.delete(id, what)
    client:delete(path .. "/" .. id, what)
  end

  return offered
end

return client
