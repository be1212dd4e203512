-- SPDX-License-Identifier: MIT
--
-- The time zone of a host. What runs already keeps the old one until it is restarted;
-- cron, which schedules by it, is.
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local folder = "/usr/share/zoneinfo/"

return type {
  name = "timezone",
  doc = "The time zone of a host.",
  link = "https://manpages.debian.org/bookworm/systemd/localtime.5.en.html",
  lasting = "the host keeps its time zone",
  on_host = true,
  nameless = true,
  attributes = {
    zone = attribute.string { required = true,
      doc = "\"Europe/Berlin\", \"Etc/UTC\"; the resource's name when left out" },
  },
  example = [[host:timezone "Europe/Berlin" { }]],
  shorthand = function(declared, name)
    if name and declared.zone == nil then declared.zone = name end
    local zone = declared.zone
    if kind_of(zone) == "string" and (zone:find("[^%w_/+-]") or zone:find("^/")) then
      fault("\"" .. zone .. "\" is no time zone", {
        next = "for example \"Europe/Berlin\"; list them: timedatectl list-timezones" })
    end
    return declared
  end,

  probe = function()
    return "readlink /etc/localtime || echo " .. folder .. "UTC"
  end,
  read = function(_, output)
    local zone = output:match("zoneinfo/(%S+)")
    return { zone and { zone = zone } }
  end,
  commands = function(_, want)
    if not want then return { { "nothing: the time zone stays", "true" } } end
    local zone = shell.quote(want.zone)
    return { { "set the time zone " .. want.zone, "z=" .. zone .. "\n"
      .. "[ -f " .. folder .. "\"$z\" ] || {\n"
      .. "echo \"there is no time zone $z here\"; exit 1; }\n"
      .. "[ ! -e /etc/timezone ] || " .. shell.write_file(
        { path = "/etc/timezone", content = want.zone .. "\n" })
      .. "[ $? = 0 ] || exit 1\n"
      .. "ln -sfn " .. folder .. "\"$z\" /etc/.localtime.pipster-new &&\n"
      .. "mv -fT /etc/.localtime.pipster-new /etc/localtime || exit 1\n"
      .. "[ ! -d /run/systemd/system ] || systemctl try-restart cron.service" } }
  end,
}
