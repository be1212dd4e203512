-- SPDX-License-Identifier: MIT
--
-- An archive unpacked into a directory: a release of a program, mostly. What comes from
-- an address is known by its digest, so nobody can put another one there.
local archive = require "host_archive"
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function check(declared, name)
  local sum = declared.sha256
  if kind_of(sum) == "string" and not (#sum == 64 and sum:find("^%x+$")) then
    fault("\"" .. sum .. "\" is no SHA-256", { why = "it is not 64 digits of 0-9a-f",
      next = "sha256sum FILE tells it" })
  end
  if kind_of(declared.strip) == "number" and declared.strip < 0 then
    fault("strip cannot be less than 0")
  end
  if not name then return end
  if (declared.url == nil) == (declared.file == nil) then
    fault("the archive " .. name .. " needs one of url and file", {
      next = "url = \"https://…\" with its sha256, or file = a path on the host" })
  end
  if declared.url ~= nil and sum == nil then
    fault("the archive " .. name .. " has no sha256", {
      why = "what an address gives may be another thing tomorrow",
      next = "download it once, and sha256sum tells it" })
  end
end

-- index:sha256 strip file
local function probe_one(index, item)
  local attributes = item.want or item.recorded
  local creates = attributes.creates
  if creates and creates:sub(1, 1) ~= "/" then
    creates = attributes.path .. "/" .. creates
  end
  return "[ ! -e " .. archive.note_of(attributes.path) .. " ] || [ ! -d "
    .. shell.quote(attributes.path) .. " ] || "
    .. (creates and "[ ! -e " .. shell.quote(creates) .. " ] || " or "")
    .. "echo " .. index .. ":$(cat " .. archive.note_of(attributes.path) .. ")"
end

local function found_of(item, sum, strip, file)
  local attributes = item.want or item.recorded
  local declared = attributes.sha256
  return {
    path = attributes.path, url = attributes.url, owner = attributes.owner,
    group = attributes.group, creates = attributes.creates,
    strip = math.tointeger(tonumber(strip)), file = file ~= "-" and file or nil,
    sha256 = declared and declared:lower() == sum and declared or sum,
  }
end

return type {
  name = "archive",
  doc = "A tar (gz, xz, bz2, zst) or zip, unpacked into a directory.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "directory; the resource's name when left out" },
    url = attribute.string { ["local"] = true,
      doc = "https://…, fetched by the host; needs sha256" },
    file = attribute.string { doc = "or a path on the host" },
    sha256 = attribute.string { doc = "of the archive; another one is another archive" },
    strip = attribute.integer { default = 0,
      doc = "leading directories that are left away" },
    creates = attribute.string { ["local"] = true,
      doc = "a path in it that must be there; else it is unpacked again" },
    owner = attribute.string { default = "root", ["local"] = true,
      doc = "whose the files are, when they are unpacked" },
    group = attribute.string { default = "root", ["local"] = true,
      doc = "and of which group" },
  },
  example = [[
host:archive "/opt/shop" {
  url = "https://releases.example.org/shop-1.4.tar.gz", strip = 1, creates = "bin/shop",
  sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    check(declared, name)
    shell.check_path(declared.path)
    shell.check_path(declared.file)
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%x+) (%d+) (.*)$", found_of),
  commands = function(have, want)
    if not want then
      return { { "remove what came from the archive in " .. have.path,
        archive.remove(have.path) } }
    end
    local from = want.url and "curl " .. want.url .. ", " or ""
    return { { from .. "unpack it into " .. want.path, archive.unpack(want) } }
  end,
}
