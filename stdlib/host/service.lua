-- SPDX-License-Identifier: MIT
--
-- A systemd unit: running or not, enabled or not.
local attribute = require "attribute"
local shell = require "shell"
local type = require "type"

local runs = { active = true, activating = true, reloading = true }
local starts = { enabled = true, ["enabled-runtime"] = true, alias = true }
-- Units that cannot be enabled or disabled are as they are wanted.
local neither = { static = true, indirect = true, generated = true, transient = true }

local function unit_of(item)
  return (item.want or item.recorded).unit
end

local function found_of(item, load, active, file)
  if load ~= "loaded" and load ~= "masked" then return nil end
  local enabled = starts[file] or false
  if neither[file] and item.want then enabled = item.want.enabled end
  return { unit = unit_of(item), running = runs[active] or false, enabled = enabled }
end

return type {
  name = "service",
  doc = "A systemd unit that runs (or not) and starts at boot (or not).",
  link = "https://manpages.debian.org/bookworm/systemd/systemctl.1.en.html",
  on_host = true,
  attributes = {
    unit = attribute.string { doc = "\"caddy\", \"backup.timer\"; the resource's name"
      .. " when left out" },
    running = attribute.bool { default = true, doc = "active" },
    enabled = attribute.bool { default = true, doc = "starts at boot" },
  },
  example = [[host:service "fail2ban" { }]],
  shorthand = function(declared, name)
    if name and declared.unit == nil then declared.unit = name end
    return declared
  end,

  probe = function(items)
    local lines = {}
    for index, item in ipairs(items) do
      lines[index] = "u=" .. shell.quote(unit_of(item))
        .. "; p() { systemctl show -p \"$1\" --value"
        .. " -- \"$u\"; }; echo " .. index
        .. ":$(p LoadState):$(p ActiveState):$(p UnitFileState)"
    end
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results = {}
    for line in shell.lines(output) do
      local index, load, active, file = line:match("^(%d+):([%w-]*):([%w-]*):([%w-]*)$")
      local item = items[tonumber(index)]
      if item then results[tonumber(index)] = found_of(item, load, active, file) end
    end
    return results
  end,
  commands = function(have, want)
    if not want then
      return { { "systemctl disable --now " .. have.unit,
        "systemctl disable --now -q -- " .. shell.quote(have.unit) } }
    end
    local unit = shell.quote(want.unit)
    local enabling, running = want.enabled and "enable" or "disable",
      want.running and "start" or "stop"
    local unmask = "[ \"$(systemctl show -p LoadState --value -- " .. unit
      .. ")\" != masked ] || systemctl unmask -q -- " .. unit
    return {
      { "systemctl daemon-reload", "systemctl daemon-reload"
        .. ((want.enabled or want.running) and " && { " .. unmask .. "; }" or "") },
      { "systemctl " .. enabling .. " " .. want.unit, "systemctl " .. enabling
        .. " -q -- " .. unit },
      { "systemctl " .. running .. " " .. want.unit, "systemctl " .. running .. " -- "
        .. unit
        .. " || { systemctl status --no-pager -n 20 -- " .. unit .. "; false; }" },
    }
  end,
}
