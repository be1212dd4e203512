-- SPDX-License-Identifier: MIT
--
-- What is there of a backup on its host, in the attributes of its type.
local digest = require "digest"
local each = require "each"
local encode = require "encode"
local files = require "backup_files"
local offsite = require "backup_offsite"
local rendered = require "rendered"
local shell = require "shell"
local state = require "backup_state"
local unknown = require "unknown"

local found_of = {}

local functions = [[
sum() {
  [ -f "$1" ] && echo "$(sha256sum <"$1" | cut -d' ' -f1).$(stat -c %a "$1")" || echo -
}
waits() {
  for u; do systemctl is-active -q "$u" && systemctl is-enabled -q "$u" || return; done
  printf yes
}]]

-- INDEX:settings:sum,sum,…:yes:state, texts in base64.
local function probe_one(index, item)
  local name, settings = item.name, files.folder(item.name) .. "/settings"
  local sums = {}
  for place, known in ipairs(files.places(name)) do
    sums[place] = "$(sum " .. shell.quote(known.path) .. ")"
  end
  return "[ ! -e " .. shell.quote(settings) .. " ] || echo \"" .. index .. ":$("
    .. shell.base64_of(settings) .. "):" .. table.concat(sums, ",") .. ":$(waits "
    .. shell.words(files.timers(name, item.want or item.recorded or {})) .. "):$("
    .. shell.base64_of(state.path(name)) .. ")\""
end

found_of.probe = each.probe(probe_one, functions)
local function is_known(want)
  for _, value in pairs(want) do
    if unknown.is(value) then return false end
  end
  return not want.offsite or offsite.is_known(want.offsite)
end

-- group → whether one of its files is not what is wanted there.
local function differing(name, want, sums)
  local wanted, differs, index = files.wanted(name, want), {}, 0
  local places = files.places(name)
  for sum in sums:gmatch("[^,]+") do
    index = index + 1
    local place = places[index]
    local file = place and wanted[place.path]
    local expected = file and digest.sha256(file.content) .. "."
      .. file.mode:gsub("^0", "") or "-"
    if place and sum ~= expected then differs[place.group] = true end
  end
  return differs
end

local function is_proven(want, told)
  if not told.last_good_at then return false end
  if not want.offsite then return true end
  return told.offsite_at ~= nil
    and told.offsite_repository == offsite.repository(want.offsite)
end

-- What is known later cannot be compared: the engine sees that it may differ.
local function assume(want, found, told)
  for _, key in ipairs { "key", "password" } do
    if not unknown.is(want[key]) then found[key] = want[key] end
  end
  local plain = want.offsite and not offsite.has_unknown(want.offsite)
  found.offsite = plain and want.offsite or nil
  found.proven = told.last_good_at ~= nil
end

local function compare(item, found, sums, told)
  local want = item.want
  if not is_known(want) then return assume(want, found, told) end
  local differs = differing(item.name, want, sums)
  found.as_written = found.as_written and not differs.as_written
  found.key = not differs.key and want.key or want.key and "(another)" or nil
  found.password = not differs.password and want.password
    or want.password and "(another)" or nil
  found.offsite = not differs.offsite and want.offsite or want.offsite
    and { ["(files)"] = "differ" } or nil
  found.proven = is_proven(want, told)
end

local function take(item, settings, sums, active, told_text)
  local found = rendered.found(encode.base64_decode(settings), item.want, files.keys,
    files.settings, files.parse)
  local told = state.parse(encode.base64_decode(told_text))
  if item.want then compare(item, found, sums, told) end
  found.path = found.path or (item.want or item.recorded or {}).path
  found.active = active == "yes"
  found.last_good, found.last_good_at = told.last_good, told.last_good_at
  found.last_good_bytes, found.told = told.last_good_bytes, told
  return found
end

found_of.read = each.read("^(%d+):([%w+/=]*):([%w.,-]*):(%l*):([%w+/=]*)$", take)

return found_of
