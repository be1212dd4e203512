-- SPDX-License-Identifier: MIT
--
-- Status pages of the Better Stack stand-in, and what they show.

local fields = require "lab.fields"
local lists = require "lab.betterstack_lists"
local refuse = require "lab.stand_in_refuse"

local pages = {}

local spec = {
  company_name = { kind = "string", required = true },
  company_url = { kind = "string", required = true },
  subdomain = { kind = "string", required = true },
  timezone = { kind = "string", required = true }, contact_url = { kind = "string" },
  custom_domain = { kind = "string", null = true }, history = { kind = "integer" },
  published = { kind = "boolean" }, subscribable = { kind = "boolean" },
  hide_from_search_engines = { kind = "boolean" }, announcement = { kind = "string" },
  password_enabled = { kind = "boolean" }, password = { kind = "string" },
  design = { kind = "string" }, theme = { kind = "string" }, layout = { kind = "string" },
  team_name = { kind = "string" },
}

local resource = {
  resource_id = { kind = "integer", required = true },
  resource_type = { kind = "string", required = true,
    one_of = { "Monitor", "Heartbeat" } },
  public_name = { kind = "string", required = true }, explanation = { kind = "string" },
  status_page_section_id = { kind = "integer" }, history = { kind = "boolean" },
  position = { kind = "integer" }, widget_type = { kind = "string" },
}

local function view(page) return lists.shown("status_page", page, page.settings) end

local function part_view(part)
  return lists.shown("status_page_resource", part, part.settings)
end

local function refuse_taken(context, except)
  for _, page in pairs(context.world.pages) do
    if page ~= except and page.settings.subdomain == context.body.subdomain then
      refuse.with(422, "invalid", "invalid", { subdomain = { "has already been taken" } })
    end
  end
end

local function create(context)
  lists.check(context.body, spec)
  refuse_taken(context)
  return 201, { data = view(lists.add(context, context.world.pages,
    { settings = fields.taken(context.body, spec), parts = {} })) }
end

local function change(context, id)
  local page = lists.find(context.world.pages, id)
  lists.check(context.body, spec, true)
  refuse_taken(context, page)
  lists.take(context, page, spec)
  return 200, { data = view(page) }
end

local function add_part(context, id)
  local page = lists.find(context.world.pages, id)
  lists.check(context.body, resource)
  local kind = context.body.resource_type == "Monitor" and "monitors" or "heartbeats"
  if not context.world[kind][context.body.resource_id] then
    refuse.with(422, "invalid", "invalid", { resource_id = { "does not exist" } })
  end
  return 201, { data = part_view(lists.add(context, page.parts,
    { settings = fields.taken(context.body, resource) })) }
end

pages.routes = {
  { "GET", "/status-pages", function(context)
    return lists.page(context, context.world.pages, view)
  end },
  { "POST", "/status-pages", create },
  { "PATCH", "/status-pages/{id}", change },
  { "DELETE", "/status-pages/{id}", function(context, id)
    return lists.remove(context, context.world.pages, id)
  end },
  { "GET", "/status-pages/{id}/resources", function(context, id)
    return lists.page(context, lists.find(context.world.pages, id).parts, part_view)
  end },
  { "POST", "/status-pages/{id}/resources", add_part },
  { "DELETE", "/status-pages/{id}/resources/{part}", function(context, id, part)
    return lists.remove(context, lists.find(context.world.pages, id).parts, part)
  end },
}

return pages
