-- SPDX-License-Identifier: MIT
--
-- A site of Caddy's: one file, validated together with all the others before it takes
-- their place; Caddy is reloaded once, after the last change.
local attribute = require "attribute"
local fault = require "fault"
local rendered = require "rendered"
local shell = require "shell"
local kind_of, type = type, require "type"

local keys = { "domain", "reverse_proxy", "log", "extra" }

-- As the user that Caddy runs as: whatever validation opens (a log) stays Caddy's.
local validate = "runuser -u caddy -- env HOME=/var/lib/caddy caddy validate --adapter"
  .. " caddyfile"
  .. " --config /etc/caddy/Caddyfile >/dev/null 2>/run/pipster-caddy || {"
  .. " tail -n 3 /run/pipster-caddy; rm -f /run/pipster-caddy; false; } && rm -f"
  .. " /run/pipster-caddy"

local function path_of(name)
  return "/etc/caddy/sites/" .. name .. ".caddy"
end

-- What Caddy keeps of it.
local rolling = "\t\t\troll_size 50MiB\n\t\t\troll_keep 5\n\t\t\troll_keep_for 720h\n"

local function render(want)
  local text = want.domain .. " {\n"
  if want.reverse_proxy then text = text .. "\treverse_proxy " .. want.reverse_proxy
    .. "\n" end
  if want.log then
    text = text .. "\tlog {\n\t\toutput file " .. want.log .. " {\n" .. rolling
      .. "\t\t}\n\t}\n"
  end
  if want.extra then
    for line in want.extra:gmatch("[^\n]+") do text = text .. "\t" .. line .. "\n" end
  end
  return text .. "}\n"
end

local function parse(text)
  local extra = {}
  local domain, body = text:match("^(.-) {\n(.*)}\n?$")
  if not domain then return {} end
  local proxy, rest = body:match("^\treverse_proxy ([^\n]*)\n(.*)$")
  rest = rest or body
  local log, others = rest:match("^\tlog {\n\t\toutput file (%S+) {\n.-\n\t}\n(.*)$")
  for line in (others or rest):gmatch("\t?([^\n]+)") do extra[#extra + 1] = line end
  return { domain = domain, reverse_proxy = proxy, log = log,
    extra = #extra > 0 and table.concat(extra, "\n") or nil }
end

return type {
  name = "caddy.site",
  doc = "A site that Caddy serves with a certificate of its own; validated before the"
    .. " reload, "
    .. "edits by others are seen.",
  link = "https://caddyserver.com/docs/caddyfile/directives/reverse_proxy",
  on_host = true,
  attributes = {
    domain = attribute.string { required = true, doc = "its name" },
    reverse_proxy = attribute.string { doc = "where requests go: localhost:5000" },
    log = attribute.any { doc = "its access log, in JSON: a path, or true for"
      .. " /var/log/caddy/NAME.log" },
    extra = attribute.string { doc = "more lines of its block" },
    as_written = rendered.as_written,
  },
  example = [[
caddy.site "identity" {
  on = host, domain = "identity.pipster.app", reverse_proxy = "localhost:5000",
}]],
  shorthand = function(declared, name)
    if kind_of(name) == "string" and name:find("[^%w_.-]") then
      fault("\"" .. name .. "\" cannot be the name of a site",
        { next = "use a-z, 0-9, -, _ and ." })
    end
    if declared.log == true and name then
      declared.log = "/var/log/caddy/" .. name .. ".log"
    end
    return declared
  end,

  probe = rendered.probe(path_of),
  read = rendered.read(keys, render, parse),
  writes = function(_, name) return { path_of(name) } end,
  commands = function(_, want, context)
    local path = path_of(context and context.name or "…")
    if not want then return { { "rm " .. path, "rm -f " .. shell.quote(path) } } end
    local folder = want.log and "install -d -o caddy -g caddy /var/log/caddy && " or ""
    return { { "write " .. path .. ", caddy validate", folder
      .. shell.replace_file({ path = path, content = render(want) }, validate) } }
  end,
  handlers = function()
    return { { "reload caddy", "systemctl reload-or-restart caddy" } }
  end,
}
