-- SPDX-License-Identifier: MIT
--
-- A Debian package. Packages that follow each other in a batch are installed at once;
-- each is still looked at by itself, and tried by itself where that failed. A plan judges
-- by the lists that the host has, and tells their age; only a run refreshes them.
local apt = require "apt"
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local wait = require "wait"
local kind_of, type = type, require "type"

local function asked(item) return item.want or item.recorded end

local function check(declared)
  local name = declared.package
  if kind_of(name) == "string" and not name:find("^[%l%d][%l%d+.-]+:?[%l%d]*$") then
    fault("\"" .. name .. "\" is no name of a Debian package", {
      why = "they are made of a-z, 0-9, +, - and .",
        next = "search: apt-cache search WORD",
    })
  end
  if declared.latest and declared.version then
    fault("a package cannot be the latest and of one version", {
      next = "leave one of latest and version out" })
  end
  if declared.within ~= nil and kind_of(declared.within) ~= "userdata" then
    wait.seconds(declared.within)
  end
end

local function word_of(want)
  return want.version and want.package .. "=" .. want.version or want.package
end

local function options_of(want)
  local more = {}
  if want.release then more = { "-t", want.release } end
  if want.held ~= nil then more[#more + 1] = "--allow-change-held-packages" end
  return { patience = wait.seconds(want.within or "2m"), more = more }
end

-- Those that follow and are to be installed in the same way.
local function companions(want, following)
  local words, names = {}, {}
  for _, next_want in ipairs(following or {}) do
    local alike = next_want.release == want.release
      and (next_want.held == nil) == (want.held == nil)
    if next_want.absent or not alike then break end
    words[#words + 1], names[#names + 1] = word_of(next_want), next_want.package
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
  local words, names = companions(want, following)
  local own = apt.install({ word_of(want) }, options_of(want))
  local title, text = "apt-get install " .. want.package, "( " .. own .. "\n)"
  if #words > 0 then
    title = title .. " (with " .. table.concat(names, " ") .. ")"
    text = "( " .. apt.install({ word_of(want), table.unpack(words) }, options_of(want))
      .. "\n) || " .. text
  end
  -- Only what must be newer than it is cannot be seen by its being there.
  return { title, (want.latest and "" or installed_test(want) .. " || ") .. text }
end

-- An install takes a hold away.
local function hold(want)
  if want.held == nil then return nil end
  local verb = want.held and "hold" or "unhold"
  return { "apt-mark " .. verb .. " " .. want.package, "apt-mark " .. verb .. " "
    .. shell.quote(want.package) .. " >/dev/null" }
end

-- How old the lists are by which the candidate was told.
local age = [[
age() { t=$(stat -c %Y /var/lib/apt/lists /var/lib/pipster/apt-refreshed | sort -n |
  tail -n 1); echo $((($(date +%s) - ${t:-0}) / 3600)); }
]]

local function told_age(hours)
  if hours < 1 then return "less than an hour" end
  if hours < 48 then return hours .. " h" end
  return hours // 24 .. " days"
end

local function found_of(items, there, candidates)
  local results = {}
  for index, item in ipairs(items) do
    local want, candidate = asked(item), candidates[index]
    local found = there[want.package]
    if found then
      results[index] = { package = want.package, version = found.version, absent = false,
        held = found.held }
      if candidate then
        results[index].latest = candidate.version == found.version
        results[index].lists_age = told_age(math.tointeger(tonumber(candidate.hours)))
      end
    elseif item.want and want.absent then
      results[index] = { package = want.package, absent = true }
    end
  end
  return results
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
    latest = attribute.bool { optional_computed = true,
      doc = "the newest that the lists know; a plan tells how old these are" },
    held = attribute.bool { optional_computed = true,
      doc = "nothing else upgrades it: not apt-get upgrade, not unattended-upgrades" },
    release = attribute.string { ["local"] = true,
      doc = "\"bookworm-backports\": taken from there" },
    absent = attribute.bool { default = false, doc = "it must not be installed" },
    within = attribute.any { default = "2m", ["local"] = true,
      doc = "how long another who uses apt is waited for" },
    lists_age = attribute.string { computed = true,
      doc = "how old the lists are, where latest is asked for" },
  },
  example = [[
host:package { "git", "curl", "vim" }
host:package "nginx" { latest = true }
host:package "redis-server" { held = true }]],
  shorthand = function(declared, name)
    if name and declared.package == nil then declared.package = name end
    check(declared)
    return declared
  end,

  -- One question for all of them: each call of dpkg-query reads the whole database.
  probe = function(items)
    local names, lines = {}, { age }
    for index, item in ipairs(items) do
      local want = asked(item)
      names[index] = want.package
      if want.latest ~= nil then
        lines[#lines + 1] = "echo candidate " .. index .. " $(age) $(apt-cache "
          .. (want.release and shell.words { "-t", want.release } or "") .. " policy "
          .. shell.quote(want.package) .. " | sed -n 's/^  Candidate: //p')"
      end
    end
    lines[1] = (#lines > 1 and age or "")
      .. "dpkg-query -W -f '${Package}:${Architecture}"
      .. " ${db:Status-Status} ${db:Status-Want} ${Version}\n' " .. shell.words(names)
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local there, candidates = {}, {}
    for line in shell.lines(output) do
      local name, word, version = line:match("^(%S+) installed ([%w-]+) (%S+)$")
      if name then
        local found = { version = version, held = word == "hold" }
        local bare = name:match("^[^:]*")
        there[name], there[bare] = found, there[bare] or found
      end
      local index, hours, newest = line:match("^candidate (%d+) (%d+) (%S+)$")
      if index then candidates[tonumber(index)] = { hours = hours, version = newest } end
    end
    return found_of(items, there, candidates)
  end,
  preview = function(change)
    local have, want = change.have, change.want
    if not want or not want.latest or not have or not have.lists_age then return {} end
    return { notes = { "judged by package lists of " .. have.lists_age .. " ago" } }
  end,
  commands = function(have, want, context)
    if not want then
      return { { "apt-get purge " .. have.package, apt.let_go(have.package) } }
    end
    if want.absent then
      return { { "apt-get purge " .. want.package,
        apt.purge({ want.package }, options_of(want)) } }
    end
    local commands = { install(want, context and context.following) }
    commands[2] = hold(want)
    return commands
  end,
}
