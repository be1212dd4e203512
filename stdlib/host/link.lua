-- SPDX-License-Identifier: MIT
--
-- A symbolic link, put in place whole. A file or directory that stands there is nobody's
-- to take away: the link is refused then. Whether its target is there is told, no more.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local shell = require "shell"
local type = require "type"

local function path_of(item)
  return (item.want or item.recorded).path
end

-- index:what:exists:target in base64
local function probe_one(index, item)
  return "f=" .. shell.quote(path_of(item)) .. "; if [ -L \"$f\" ]; then echo " .. index
    .. ":link:$([ ! -e \"$f\" ] || echo there):$(readlink -n \"$f\" | base64 -w 0)\n"
    .. "elif [ -d \"$f\" ]; then echo " .. index .. ":directory::\n"
    .. "elif [ -e \"$f\" ]; then echo " .. index .. ":file::; fi"
end

local function found_of(item, what, exists, target)
  if what ~= "link" then
    return item.want and { path = path_of(item), instead = what } or nil
  end
  local found = { path = path_of(item), target = encode.base64_decode(target),
    dangling = exists == "" }
  if not item.want and found.target ~= item.recorded.target then
    found.edited = found.path
  end
  return found
end

return type {
  name = "link",
  doc = "A symbolic link on a host. The resource's name is its path.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "absolute; the resource's name when left out" },
    target = attribute.string { required = true,
      doc = "where it points; a relative one counts from its directory" },
    dangling = attribute.bool { computed = true, doc = "nothing is where it points" },
    instead = attribute.string { computed = true,
      doc = "\"file\" or \"directory\" where that is in its place" },
  },
  example = [[
host:link "/etc/alternatives/editor" { target = "/usr/bin/vim.tiny" }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    shell.check_path(declared.path)
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%l+):(%l*):([%w+/=]*)$", found_of),
  preview = function(change)
    local have = change.have
    if not have or not change.want then return {} end
    local warning = have.instead and have.path .. " is a " .. have.instead
      .. ", which is not taken away: move it first"
      or have.dangling and have.target == change.want.target
      and have.path .. " points to nothing: " .. have.target
    return { warnings = warning and { warning } or nil }
  end,
  commands = function(have, want)
    local f = "f=" .. shell.quote((want or have).path)
    if not want then
      return { { "rm " .. have.path, f .. "\nif [ \"$(readlink \"$f\")\" = "
        .. shell.quote(have.target or "") .. " ]; then rm -f \"$f\"; else\n"
        .. "echo \"$f points elsewhere since: it stays\"; fi" } }
    end
    return { { "ln -s " .. want.target .. " " .. want.path, f .. "\n"
      .. "if [ -e \"$f\" ] && [ ! -L \"$f\" ]; then echo \"$f is no link, and is not"
      .. " taken away: move it first\"; exit 1; fi\n"
      .. "t=\"$f.pipster-new.$$\"; ln -s -- " .. shell.quote(want.target)
      .. " \"$t\" && mv -fT \"$t\" \"$f\" || { rm -f \"$t\"; exit 1; }" } }
  end,
}
