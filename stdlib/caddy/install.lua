-- SPDX-License-Identifier: MIT
--
-- Caddy from Debian's packages, with a Caddyfile of ours that imports one file a site.
local apt = require "apt"
local attribute = require "attribute"
local encode = require "encode"
local rendered = require "rendered"
local settings = require "settings"
local shell = require "shell"
local type = require "type"

local path = "/etc/caddy/Caddyfile"
local root_path = "/etc/caddy/acme-root.pem"
local keys = { "email", "acme_directory" }
local reload = { "reload caddy", "systemctl reload-or-restart caddy" }
local validate = "runuser -u caddy -- env HOME=/var/lib/caddy caddy validate --adapter"
  .. " caddyfile"
  .. " --config " .. path .. " >/dev/null"

-- The global options; a lab's own CA is named where there is one.
local function render(want)
  local text = "{\n"
  if want.email then text = text .. "\temail " .. want.email .. "\n" end
  if want.acme_directory then text = text .. "\tacme_ca " .. want.acme_directory
    .. "\n" end
  if want.acme_root then text = text .. "\tacme_ca_root " .. root_path .. "\n" end
  return text .. "}\n\nimport sites/*.caddy\n"
end

local function parse(text)
  return { email = text:match("\n\temail ([^\n]*)"),
    acme_directory = text:match("\n\tacme_ca ([^\n]*)") }
end

local function steps(want)
  local commands = {
    { "apt-get install caddy", apt.ensure("caddy", { "caddy" }) },
    { "make /etc/caddy/sites", "install -d -m 755 /etc/caddy/sites" },
  }
  if want.acme_root then
    commands[#commands + 1] = { "write " .. root_path,
      shell.write_file { path = root_path, content = want.acme_root } }
  end
  commands[#commands + 1] = { "write " .. path .. ", caddy validate",
    shell.replace_file({ path = path, content = render(want) }, validate) }
  commands[#commands + 1] = { "enable caddy", "systemctl enable --now -q caddy" }
  return commands
end

return type {
  name = "caddy.install",
  doc = "Caddy, its Caddyfile (one import for all sites) and its service.",
  link = "https://caddyserver.com/docs/caddyfile/options",
  on_host = true,
  nameless = true,
  attributes = {
    email = attribute.string { doc = "of the ACME account" },
    acme_directory = attribute.string { doc = "ACME directory URL; default: Let's"
      .. " Encrypt" },
    acme_root = attribute.string { doc = "PEM of the root that signed the ACME server" },
    active = attribute.bool { default = true, doc = "its service runs and is enabled" },
    as_written = rendered.as_written,
    version = attribute.string { computed = true, doc = "of the package" },
  },
  example = [[caddy.install { on = host, email = "ops@pipster.app" }]],
  shorthand = function(declared)
    local acme = settings.acme or {}
    if declared.acme_directory == nil then declared.acme_directory = acme.directory end
    if declared.acme_root == nil then declared.acme_root = acme.root end
    return declared
  end,

  probe = function()
    return "echo \"$(dpkg-query -W -f '${db:Status-Status}:${Version}'"
      .. " caddy)|$(systemctl is-active"
      .. " caddy)|$(systemctl is-enabled caddy)|$(" .. shell.base64_of(path) .. ")|$("
      .. shell.base64_of(root_path) .. ")\""
  end,
  read = function(items, output)
    local pattern = "^installed:([^|]+)|([%w-]*)|([%w-]*)|([%w+/=]*)|([%w+/=]*)$"
    for line in shell.lines(output) do
      local version, active, enabled, file, root = line:match(pattern)
      if version then
        local found = rendered.found(encode.base64_decode(file), items[1].want, keys,
          render, parse)
        found.version, found.acme_root = version, root ~= ""
          and encode.base64_decode(root) or nil
        found.active = active == "active" and enabled == "enabled"
        return { found }
      end
    end
    return {}
  end,
  commands = function(have, want)
    if not want then
      return { { "apt-get purge caddy", "systemctl disable --now -q caddy\n( "
        .. apt.purge { "caddy" } .. "\n) && rm -rf /etc/caddy" } }
    end
    local commands = steps(want)
    if not have then commands[#commands + 1] = reload end
    return commands
  end,
  units = function() return { "caddy.service" } end,
  handlers = function(have, want)
    return have and want and { reload } or {}
  end,
}
