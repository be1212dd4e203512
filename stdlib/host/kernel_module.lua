-- SPDX-License-Identifier: MIT
--
-- A module of the kernel: loaded now and at every boot. One that is built in is there.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function name_of(item)
  return (item.want or item.recorded).module
end

local function boot_file(name)
  return "/etc/modules-load.d/pipster-" .. name .. ".conf"
end

local function options_file(name)
  return "/etc/modprobe.d/pipster-" .. name .. ".conf"
end

-- Succeeds when the kernel has it: modules with parameters, loaded ones, built-in ones.
local present = [[
has() {
  m=$(printf %s "$1" | tr - _)
  [ -d "/sys/module/$m" ] || grep -qs "^$m " /proc/modules ||
    tr - _ < "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null | grep -q "/$m\.ko"
}
]]

-- Options are there before it is loaded, and go again when it cannot be.
local function load(want, path)
  local drop = "rm -f " .. shell.quote(path)
  local word = shell.quote(want.module)
  local set = want.options == "" and drop or shell.write_file { path = path,
    content = "options " .. want.module .. " " .. want.options .. "\n" }
  if not want.loaded then return set end
  return set .. "\n[ $? = 0 ] || exit 1\n" .. present .. "has " .. word
    .. " || modprobe -- " .. word .. " || { " .. drop .. "; false; }"
end

local function probe_one(index, item)
  local name = name_of(item)
  return "[ ! -e " .. shell.quote(boot_file(name)) .. " ] || {\n"
    .. "has " .. shell.quote(name) .. " && l=yes || l=no\n"
    .. "echo " .. index .. ":$l:$(" .. shell.base64_of(options_file(name)) .. "); }"
end

local function found_of(item, loaded, content)
  local text = encode.base64_decode(content)
  return { module = name_of(item), loaded = loaded == "yes",
    options = text:match("^options %S+ ([^\n]*)\n$") or text }
end

return type {
  name = "kernel_module",
  doc = "A kernel module, loaded now and at boot.",
  link = "https://manpages.debian.org/bookworm/systemd/modules-load.d.5.en.html",
  on_host = true,
  attributes = {
    module = attribute.string { fixed = true,
      doc = "\"br_netfilter\"; the resource's name when left out" },
    options = attribute.string { default = "",
      doc = "\"max_loop=64\", as modprobe takes them; they count when it is loaded" },
    loaded = attribute.bool { default = true, doc = "the kernel has it now" },
  },
  example = [[host:kernel_module "br_netfilter" { }]],
  shorthand = function(declared, name)
    if name and declared.module == nil then declared.module = name end
    if kind_of(declared.module) == "string" and declared.module:find("[^%w_-]") then
      fault("\"" .. declared.module .. "\" is no name of a kernel module", {
        next = "for example \"br_netfilter\"; list them: lsmod" })
    end
    return declared
  end,

  probe = each.probe(probe_one, present),
  read = each.read("^(%d+):(%l+):([%w+/=]*)$", found_of),
  writes = function(attributes)
    return { boot_file(attributes.module), options_file(attributes.module) }
  end,
  commands = function(have, want)
    local name = (want or have).module
    local word, boot, options = shell.quote(name), boot_file(name), options_file(name)
    if not want then
      return { { "rm " .. boot .. ", modprobe -r " .. name, "rm -f " .. shell.quote(boot)
        .. " " .. shell.quote(options) .. " || exit 1\nmodprobe -r -- " .. word
        .. " 2>/dev/null || echo 'it stays loaded until the next boot'" } }
    end
    return {
      { "modprobe " .. name, load(want, options) },
      { "write " .. boot, shell.write_file { path = boot, content = name .. "\n" } },
    }
  end,
}
