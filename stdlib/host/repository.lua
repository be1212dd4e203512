-- SPDX-License-Identifier: MIT
--
-- A source of packages for apt, with the key that signs it. Its lists are read before it
-- stays: a source that cannot be reached, or is signed by another key, is not left there.
local attribute = require "attribute"
local digest = require "digest"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local rendered = require "rendered"
local scripts = require "host_repository"
local shell = require "shell"
local unknown = require "unknown"
local kind_of, type = type, require "type"

local lists = { "uris", "suites", "components", "architectures", "types", "fingerprint" }
local fields = { types = "Types", uris = "URIs", suites = "Suites",
  components = "Components", architectures = "Architectures" }
local order = { "types", "uris", "suites", "components", "architectures" }

local function render(want, name)
  local lines = { "# Written by pipster." }
  for _, key in ipairs(order) do
    local words = want[key]
    if words and #words > 0 then
      lines[#lines + 1] = fields[key] .. ": " .. table.concat(words, " ")
    end
  end
  lines[#lines + 1] = "Signed-By: " .. scripts.keyring(want, name)
  return table.concat(lines, "\n") .. "\n"
end

local function parse(text)
  local found = {}
  for _, key in ipairs(order) do
    local words = {}
    local line = text:match("\n" .. fields[key] .. ": ([^\n]*)\n") or ""
    for word in line:gmatch("%S+") do words[#words + 1] = word end
    found[key] = words
  end
  return found
end

-- The key that is there is the one that was said.
local function is_key(want, sum, prints)
  if unknown.is(want.key) or unknown.is(want.fingerprint) then return true end
  if want.key then
    return scripts.is_path(want.key) and sum ~= ""
      or sum == digest.sha256(scripts.armour(want.key))
  end
  if want.sha256 and sum ~= want.sha256 then return false end
  local wanted = {}
  for _, print in ipairs(want.fingerprint) do wanted[scripts.plain(print)] = true end
  for print in prints:gmatch("%x+") do
    if not wanted[print] then return false end
  end
  return sum ~= "" and (prints ~= "" or #want.fingerprint == 0)
end

local function found_of(item, sum, prints, content)
  if not item.want then return {} end
  local text = encode.base64_decode(content)
  local found = parse(text)
  found.key_is_ours = is_key(item.want, sum, prints)
  local again = { key = item.want.key }
  for _, key in ipairs(order) do again[key] = found[key] end
  found.as_written = render(again, item.name) == text
  return found
end

local function check(declared, name)
  if name and name:find("[^%w_.-]") then
    fault("apt would pass over \"" .. name .. "\"", { next = "use a-z, 0-9, -, _ and ." })
  end
  for _, uri in ipairs(kind_of(declared.uris) == "table" and declared.uris or {}) do
    if kind_of(uri) == "string" and not uri:find("^%l+:/%S+$") then
      fault("\"" .. uri .. "\" is no address of packages", {
        next = "for example \"https://download.docker.com/linux/debian\"" })
    end
  end
  scripts.check_key(declared, name)
end

local function probe_one(index, item)
  return shell.words { "repository", index, scripts.path(item.name),
    scripts.keyring(item.want or item.recorded or {}, item.name) }
end

return type {
  name = "repository",
  doc = "A source of packages for apt and the key that signs it (/etc/apt/keyrings).",
  link = "https://manpages.debian.org/bookworm/apt/sources.list.5.en.html",
  on_host = true,
  attributes = {
    uris = attribute.list { required = true, item = "string",
      doc = "where it is; one may stand without braces, as in all lists here" },
    suites = attribute.list { required = true, item = "string",
      doc = "\"bookworm\"; \"./\" for a flat one, which has no components" },
    components = attribute.list { default = {}, item = "string", doc = "\"main\"" },
    architectures = attribute.list { default = {}, item = "string",
      doc = "\"amd64\"; those of the host when left out" },
    types = attribute.list { default = { "deb" }, item = "string",
      doc = "\"deb\", \"deb-src\"" },
    key = attribute.string { ["local"] = true,
      doc = "the key as text (-----BEGIN PGP…), or the path of a keyring on the host" },
    key_url = attribute.string { ["local"] = true,
      doc = "or where it is; then fingerprint or sha256 says which it must be" },
    fingerprint = attribute.list { default = {}, item = "string", ["local"] = true,
      doc = "of each key that may be in it: 40 digits, blanks allowed" },
    sha256 = attribute.string { ["local"] = true, doc = "of the file at key_url" },
    key_is_ours = attribute.bool { default = true, doc = "that key is in its place" },
    as_written = rendered.as_written,
  },
  example = [[
host:repository "docker" {
  uris = "https://download.docker.com/linux/debian", suites = "bookworm",
  components = "stable", key_url = "https://download.docker.com/linux/debian/gpg",
  fingerprint = "9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88",
}]],
  shorthand = function(declared, name)
    for _, key in ipairs(lists) do
      if kind_of(declared[key]) == "string" then declared[key] = { declared[key] } end
    end
    check(declared, name)
    return declared
  end,

  probe = each.probe(probe_one, scripts.probe_function),
  read = each.read("^(%d+):(%x*):([%x,]*):([%w+/=]*)$", found_of),
  writes = function(_, name) return scripts.files(name) end,
  commands = function(_, want, context)
    local name = context and context.name or "…"
    if not want then return { scripts.remove(name) } end
    return scripts.write(want, name, render(want, name))
  end,
}
