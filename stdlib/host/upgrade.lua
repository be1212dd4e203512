-- SPDX-License-Identifier: MIT
--
-- All packages brought up to date once, when the host is set up; afterwards that is the
-- business of unattended_upgrades.
local apt = require "apt"
local attribute = require "attribute"
local shell = require "shell"
local type = require "type"

return type {
  name = "upgrade",
  doc = "apt-get update and upgrade, once in the life of the host.",
  lasting = "the packages stay as they were upgraded",
  on_host = true,
  nameless = true,
  attributes = {
    since = attribute.string { computed = true, doc = "when it was done" },
  },
  example = [[host:upgrade { }]],

  probe = function(_, context)
    return "cat " .. shell.quote(context.folder .. "/upgraded")
  end,
  read = function(_, output)
    local since = output:match("^%s*(%d[%d:TZ-]+)")
    return { since and { since = since } or nil }
  end,
  commands = function(_, want, context)
    if not want then return { { "nothing: packages stay as they are", "true" } } end
    local folder = context and context.folder or ""
    return { { "apt-get update && apt-get upgrade", apt.upgrade()
      .. " && date -u +%Y-%m-%dT%H:%M:%SZ > " .. shell.quote(folder .. "/upgraded") } }
  end,
}
