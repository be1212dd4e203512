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
local unknown = require "unknown"

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

-- The hash itself is told only where it is the wanted one.
local function password_of(want, state)
  if state == "same" then return want.password end
  return state == "locked" and "locked" or "another"
end

local function found_of(block, want)
  return { login = want.login, shell = block.shell or "", sudo = sudo_of(block.sudo or "",
    want.login),
    uid = math.tointeger(tonumber(block.uid)), home = block.home, comment = block.comment,
    password = password_of(want, block.password), remove_home = want.remove_home,
    groups = wanted_groups(want, set_of(block.groups)), ssh_keys = keys_of(block.keys,
      want) }
end

local function hash_of(want)
  return want and want.password and not unknown.is(want.password) and want.password or ""
end

local function check_password(password)
  if kind_of(password) ~= "string" or password == "locked"
    or password:find("^%$[^:%s]+$") then return end
  fault("a password is given as its hash", {
    why = "in clear it would be in the playbook and on the host",
    next = "mkpasswd -m yescrypt prints it; or password = \"locked\"" })
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
      doc = "a rule by which it may become root; those of others stay" },
    ssh_keys = attribute.set { default = {},
      doc = "public keys, or hetzner.ssh_key resources" },
    uid = attribute.integer { optional_computed = true, doc = "its number" },
    home = attribute.string { optional_computed = true,
      doc = "its folder; another one is moved to" },
    comment = attribute.string { optional_computed = true, doc = "its full name" },
    password = attribute.string { optional_computed = true, secret = true,
      doc = "the hash (\"$y$…\", may be a secret), or \"locked\": no login by password" },
    system = attribute.bool { default = false, ["local"] = true,
      doc = "a number from the system's range, when it is made" },
    remove_home = attribute.bool { default = false, ["local"] = true,
      doc = "its home and mail go with it" },
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
    check_password(declared.password)
    declared.ssh_keys = key_texts(declared.ssh_keys)
    return declared
  end,

  probe = function(items)
    local lines = { scripts.probe_function() }
    for index, item in ipairs(items) do
      local want = item.want or item.recorded
      lines[index + 1] = shell.join({ "probe_user ", index, " ", shell.quote(want.login),
        " ", shell.quote(hash_of(item.want)) })
    end
    return shell.join(lines, "\n")
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
  -- A new one takes nothing away.
  revert = function(have) return have and scripts.revert(have.login) end,
  commands = function(have, want)
    if want then return scripts.write(have, want) end
    return { { "userdel " .. have.login .. (have.remove_home and " and its home"
      or " (its home stays)"), scripts.remove(have.login, have.remove_home) } }
  end,
}
