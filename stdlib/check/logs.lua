-- SPDX-License-Identifier: MIT
--
-- The last lines of a service's log speak of no error; no line at all is a failure too.
local attribute = require "attribute"
local fault = require "fault"
local handle = require "handle"
local settings = require "settings"
local shell = require "shell"
local type = require "type"

-- Read from each container: Compose adds lines of its own.
local function command_of(want)
  if want.unit then
    return "journalctl -q -u " .. shell.quote(want.unit) .. " -n " .. want.lines
      .. " --no-pager -o cat"
  end
  return "cd " .. shell.quote(want.path) .. " || exit 1\nset -- $(docker ps -aq --filter "
    .. "\"label=com.docker.compose.project.working_dir=$(pwd -P)\")\n"
    .. "[ $# -gt 0 ] || { echo 'no container is there' >&2; exit 1; }\nfor i; do\n"
    .. "n=$(docker inspect -f '{{.Name}}' \"$i\")\ndocker logs --tail " .. want.lines
    .. " \"$i\" 2>&1 | sed \"s|^|${n#/}: |\"\ndone"
end

local function is_allowed(line, want)
  for _, pattern in ipairs(want.allow) do
    if line:find(pattern) then return true end
  end
  return false
end

local function offending(output, want)
  local bad, count = {}, 0
  for line in shell.lines(output) do
    count = count + 1
    local lowered, found = line:lower(), false
    for _, pattern in ipairs(want.forbid) do found = found
      or lowered:find(pattern) ~= nil end
    if found and not is_allowed(line, want) then bad[#bad + 1] = line end
  end
  return bad, count
end

local function judge(result, want, step)
  if result.status ~= 0 then
    fault(step.address .. ": the log cannot be read", { why = result.errors
      .. result.output })
  end
  local bad, count = offending(result.output, want)
  if count == 0 then
    fault(step.address .. ": the log is empty", {
      why = "nothing was logged, so nothing is known", next = command_of(want),
    })
  end
  if #bad > 0 then
    fault(("%s: %d of the last %d lines speak of errors"):format(step.address, #bad,
      count), {
      why = table.concat(bad, "\n", 1, math.min(#bad, 5)), next = command_of(want),
    })
  end
  return { lines = count }
end

return type {
  name = "check.logs",
  doc = "The last lines that a Compose project or a systemd unit logged hold none of the "
    .. "forbidden words. A log without a line is a failure.",
  on_host = true,
  is_check = true,
  attributes = {
    path = attribute.string { doc = "folder of the Compose project" },
    compose = attribute.any { doc = "the docker.compose resource instead of its path" },
    unit = attribute.string { doc = "systemd unit instead of a Compose project" },
    lines = attribute.integer { default = 100, doc = "how many of the last lines" },
    forbid = attribute.list { doc = "Lua patterns, compared in lower case",
      default = { "%f[%w]error%f[%W]", "%f[%w]fatal%f[%W]", "%f[%w]panic%f[%W]",
        "%f[%w]critical%f[%W]" } },
    allow = attribute.list { default = {},
      doc = "Lua patterns of lines that may be there" },
  },
  example = [[check.logs "identity" { on = host, path = "/opt/pipster/identity" }]],
  shorthand = function(declared, name)
    if handle.is(declared.compose) then
      declared.path, declared.compose = declared.compose.path, nil
    end
    if name and declared.path == nil and declared.unit == nil then
      fault("check.logs " .. name .. " names no log",
        { next = "add compose, path or unit" })
    end
    return declared
  end,

  check = function(want, step)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    return judge(step.session:run(command_of(want), { timeout = 60 }), want, step)
  end,
}
