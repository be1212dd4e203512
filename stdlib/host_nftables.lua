-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/host/nftables.lua. What was loaded is told from what is there by a
-- digest of the kernel's own listing, without counters and what fills sets meanwhile.
local encode = require "encode"
local shell = require "shell"

local scripts = { path = "/etc/nftables.conf" }

local first = "#!/usr/sbin/nft -f\n# Written by pipster; edits are undone.\n"

function scripts.without_remarks(rules)
  return (rules:gsub("#[^\n]*", ""))
end

-- "inet filter" of each table, in order, once.
function scripts.tables(rules)
  local list, seen = {}, {}
  local text = type(rules) == "string" and scripts.without_remarks(rules) or ""
  for words in ("\n" .. text):gmatch("[\n;}]%s*table%s+([^{;\n]+)") do
    local family, name = words:match("^(%l+)%s+([%w_./-]+)")
    local key = (family or "ip") .. " " .. (name or words:match("^[%w_./-]+") or "")
    if not seen[key] then list[#list + 1] = key end
    seen[key] = true
  end
  return list
end

-- Each is made (or is there), then deleted: so it is gone, whether it was there or not.
local function dropped(tables)
  local lines = {}
  for index, name in ipairs(tables) do
    lines[index] = "table " .. name .. "\ndelete table " .. name .. "\n"
  end
  return table.concat(lines)
end

function scripts.render(want)
  if type(want.rules) ~= "string" then return nil end
  local before = want.exclusive and "flush ruleset\n"
    or dropped(scripts.tables(want.rules))
  return first .. before .. "# Rules:\n" .. want.rules:gsub("\n*$", "") .. "\n"
end

-- exclusive and rules of a file, as far as they can be told.
function scripts.parse(text)
  local before, rules = text:match("^(.-)# Rules:\n(.*)$")
  return before ~= nil and before:find("flush ruleset", 1, true) ~= nil, rules or text
end

-- Shell text that lists the tables of `attributes`, as the digest wants them.
local function listing(attributes)
  if attributes.exclusive then return "nft -s -t list ruleset" end
  local lines = {}
  for index, name in ipairs(scripts.tables(attributes.rules)) do
    lines[index] = "nft -s -t list table " .. name
  end
  return #lines > 0 and table.concat(lines, "; ") or ":"
end

local function digest(attributes)
  return "{ " .. listing(attributes) .. "; } 2>&1 | sha256sum"
end

function scripts.probe(attributes, folder)
  local path, known = scripts.path, shell.quote(folder .. "/nftables.loaded")
  return "[ ! -e " .. path .. " ] || ! head -n 2 " .. path .. " | grep -q pipster || {\n"
    .. "l=other; [ \"$(" .. digest(attributes) .. ")\" != \"$(cat " .. known
    .. ")\" ] || l=same\n"
    .. "a=yes; [ ! -d /run/systemd/system ] || systemctl is-enabled -q nftables || a=no\n"
    .. "echo \"file:$(" .. shell.base64_of(path) .. ") $l $a\"; }"
end

function scripts.check(text)
  return "printf %s '" .. encode.base64(text) .. "' | base64 -d | nft -c -f -"
end

-- Tables that are not named any more go in the same transaction.
local function gone(have, want)
  local kept, list = {}, {}
  for _, name in ipairs(scripts.tables(want and want.rules)) do kept[name] = true end
  for _, name in ipairs(scripts.tables(have and have.rules)) do
    if not kept[name] then list[#list + 1] = name end
  end
  return list
end

local enable = "[ ! -d /run/systemd/system ] ||"
  .. " systemctl enable -q nftables 2>/dev/null"

function scripts.load(have, want, folder)
  return "{ printf %s " .. shell.quote(dropped(gone(have, want))) .. "; cat "
    .. scripts.path .. "; } | nft -f - || exit 1\n" .. enable .. " || exit 1\n"
    .. digest(want) .. " > " .. shell.quote(folder .. "/nftables.loaded")
end

function scripts.remove(have)
  local text = have.exclusive and "flush ruleset\n" or dropped(scripts.tables(have.rules))
  return "printf %s " .. shell.quote(text) .. " | nft -f - || exit 1\n"
    .. "[ ! -d /run/systemd/system ] || systemctl disable -q nftables 2>/dev/null\n"
    .. "rm -f " .. scripts.path
end

-- Only what is ours is put back, unless everything was replaced.
function scripts.revert(have, want, context)
  local all = have and have.exclusive or want and want.exclusive
  local names = scripts.tables(want and want.rules)
  for _, name in ipairs(gone(have, want)) do names[#names + 1] = name end
  local lines = {}
  for index, name in ipairs(names) do
    lines[index] = "nft list table " .. name .. " 2>/dev/null"
  end
  return {
    files = { scripts.path, (context.folder or "") .. "/nftables.loaded" },
    keep = "{ " .. (all and "nft list ruleset" or table.concat(lines, "; "))
      .. "; :; } > \"$kept/ruleset\"\nsystemctl is-enabled -q nftables 2>/dev/null"
      .. " || : > \"$kept/disabled\"",
    revert = "{ printf %s " .. shell.quote(all and "flush ruleset\n" or dropped(names))
      .. "; cat \"$kept/ruleset\"; } | nft -f - || exit 1\n"
      .. "[ ! -e \"$kept/disabled\" ] || systemctl disable -q nftables 2>/dev/null; :",
  }
end

return scripts
