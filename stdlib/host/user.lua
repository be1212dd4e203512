-- SPDX-License-Identifier: MIT
--
-- A user with groups, sudo and SSH keys. Groups and keys that others gave are kept; the
-- keys of ours stand in a block of their own, which is written as the user, so that no
-- link in a home folder leads root elsewhere.
local attribute = require "attribute"
local fault = require "fault"
local handle = require "handle"
local scripts = require "host_user"
local shell = require "shell"
local kind_of, type = type, require "type"

local function trimmed(key)
  return kind_of(key) == "string" and key:match("^%s*(.-)%s*$") or key
end

-- Keys may be given as text, as references or as hetzner.ssh_key resources.
local function key_texts(keys)
  if kind_of(keys) ~= "table" then return keys end
  local texts = {}
  for index, key in ipairs(keys) do
    texts[index] = handle.is(key) and key.public_key or trimmed(key)
  end
  return texts
end

local function sudo_of(line, login)
  if line == "" then return "no" end
  for _, sudo in ipairs { "nopasswd", "password" } do
    if line == scripts.sudo_line(login, sudo) then return sudo end
  end
  return line
end

local function set_of(text)
  local set = {}
  for word in (text or ""):gmatch("%S+") do set[word] = true end
  return set
end

local function wanted_groups(want, member)
  local groups = {}
  for _, group in ipairs(want.groups or {}) do
    if member[group] then groups[#groups + 1] = group end
  end
  return groups
end

-- A key is told as it was wanted, whatever blanks it was given with.
local function keys_of(found, want)
  local given, keys = {}, {}
  for _, key in ipairs(want.ssh_keys or {}) do given[trimmed(key)] = key end
  for index, key in ipairs(found) do keys[index] = given[key] or key end
  return keys
end

local function found_of(block, want)
  return { login = want.login, shell = block.shell or "", sudo = sudo_of(block.sudo or "",
    want.login),
    groups = wanted_groups(want, set_of(block.groups)), ssh_keys = keys_of(block.keys,
      want) }
end

return type {
  name = "user",
  doc = "A user who logs in by key: groups (added, never taken away), sudo, authorized"
    .. " keys.",
  on_host = true,
  risky = true,
  attributes = {
    login = attribute.string { fixed = true,
      doc = "its name; the resource's name when left out" },
    shell = attribute.string { default = "/bin/bash", doc = "login shell" },
    groups = attribute.set { default = {},
      doc = "groups it must be in; created where missing" },
    sudo = attribute.string { default = "no", one_of = { "no", "password", "nopasswd" },
      doc = "whether it may become root" },
    ssh_keys = attribute.set { default = {},
      doc = "public keys, or hetzner.ssh_key resources" },
  },
  example = [[
host:user "pipster" { groups = { "docker" }, sudo = "nopasswd", ssh_keys = { key } }]],
  shorthand = function(declared, name)
    if name and declared.login == nil then declared.login = name end
    if kind_of(declared.login) == "string"
      and not declared.login:find("^[%l_][%l%d_-]*$") then
      fault("\"" .. declared.login .. "\" cannot be the name of a user", {
        next = "use a-z, 0-9, - and _, a letter first" })
    end
    declared.ssh_keys = key_texts(declared.ssh_keys)
    return declared
  end,

  probe = function(items)
    local lines = { scripts.probe_function() }
    for index, item in ipairs(items) do
      lines[index + 1] = "probe_user " .. index .. " "
        .. shell.quote((item.want or item.recorded).login)
    end
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results, block, index = {}, nil, nil
    for line in shell.lines(output) do
      local word, rest = line:match("^(%l+) ?(.*)$")
      if word == "user" then
        index, block = tonumber(rest), { keys = {} }
      elseif word == "key" and block then
        block.keys[#block.keys + 1] = trimmed(rest)
      elseif word == "done" and block and items[index] then
        results[index] = found_of(block, items[index].want or items[index].recorded)
        block = nil
      elseif word and block then
        block[word] = rest
      end
    end
    return results
  end,
  commands = function(have, want)
    if want then return scripts.write(have, want) end
    return { { "userdel " .. have.login .. " (its home stays)",
      scripts.remove(have.login) } }
  end,
}
