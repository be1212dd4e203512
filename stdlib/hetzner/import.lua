-- SPDX-License-Identifier: MIT
--
-- Which thing of a Hetzner project `pipster import ADDR ID` means. Not a resource type.

local client = require "hetzner.client"
local fault = require "fault"
local kinds = require "hetzner.kinds"
local settings = require "settings"

local import = {}

-- "hetzner.primary_ip" → "primary_ip", "primary_ips"; nil for what has no id of its own.
local function words(type_name)
  local key = type_name:match("^hetzner%.([%w_]+)$")
  if not key or key == "rrset" then return nil end
  return key, kinds.plural(key)
end

local function look(key, list, id)
  local number = math.tointeger(tonumber(id))
  if number then return client.find("/" .. list .. "/" .. number, key) end
  return client.list(list, { { "name", id } })[1]
end

local function refuse_other(object, asked)
  local project = (object.labels or {})["pipster-project"]
  if project and project ~= settings.project_id then
    fault(asked.type .. " " .. asked.id .. " belongs to another project of pipster's", {
      why = "it carries the label pipster-project=" .. project,
      next = "take that label off in the Hetzner console first, if that project is gone",
    })
  end
end

-- asked: { type, id (a number or a name) }. Answers { id = number }, or {} where what is
-- declared says which one it is.
function import.find(asked)
  local key, list = words(asked.type)
  if not key then return {} end
  local object = look(key, list, asked.id)
  if not object then
    fault("there is no " .. asked.type .. " " .. asked.id .. " in this project", {
      why = "the API was asked for it and knows none",
      next = "give its number or its name as the Hetzner console shows it; "
        .. "HCLOUD_TOKEN says which project is asked",
    })
  end
  refuse_other(object, asked)
  return { id = object.id, name = object.name }
end

return import
