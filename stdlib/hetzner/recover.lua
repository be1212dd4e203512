-- SPDX-License-Identifier: MIT
--
-- What Hetzner knows of a project whose state is lost: everything that carries its label.
-- Not a resource type.

local kinds = require "hetzner.kinds"
local settings = require "settings"

local recover = {}

-- Which projects there are: a list of { id, count, example }.
function recover.projects()
  local known, list = {}, {}
  local query = { { "label_selector", "pipster-project" } }
  for _, kind in ipairs(kinds.all) do
    for _, object in ipairs(kinds.list(kind, query)) do
      local id = object.labels["pipster-project"]
      local project = known[id]
      if not project then
        project = { id = id, count = 0 }
        known[id], list[#list + 1] = project, project
      end
      project.count = project.count + 1
      project.example = kind .. " " .. tostring(object.name)
    end
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

-- Its things: a list of { address, type, id }.
function recover.things()
  local selector, list = "pipster-project==" .. settings.project_id, {}
  for _, kind in ipairs(kinds.all) do
    for _, object in ipairs(kinds.list(kind, { { "label_selector", selector } })) do
      local type_name = object.labels["pipster-type"]
      local name = object.labels["pipster-name"]
      if type_name and name then
        list[#list + 1] = { address = type_name .. "/" .. name, type = type_name,
          id = object.id }
      end
    end
  end
  return list
end

return recover
