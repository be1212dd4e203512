-- SPDX-License-Identifier: MIT
--
-- Security updates by themselves.
local apt = require "apt"
local attribute = require "attribute"
local encode = require "encode"
local rendered = require "rendered"
local shell = require "shell"
local type = require "type"

local path = "/etc/apt/apt.conf.d/52pipster-upgrades"
local keys = { "reboot" }

local function render(want)
  local text = "APT::Periodic::Update-Package-Lists \"1\";\n"
    .. "APT::Periodic::Unattended-Upgrade \"1\";\n"
  if not want.reboot then
    return text .. "Unattended-Upgrade::Automatic-Reboot \"false\";\n"
  end
  return text .. "Unattended-Upgrade::Automatic-Reboot \"true\";\n"
    .. "Unattended-Upgrade::Automatic-Reboot-Time \"" .. want.reboot .. "\";\n"
end

local function parse(text)
  return { reboot = text:match("\nUnattended%-Upgrade::Automatic%-Reboot%-Time"
    .. " \"([^\"]*)\"") }
end

return type {
  name = "unattended_upgrades",
  doc = "unattended-upgrades: security updates are installed by themselves, daily.",
  link = "https://wiki.debian.org/UnattendedUpgrades",
  on_host = true,
  nameless = true,
  attributes = {
    reboot = attribute.string { doc = "\"04:00\": reboot then when it is required;"
      .. " default: never" },
    installed = attribute.bool { default = true, doc = "the package is there" },
    as_written = rendered.as_written,
  },
  example = [[host:unattended_upgrades { reboot = "04:00" }]],

  probe = function()
    return "[ ! -e " .. path .. " ] || echo \"$(dpkg-query -W -f '${db:Status-Status}'"
      .. " unattended-upgrades):$(" .. shell.base64_of(path) .. ")\""
  end,
  read = function(items, output)
    for line in shell.lines(output) do
      local status, content = line:match("^([%l-]*):([%w+/=]*)$")
      if status then
        local found = rendered.found(encode.base64_decode(content), items[1].want, keys,
          render, parse)
        found.installed = status == "installed"
        return { found }
      end
    end
    return {}
  end,
  writes = function() return { path } end,
  commands = function(_, want)
    if not want then return { { "rm " .. path, "rm -f " .. path } } end
    return {
      { "apt-get install unattended-upgrades",
        apt.ensure("unattended-upgrade", { "unattended-upgrades" }) },
      { "write " .. path .. ", apt-config dump", shell.replace_file(
        { path = path, content = render(want) }, "apt-config dump >/dev/null") },
    }
  end,
}
