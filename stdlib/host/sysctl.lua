-- SPDX-License-Identifier: MIT
--
-- A kernel parameter: set now, and at boot by a file of its own that is read last.
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function key_of(item)
  return (item.want or item.recorded).key
end

-- After 99-sysctl.conf, which is /etc/sysctl.conf.
local function path_of(key)
  return "/etc/sysctl.d/zz-pipster-" .. key:gsub("/", "_") .. ".conf"
end

-- The kernel puts tabs between numbers.
local function plain(value)
  return (value:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function check(declared)
  if kind_of(declared.key) == "string" and not declared.key:find("^[%w._/-]+$") then
    fault("\"" .. declared.key .. "\" is no name of a kernel parameter", {
      next = "for example \"net.ipv4.ip_forward\"; list them: sysctl -a" })
  end
end

local function probe_one(index, item)
  local key, path = key_of(item), shell.quote(path_of(key_of(item)))
  return "[ ! -e " .. path .. " ] || printf '%s|%s|%s\\n' " .. index
    .. " \"$(sysctl -n -- " .. shell.quote(key) .. " | tr '\\n' ' ')\""
    .. " \"$(sed -n 's/^[^=]*= *//p' " .. path .. ")\""
end

local function found_of(item, live, kept)
  local wanted = item.want and item.want.value
  local value = plain(live)
  return { key = key_of(item), value = value,
    persistent = plain(kept) == (kind_of(wanted) == "string" and wanted or value) }
end

-- Of a number with a fraction, or one that is larger than Lua's, digits would be lost.
local function whole(value)
  local integer = math.tointeger(value)
  if integer then return ("%d"):format(integer) end
  fault(("%s is no whole number"):format(value), {
    next = "write the value as text: value = \"0.5\"" })
end

return type {
  name = "sysctl",
  doc = "A kernel parameter: set at once, kept over a reboot, read back.",
  link = "https://manpages.debian.org/bookworm/procps/sysctl.d.5.en.html",
  lasting = "the parameter keeps its value until the next boot",
  on_host = true,
  attributes = {
    key = attribute.string { fixed = true,
      doc = "\"vm.swappiness\"; the resource's name when left out" },
    value = attribute.string { required = true, doc = "a number or a text" },
    persistent = attribute.bool { default = true, doc = "its file says the same" },
  },
  example = [[host:sysctl "vm.swappiness" { value = 10 }]],
  shorthand = function(declared, name)
    if name and declared.key == nil then declared.key = name end
    check(declared)
    if kind_of(declared.value) == "number" then
      declared.value = whole(declared.value)
    elseif kind_of(declared.value) == "string" then
      declared.value = plain(declared.value)
    end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+)|([^|]*)|([^|]*)$", found_of),
  writes = function(attributes) return { path_of(attributes.key) } end,
  commands = function(have, want)
    if not want then
      local path = path_of(have.key)
      return { { "rm " .. path, "rm -f " .. shell.quote(path) } }
    end
    local path, key = path_of(want.key), shell.quote(want.key)
    return { { "write " .. path .. ", sysctl -p", shell.replace_file(
      { path = path, content = want.key .. " = " .. want.value .. "\n" },
      "sysctl -q -p \"$f\" || exit 1\n"
      .. "is=$(sysctl -n -- " .. key .. " | tr -s '[:space:]' ' ' | sed 's/ $//')\n"
      .. "[ \"$is\" = " .. shell.quote(want.value) .. " ] || {\n"
      .. "echo \"the kernel made it $is\"; false; }") } }
  end,
}
