-- SPDX-License-Identifier: MIT
--
-- A Debian package. Packages that follow each other in a batch are installed at once;
-- each is still looked at by itself, and tried by itself where that failed.
local apt = require "apt"
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function check_name(name)
  if kind_of(name) == "string" and not name:find("^[%l%d][%l%d+.-]+:?[%l%d]*$") then
    fault("\"" .. name .. "\" is no name of a Debian package", {
      why = "they are made of a-z, 0-9, +, - and .",
        next = "search: apt-cache search WORD",
    })
  end
end

local function word_of(want)
  return want.version and want.package .. "=" .. want.version or want.package
end

-- Those that follow and are to be installed too.
local function companions(following)
  local words, names = {}, {}
  for _, want in ipairs(following or {}) do
    if want.absent then break end
    words[#words + 1], names[#names + 1] = word_of(want), want.package
  end
  return words, names
end

local function installed_test(want)
  local format = want.version and "'${db:Status-Status}=${Version}'"
    or "'${db:Status-Status}'"
  local wanted = want.version and "installed=" .. want.version or "installed"
  return "[ \"$(dpkg-query -W -f " .. format .. " " .. shell.quote(want.package)
    .. " 2>/dev/null)\" = " .. shell.quote(wanted) .. " ]"
end

local function install(want, following)
  local words, names = companions(following)
  local own, title = apt.install { word_of(want) }, "apt-get install " .. want.package
  local text = "( " .. own .. "\n)"
  if #words > 0 then
    title = title .. " (with " .. table.concat(names, " ") .. ")"
    text = "( " .. apt.install { word_of(want), table.unpack(words) } .. "\n) || " .. text
  end
  return { { title, installed_test(want) .. " || " .. text } }
end

return type {
  name = "package",
  doc = "A Debian package, installed (or, with absent = true, purged).",
  link = "https://manpages.debian.org/bookworm/apt/apt-get.8.en.html",
  on_host = true,
  attributes = {
    package = attribute.string { doc = "its Debian name; the resource's own name when"
      .. " left out" },
    version = attribute.string { optional_computed = true, doc = "exactly this one" },
    absent = attribute.bool { default = false, doc = "it must not be installed" },
  },
  example = [[host:package { "git", "curl", "vim" }]],
  shorthand = function(declared, name)
    if name and declared.package == nil then declared.package = name end
    check_name(declared.package)
    return declared
  end,

  probe = function(items)
    local lines = {}
    for index, item in ipairs(items) do
      lines[index] = "echo " .. index
        .. ":$(dpkg-query -W -f '${db:Status-Status}:${Version}' "
        .. shell.quote((item.want or item.recorded).package) .. ")"
    end
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results = {}
    for line in shell.lines(output) do
      local index, status, version = line:match("^(%d+):([%l-]*):?(%S*)$")
      local item = items[tonumber(index)]
      local want = item and (item.want or item.recorded)
      if want and status == "installed" then
        results[tonumber(index)] = { package = want.package, version = version,
          absent = false }
      elseif want and item.want and want.absent then
        results[tonumber(index)] = { package = want.package, absent = true }
      end
    end
    return results
  end,
  commands = function(have, want, context)
    if not want then
      return { { "apt-get purge " .. have.package, apt.let_go(have.package) } }
    end
    if want.absent then
      return { { "apt-get purge " .. want.package, apt.purge { want.package } } }
    end
    return install(want, context and context.following)
  end,
}
