-- SPDX-License-Identifier: MIT
--
-- monitor.status_page at Better Stack: a page, and below it what it shows.

local client = require "betterstack.client"
local same = require "hetzner.same"

local function page_of(data)
  local is = data.attributes
  return { id = data.id, name = is.company_name, homepage = is.company_url,
    subdomain = is.subdomain,
    address = ("https://%s.betteruptime.com"):format(is.subdomain) }
end

local pages = client.offer("/status-pages", page_of, function(want, is_new)
  return {
    company_name = want.name, company_url = want.homepage, subdomain = want.subdomain,
    timezone = is_new and "UTC" or nil,
  }
end)

local function parts_path(id) return ("/status-pages/%s/resources"):format(id) end

-- What it shows takes a request of its own: only for a page that is ours.
function pages.complete(thing)
  thing.monitors, thing.parts = {}, {}
  for _, part in ipairs(client.all(parts_path(thing.id))) do
    if part.attributes.resource_type == "Monitor" then
      local id = same.id(part.attributes.resource_id)
      table.insert(thing.monitors, id)
      thing.parts[id] = part.id
    end
  end
  return thing
end

local function name_of(id)
  for _, monitor in ipairs(client.all "/monitors") do
    if same.id(monitor.id) == id then return monitor.attributes.pronounceable_name end
  end
  return "monitor " .. id
end

local function show(thing, want, what)
  pages.complete(thing)
  local wanted = same.ids(same.ids(want.monitors)) -- of handles, of "12"
  for _, id in ipairs(same.minus(wanted, thing.monitors)) do
    client:call("POST", parts_path(thing.id), { what = what, body = {
      resource_id = id, resource_type = "Monitor", public_name = name_of(id),
    } })
  end
  for _, id in ipairs(same.minus(thing.monitors, wanted)) do
    client:delete(parts_path(thing.id) .. "/" .. thing.parts[id], what)
  end
  return pages.complete(thing)
end

local create, update = pages.create, pages.update

function pages.create(want, what, own)
  return show(create(want, what, own), want, what)
end

function pages.update(id, want, what)
  return show(update(id, want, what), want, what)
end

return pages
