-- SPDX-License-Identifier: MIT
--
-- A directory: mode and owner. It is removed only when it is empty.
local attribute = require "attribute"
local shell = require "shell"
local type = require "type"

return type {
  name = "directory",
  doc = "A directory on a host. The resource's name is its path.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "absolute; the resource's name when left out" },
    mode = attribute.string { default = "0755", doc = "octal" },
    owner = attribute.string { default = "root", doc = "user" },
    group = attribute.string { default = "root", doc = "group" },
  },
  example = [[host:directory "/opt/pipster" { owner = "pipster", group = "pipster" }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    if declared.mode then declared.mode = shell.mode(declared.mode) end
    return declared
  end,

  probe = function(items)
    local lines = {}
    for index, item in ipairs(items) do
      local path = shell.quote((item.want or item.recorded).path)
      lines[index] = "[ ! -d " .. path .. " ] || echo " .. index
        .. ":\"$(stat -L -c '%a:%U:%G' " .. path .. ")\""
    end
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results = {}
    for line in shell.lines(output) do
      local index, mode, owner, group = line:match("^(%d+):(%d+):([^:]*):([^:]*)$")
      local item = items[tonumber(index)]
      if item then
        results[tonumber(index)] = { path = (item.want or item.recorded).path,
          mode = shell.mode(mode), owner = owner, group = group }
      end
    end
    return results
  end,
  commands = function(have, want)
    if not want then
      return { { "rmdir " .. have.path, "d=" .. shell.quote(have.path)
        .. "; [ ! -d \"$d\" ] || rmdir \"$d\" 2>/dev/null || echo \"$d is not empty, it"
        .. " stays\"" } }
    end
    -- Only five digits take a directory's setgid bit away.
    return { { "mkdir -p " .. want.path, shell.words { "install", "-d", "-o", want.owner,
      "-g",
      want.group, "-m", want.mode, "--", want.path } .. " && "
      .. shell.words { "chmod", "0" .. want.mode, "--", want.path } } }
  end,
}
