-- SPDX-License-Identifier: MIT
--
-- A TCP port takes connections.
local attribute = require "attribute"
local fault = require "fault"
local settings = require "settings"
local tcp = require "tcp"
local type = require "type"
local verdict = require "verdict"

return type {
  name = "check.tcp",
  doc = "A TCP port takes connections (or, with open = false, does not).",
  is_check = true,
  attributes = {
    host = attribute.string { required = true, doc = "address or name" },
    port = attribute.integer { required = true, doc = "1 to 65535" },
    open = attribute.bool { default = true, doc = "false: nothing may answer there" },
    within = attribute.any { default = "30s", doc = "how long it may take to become so" },
  },
  example = [[check.tcp "ssh" { host = app.ipv4, port = 22 }]],

  check = function(want)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    local why
    local passed = verdict.await {
      what = want.host .. ":" .. want.port, within = want.within, every = 0.5, most = 3,
      check = function()
        local open
        open, why = tcp.connect(want.host, want.port, 5)
        return (open == true) == want.open
      end,
    }
    if not passed then
      fault(("port %d of %s is %s"):format(want.port, want.host,
        want.open and "closed" or "open"), { why = why })
    end
    return { open = want.open }
  end,
}
