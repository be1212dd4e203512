-- SPDX-License-Identifier: MIT
--
-- Something that should run and does not, as the host itself sees it: an address, a unit
-- of systemd, a container.
local attribute = require "attribute"
local fault = require "fault"
local secret = require "secret"
local shell = require "shell"
local watch = require "alert_watch"

local ways = {
  url = [[
  said=$(curl -q -sS -m 10 -o /dev/null -w '%{http_code}' -- @IT 2>&1 | tr '\n' ' ')
  case $said in
  [23]??) figure=0 says=@IT" answers $said" ;;
  *) figure=1 says=@IT" is down: ${said% 000}" ;;
  esac]],
  unit = [[
  is=$(systemctl is-active -- @IT)
  case $is in active|reloading) figure=0 ;; *) figure=1 ;; esac
  says=@IT" is $is"]],
  container = [[
  form='{{.State.Status}}{{with .State.Health}}, {{.Status}}{{end}}'
  is=$(docker inspect -f "$form" -- @IT 2>&1 | tail -n 1)
  case $is in
  running|'running, healthy'|'running, starting') figure=0 ;;
  *) figure=1 ;;
  esac
  says="container "@IT" is $is"]],
}

local function way_of(declared)
  local found
  for _, key in ipairs { "url", "unit", "container" } do
    if declared[key] ~= nil then
      if found then return nil end
      found = key
    end
  end
  return found
end

return watch.type {
  name = "downtime",
  doc = "Tells contacts when an address, a unit or a container is down, as seen from the"
    .. " host. What the world sees is another question: a monitor's.",
  over = "1m",
  attributes = {
    url = attribute.string { doc = "it is up when it answers with 2xx or 3xx" },
    unit = attribute.string { doc = "of systemd: it is up when it is active" },
    container = attribute.string {
      doc = "of Docker: it is up when it runs and is not unhealthy" },
  },
  example = [[
alert.downtime "identity" {
  on = host, url = "http://localhost:5000/health", over = "1m",
  notify = { alert.contact "downtime" { on = host, server = "mail.pipster.app",
    from = "alerts@pipster.app", to = { "ops@pipster.app" } } },
}]],
  shorthand = function(declared, name)
    if name and not way_of(declared) then
      fault("alert.downtime/" .. name .. " needs one of url, unit and container")
    end
    if secret.is(declared.url) then
      fault("a secret cannot stand in the url of alert.downtime",
        { why = "it is in each message" })
    end
    return declared
  end,
  measure = function(want)
    local way = way_of(want)
    return (ways[way]:gsub("@IT", function() return shell.quote(want[way]) end))
  end,
}
