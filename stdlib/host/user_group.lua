-- SPDX-License-Identifier: MIT
--
-- A group of users (group is the word for hosts). Who is in it is said by the users.
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function name_of(item)
  return (item.want or item.recorded).group
end

return type {
  name = "user_group",
  doc = "A group of users; host:user { groups = … } puts users into it.",
  link = "https://manpages.debian.org/bookworm/passwd/groupadd.8.en.html",
  on_host = true,
  attributes = {
    group = attribute.string { fixed = true,
      doc = "its name; the resource's name when left out" },
    gid = attribute.integer { optional_computed = true, doc = "its number" },
    system = attribute.bool { default = false, ["local"] = true,
      doc = "a number from the system's range, when it is made" },
  },
  example = [[host:user_group "deploy" { gid = 1500 }]],
  shorthand = function(declared, name)
    if name and declared.group == nil then declared.group = name end
    if kind_of(declared.group) == "string"
      and not declared.group:find("^[%l_][%l%d_-]*$") then
      fault("\"" .. declared.group .. "\" cannot be the name of a group", {
        next = "use a-z, 0-9, - and _, a letter first" })
    end
    return declared
  end,

  probe = function(items)
    local names = {}
    for index, item in ipairs(items) do names[index] = name_of(item) end
    return "getent group " .. shell.words(names)
  end,
  read = function(items, output)
    local results, numbers = {}, {}
    for line in shell.lines(output) do
      local name, gid = line:match("^([^:]+):[^:]*:(%d+):")
      if name then numbers[name] = math.tointeger(tonumber(gid)) end
    end
    for index, item in ipairs(items) do
      local gid = numbers[name_of(item)]
      if gid then results[index] = { group = name_of(item), gid = gid } end
    end
    return results
  end,
  commands = function(have, want)
    if not want then
      local word = shell.quote(have.group)
      return { { "groupdel " .. have.group, "! getent group " .. word
        .. " >/dev/null || groupdel " .. word } }
    end
    local options = want.gid and { "-g", want.gid } or {}
    if want.system then options[#options + 1] = "-r" end
    options[#options + 1] = want.group
    local word = shell.quote(want.group)
    local change = want.gid and "groupmod -g " .. want.gid .. " " .. word or "true"
    return { { (have and "groupmod " or "groupadd ") .. want.group,
      "if getent group " .. word .. " >/dev/null; then " .. change .. "; else groupadd "
      .. shell.words(options) .. "; fi" } }
  end,
}
