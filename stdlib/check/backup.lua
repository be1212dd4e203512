-- SPDX-License-Identifier: MIT
--
-- A backup is there, and new enough; so is its copy elsewhere. What is overdue of its
-- drills is told.
local attribute = require "attribute"
local clock = require "clock"
local fault = require "fault"
local handle = require "handle"
local settings = require "settings"
local shell = require "shell"
local span = require "span"
local state = require "backup_state"
local type = require "type"

-- The state, then the settings' folder and what lies in it of the newest.
local function look(want, step)
  local path = state.path(want.backup)
  local result = step.session:run("cat " .. shell.quote(path) .. " || exit 66\n"
    .. ". /etc/pipster/backup/" .. shell.quote(want.backup) .. "/settings || exit 67\n"
    .. "file=$(sed -n 's/^last_good=//p' " .. shell.quote(path) .. ")\n"
    .. "printf 'there_bytes=%s\\nfolder=%s\\nplan=%s\\nelsewhere=%s\\n'"
    .. " \"$(stat -c %s \"$path/$file\")\" \"$path\" \"$drill\" \"$offsite\"",
    { timeout = 60 })
  if result.status ~= 0 then
    fault(step.address .. ": nothing is known of the backup " .. want.backup, {
      why = result.errors:sub(-300), next = "systemctl list-timers 'pipster-backup-*'" })
  end
  return state.parse(result.output)
end

local function judge(found, want, step)
  local limit = span.seconds(want.newer_than, "newer_than")
  local journal = "journalctl -u pipster-backup-" .. want.backup
  local function refuse(what, why)
    fault(step.address .. ": " .. what, { why = why, next = journal })
  end
  if not found.last_good_at then
    refuse("there is no good backup", found.last_error)
  end
  if clock.now() - found.last_good_at > limit then
    refuse(("the newest good backup is %s old, over %s"):format(
      state.age(found.last_good_at), want.newer_than), found.last_error)
  end
  if tostring(found.last_good_bytes) ~= found.there_bytes then
    refuse(found.last_good .. " is not what it was", ("%s bytes were written, %s are"
      .. " there"):format(found.last_good_bytes, found.there_bytes or "none"))
  end
  if found.elsewhere == "yes" and (not found.offsite_at
    or clock.now() - found.offsite_at > limit) then
    refuse("the newest copy elsewhere is " .. (found.offsite_at
      and state.age(found.offsite_at) .. " old, over " .. want.newer_than or "none"),
      found.offsite_error)
  end
end

local function measured(found)
  local list = {}
  local function add(name, value, unit)
    if value then list[#list + 1] = { name = name, value = value, unit = unit } end
  end
  add("age", clock.now() - found.last_good_at, "s")
  add("size", found.last_good_bytes, "bytes")
  add("drill_age", found.drill_ok_at and clock.now() - found.drill_ok_at, "s")
  if found.drill == "ok" then
    add("drill_minutes", found.drill_seconds / 60, "min")
    add("drill_bytes", found.drill_bytes, "bytes")
    add("drill_rows", tonumber(found.drill_rows), "rows")
  end
  return list
end

return type {
  name = "check.backup",
  doc = "The newest good backup is new enough and as it was written, and so is its copy"
    .. " elsewhere. A drill that is overdue or was refused is a warning.",
  on_host = true,
  is_check = true,
  attributes = {
    backup = attribute.any { required = true, doc = "the backup, or its name" },
    newer_than = attribute.string { default = "26h", doc = "how old it may be" },
  },
  example = [[
local dumps = backup.postgres "shop" { on = host, database = "shop" }
check.backup "shop" { backup = dumps, newer_than = "26h" }]],
  shorthand = function(declared)
    if handle.is(declared.backup) then declared.backup = handle.name(declared.backup) end
    return declared
  end,

  check = function(want, step)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    local found = look(want, step)
    judge(found, want, step)
    local warnings = state.warnings(want.backup, found, found.plan)
    return { file = found.last_good, bytes = found.last_good_bytes,
      measured = measured(found),
      warning = #warnings > 0 and table.concat(warnings, "; ") or nil }
  end,
}
