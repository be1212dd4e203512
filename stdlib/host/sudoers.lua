-- SPDX-License-Identifier: MIT
--
-- A file of sudo's rules. It is checked by itself before it is put in place, and again
-- with all others in its place; one that does not pass is never left there.
local apt = require "apt"
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local rendered = require "rendered"
local shell = require "shell"
local kind_of, type = type, require "type"

local keys = { "rules" }

local function path_of(name)
  return "/etc/sudoers.d/" .. name
end

local function render(want)
  return table.concat(want.rules, "\n") .. "\n"
end

local function parse(text)
  local rules = {}
  for line in text:gmatch("([^\n]*)\n") do rules[#rules + 1] = line end
  return { rules = rules }
end

local function check_name(name)
  if name:find("[^%w_-]") then
    fault("sudo would pass over a file called \"" .. name .. "\"", {
      why = "it reads none with a dot or a ~ in its name",
      next = "use a-z, 0-9, - and _" })
  end
  if name:find("^pipster%-") then
    fault("\"" .. name .. "\" may be the file of a user", {
      why = "host:user { sudo = … } keeps its rule in pipster-LOGIN",
      next = "give it another name" })
  end
end

-- Beside its place under a name that sudo passes over.
local function check_alone(path, text)
  local draft = path .. ".pipster-check"
  return "f=" .. shell.quote(draft) .. "\n"
    .. shell.write_file { path = draft, content = text, mode = "0440" }
    .. "[ $? = 0 ] || exit 1\n"
    .. "if said=$(visudo -cf \"$f\" 2>&1); then rm -f \"$f\"\n"
    .. "else rm -f \"$f\"; printf '%s\\n' \"$said\"; false; fi"
end

local function probe_one(index, item)
  local path = path_of(item.name)
  local word = shell.quote(path)
  return "[ ! -e " .. word .. " ] || echo " .. index .. ":$(stat -c '%#a %U:%G' " .. word
    .. "):$(" .. shell.base64_of(path) .. ")"
end

local function found_of(item, mode, content)
  local text = encode.base64_decode(content)
  local found = rendered.found(text, item.want, keys, render, parse)
  found.mode = mode
  return found
end

return type {
  name = "sudoers",
  doc = "Rules of sudo, as a file of their own in /etc/sudoers.d, checked by visudo"
    .. " before they count.",
  link = "https://manpages.debian.org/bookworm/sudo/sudoers.5.en.html",
  on_host = true,
  risky = true,
  attributes = {
    rules = attribute.list { required = true, item = "string",
      doc = "lines as sudoers has them; one may stand without braces" },
    mode = attribute.string { default = "0440 root:root",
      one_of = { "0440 root:root" }, doc = "sudo takes no other" },
    as_written = rendered.as_written,
  },
  example = [[
host:sudoers "deploy" { rules = "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl" }]],
  shorthand = function(declared, name)
    if kind_of(name) == "string" then check_name(name) end
    if kind_of(declared.rules) == "string" then declared.rules = { declared.rules } end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%d+ %S+):([%w+/=]*)$", found_of),
  writes = function(_, name) return { path_of(name) } end,
  revert = function(_, _, context)
    return { files = { path_of(context.name or "…") } }
  end,
  commands = function(_, want, context)
    local path = path_of(context and context.name or "…")
    if not want then return { { "rm " .. path, "rm -f " .. shell.quote(path) } } end
    local text = render(want)
    return {
      { "apt-get install sudo", apt.ensure("visudo", { "sudo" }), unarmed = true },
      { "visudo -cf " .. path, check_alone(path, text), unarmed = true },
      { "write " .. path, shell.replace_file(
        { path = path, content = text, mode = "0440", owner = "root", group = "root" },
        "said=$(visudo -c 2>&1) || { printf '%s\\n' \"$said\"; false; }") },
    }
  end,
}
