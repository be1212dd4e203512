-- SPDX-License-Identifier: MIT
--
-- The log of a host, or of one thing on it: of a unit the journal, of containers what
-- Docker keeps, of a site the file that its block names. What state knows by that name
-- comes first; else the host is asked, in the same round trip. For `pipster logs`.
local fault = require "fault"
local remote = require "remote"
local shell = require "shell"

local logs = {}

local FOREVER = 10 * 365 * 86400

-- While it follows: a mark each five seconds, so that a log nobody reads any more ends
-- also where nothing is logged. The group is this shell's, and all that it started.
local follow = [[
show & child=$!
trap '' PIPE
while kill -0 $child 2>/dev/null; do
  sleep 5
  printf '\000\n' 2>/dev/null || kill -TERM 0
done
wait $child
]]

local containers = [[
first=; pids=
for i; do
  n=$(docker inspect -f '{{.Name}}' "$i") || exit 1
  docker logs @OPTIONS "$i" 2>&1 | sed -u "s|^|${n#/}: |" & pids="$pids $!"
done
wait $pids
]]

local needs_systemd =
  "[ -d /run/systemd/system ] || { echo 'systemd does not run there' >&2; exit 66; }\n"

local function journal(asked, unit)
  return needs_systemd .. "journalctl -q --no-pager -o short-iso"
    .. (unit and " -u " .. shell.quote(unit) or "")
    .. (asked.since and " --since=-" .. asked.since .. "s" or "")
    .. (asked.lines and " -n " .. asked.lines or "") .. (asked.follow and " -f" or "")
end

local function docker_options(asked)
  return (asked.since and " --since " .. asked.since .. "s" or "")
    .. (asked.lines and " --tail " .. asked.lines or "") .. (asked.follow and " -f" or "")
end

local function file(asked, path)
  local lines = asked.lines or "+1"
  return "tail -n " .. (lines == "all" and "+1" or lines)
    .. (asked.follow and " -F" or "") .. " -- " .. shell.quote(path)
end

local function compose(asked, row)
  return "cd " .. shell.quote(row.attributes.path) .. " || exit 1\n"
    .. "set -- $(docker ps -aq --filter "
    .. "\"label=com.docker.compose.project.working_dir=$(pwd -P)\")\n"
    .. "[ $# -gt 0 ] || { echo 'no container of it is there' >&2; exit 1; }\n"
    .. containers:gsub("@OPTIONS", (docker_options(asked):gsub("%%", "%%%%")))
end

-- Without a file of its own a site logs to Caddy's journal, where its name stands.
local function site(asked, row)
  local path = row.attributes.log
    or (row.attributes.extra or ""):match("output%s+file%s+(%S+)")
  if path then return file(asked, path) end
  return journal(asked, "caddy") .. " | grep --line-buffered -F -- "
    .. shell.quote(row.attributes.domain)
end

local function unit(asked, row)
  return journal(asked, row.attributes.unit or row.name)
end

-- Of its timers' services: both begin with pipster-.
local function backup(asked, row)
  return journal(asked, "pipster-*-" .. row.name .. ".service")
end

local kinds = { ["backup.postgres"] = backup, ["docker.compose"] = compose,
  ["caddy.site"] = site, service = unit,
  timer = function(asked, row) return journal(asked, row.attributes.unit or row.name) end,
  ["docker.engine"] = function(asked) return journal(asked, "docker") end,
  ["caddy.install"] = function(asked) return journal(asked, "caddy") end }

local function is_meant(row, target)
  local path = row.attributes.path
  return row.name == target or row.type == target
    or row.type .. "/" .. (row.name or "") == target
    or row.attributes.domain == target or row.attributes.unit == target or path == target
end

-- Nothing of that name in state: a unit, else a container, of the host itself.
local function ask(asked)
  local quoted = shell.quote(asked.target)
  return "if systemctl cat -- " .. quoted .. " >/dev/null 2>&1; then\n"
    .. journal(asked, asked.target) .. "\n"
    .. "elif docker inspect -- " .. quoted .. " >/dev/null 2>&1; then\n"
    .. "docker logs" .. docker_options(asked) .. " " .. quoted .. " 2>&1\nelse\n"
    .. "echo " .. shell.quote("\"" .. asked.target .. "\" is no unit and no container")
    .. " >&2; exit 66; fi"
end

local function refuse_two(asked, one, other)
  local function name(row) return row.type .. (row.name and "/" .. row.name or "") end
  fault("\"" .. asked.target .. "\" is more than one thing on host/" .. asked.host.name, {
    why = name(one) .. " and " .. name(other), kind = "usage",
    next = "pipster logs " .. asked.host.name .. " " .. name(one) })
end

-- The shell text that shows what is asked for. Pure.
function logs.command(asked)
  if not asked.target then return journal(asked) end
  local meant
  for _, row in ipairs(asked.rows or {}) do
    if kinds[row.type] and is_meant(row, asked.target) then
      if meant then refuse_two(asked, meant, row) end
      meant = row
    end
  end
  return meant and kinds[meant.type](asked, meant) or ask(asked)
end

function logs.script(asked)
  local command = logs.command(asked)
  if not asked.follow then return command end
  return "show() {\n" .. command .. "\n}\n" .. follow
end

local function refuse(asked, result)
  local said = result.errors:match("([^\n]+)%s*$")
  fault("the log cannot be read on host/" .. asked.host.name, {
    why = said or "its command ended with " .. result.status,
    next = "pipster logs HOST shows all of its journal, pipster state list what is on it",
  })
end

-- asked: { host, target, since (seconds), lines, follow, rows = { { type, name,
-- attributes } } }
function logs.read(asked)
  local result = remote.stream(asked.host, logs.script(asked), {
    timeout = asked.follow and FOREVER or nil })
  -- grep found nothing: the log of this site is empty.
  local empty = result.status == 1 and result.errors == ""
  if result.status ~= 0 and not empty then refuse(asked, result) end
  return { errors = result.errors }
end

return logs
