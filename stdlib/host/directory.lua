-- SPDX-License-Identifier: MIT
--
-- A directory: mode and owner. It is removed only when it is empty. `recursive` is about
-- owner and group alone: modes of what is inside are the business of who put it there.
local attribute = require "attribute"
local each = require "each"
local shell = require "shell"
local type = require "type"

-- The first thing inside that belongs to another, or to another group.
local function test_inside(want, quoted)
  return "$(find " .. quoted .. " -mindepth 1 '(' ! -user " .. shell.quote(want.owner)
    .. " -o ! -group " .. shell.quote(want.group) .. " ')' -print -quit | head -c 1"
    .. " | wc -c)"
end

local function probe_one(index, item)
  local attributes = item.want or item.recorded
  local path = shell.quote(attributes.path)
  local inside = item.want and item.want.recursive and test_inside(item.want, path) or "-"
  return "[ ! -d " .. path .. " ] || echo " .. index .. ":\"$(stat -L -c '%a:%U:%G' "
    .. path .. "):" .. inside .. "\""
end

local function found_of(item, mode, owner, group, inside)
  return { path = (item.want or item.recorded).path, mode = shell.mode(mode),
    owner = owner, group = group, recursive = inside == "0" }
end

local function owned(want)
  if not want.recursive then return {} end
  local path, who = shell.quote(want.path), shell.quote(want.owner .. ":" .. want.group)
  return { "chown -R " .. want.owner .. ":" .. want.group .. " " .. want.path,
    "chown -hR " .. who .. " -- " .. path }
end

return type {
  name = "directory",
  doc = "A directory on a host. The resource's name is its path.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "absolute; the resource's name when left out" },
    mode = attribute.string { default = "0755", doc = "octal; of itself alone" },
    owner = attribute.string { default = "root", doc = "user" },
    group = attribute.string { default = "root", doc = "group" },
    recursive = attribute.bool { default = false,
      doc = "owner and group are those of all inside as well" },
  },
  example = [[host:directory "/opt/pipster" { owner = "pipster", group = "pipster" }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    shell.check_path(declared.path)
    if declared.mode then declared.mode = shell.mode(declared.mode) end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%d+):([^:]*):([^:]*):([%d-]*)$", found_of),
  commands = function(have, want)
    if not want then
      return { { "rmdir " .. have.path, "d=" .. shell.quote(have.path)
        .. "; [ ! -d \"$d\" ] || rmdir \"$d\" 2>/dev/null || echo \"$d is not empty, it"
        .. " stays\"" } }
    end
    -- Nothing is made for somebody who is not there, and mkdir says why nothing can be
    -- made. Only five digits take a directory's setgid bit away.
    local path = shell.quote(want.path)
    local made = { "mkdir -p " .. want.path, "[ -d " .. path .. " ] || {\n"
      .. "t=$(mktemp) && chown " .. shell.quote(want.owner .. ":" .. want.group)
      .. " \"$t\"; s=$?; rm -f \"$t\"\n[ $s = 0 ] && mkdir -p -- " .. path
      .. "; } || exit 1\n" .. shell.words { "install", "-d", "-o", want.owner, "-g",
      want.group, "-m", want.mode, "--", want.path } .. " && "
      .. shell.words { "chmod", "0" .. want.mode, "--", want.path } }
    return { made, owned(want)[1] and owned(want) or nil }
  end,
}
