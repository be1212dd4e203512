-- SPDX-License-Identifier: MIT
--
-- A file system that is mounted, now and at boot. Nothing is ever formatted. What cannot
-- be mounted leaves /etc/fstab as it was. nofail is the default: a disk that is missing
-- must not keep a host from starting its sshd.
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local fstab = require "host_fstab"
local shell = require "shell"
local kind_of, type = type, require "type"

local function path_of(item)
  return (item.want or item.recorded).path
end

local function has(list, word)
  for _, item in ipairs(list) do
    if item == word then return true end
  end
  return false
end

-- What /etc/fstab says, in attributes.
local function read_line(line)
  local device, path, fstype, text, _, pass = table.unpack(fstab.fields(line))
  local options, nofail = {}, false
  for word in (text or ""):gmatch("[^,]+") do
    if word == "nofail" then nofail = true
    elseif word ~= "defaults" then options[#options + 1] = word end
  end
  return { device = device, path = path, fstype = fstype, options = options,
    nofail = nofail, pass = math.tointeger(tonumber(pass or 0)) }
end

local function options_of(want)
  local words = table.move(want.options, 1, #want.options, 1, {})
  if want.nofail and not has(words, "nofail") then words[#words + 1] = "nofail" end
  return #words > 0 and table.concat(words, ",") or "defaults"
end

-- $p is the mount point, $d the device; a mount that fails is told, and the line before
-- comes back.
local mount = [[
is_mounted() { findmnt -rn --mountpoint "$p" >/dev/null; }
undo() { fstab_put 2 "$w" "$before"; exit 1; }
take_off() { ! is_mounted || umount -- "$p"; }
# With nofail mount says nothing of a device that is not there.
put_on() { mount -- "$p" && { is_mounted || {
  echo "there is no such device: $d"; false; }; }; }
mkdir -p -- "$p" || exit 1
@LINE || exit 1
before=$fstab_old
@CHANGE || undo]]

local function change_of(have, want)
  if not want.mounted then return "take_off" end
  local another = have and (have.device ~= want.device or have.fstype ~= want.fstype)
  if another then return "{ take_off && put_on; }" end
  return "if is_mounted; then mount -o remount -- \"$p\"; else put_on; fi"
end

local function write(have, want)
  local line = fstab.put(2, want.path,
    { want.device, want.path, want.fstype, options_of(want), 0, want.pass })
  local filled = { LINE = line, CHANGE = change_of(have, want) }
  local head = "p=" .. shell.quote(want.path) .. " d=" .. shell.quote(want.device)
    .. " w=" .. shell.quote(fstab.word(want.path)) .. "\n"
  return fstab.functions .. head .. mount:gsub("@(%u+)", filled) .. ""
end

local function check(declared)
  local path, device = declared.path, declared.device
  if kind_of(path) == "string" and (not path:find("^/.") or path:find("[\n]")) then
    fault("\"" .. path .. "\" is no place to mount at", {
      next = "give an absolute path" })
  end
  if kind_of(device) == "string" and device:find("\n") then
    fault("a device is one line", {})
  end
end

local function probe_one(index, item)
  local path = path_of(item)
  return "line=$(fstab_line 2 " .. shell.quote(fstab.word(path))
    .. "); [ -z \"$line\" ] || { findmnt -rn --mountpoint " .. shell.quote(path)
    .. " >/dev/null && m=yes || m=no; printf '%s:%s:%s\\n' " .. index
    .. " $m \"$line\"; }"
end

local function found_of(_, mounted, text)
  local found = read_line(text)
  found.mounted = mounted == "yes"
  return found
end

return type {
  name = "mount",
  doc = "A file system, mounted now and at boot. It is never formatted.",
  link = "https://manpages.debian.org/bookworm/mount/fstab.5.en.html",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "where; the resource's name when left out; made when it is not there" },
    device = attribute.string { required = true, doc = "\"LABEL=backup\", \"UUID=…\","
      .. " \"/dev/disk/by-id/…\", \"10.0.0.5:/export\"" },
    fstype = attribute.string { default = "auto", doc = "\"ext4\", \"nfs\", \"tmpfs\"" },
    options = attribute.list { default = {}, item = "string", doc = "{ \"noatime\" }" },
    nofail = attribute.bool { default = true,
      doc = "the host starts without it when its device is missing" },
    pass = attribute.integer { default = 0,
      doc = "2: checked by fsck at boot, 0: never" },
    mounted = attribute.bool { default = true, doc = "it is there now" },
  },
  example = [[
host:mount "/srv/backup" { device = "LABEL=backup", fstype = "ext4",
  options = { "noatime" } }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    if kind_of(declared.options) == "string" then
      local words = {}
      for word in declared.options:gmatch("[^,%s]+") do words[#words + 1] = word end
      declared.options = words
    end
    check(declared)
    return declared
  end,

  probe = each.probe(probe_one, fstab.functions),
  read = each.read("^(%d+):(%l+):(.*)$", found_of),
  commands = function(have, want)
    if want then
      return { { (want.mounted and "mount " or "umount ") .. want.path,
        write(have, want) } }
    end
    return { { "umount " .. have.path, fstab.functions .. "p=" .. shell.quote(have.path)
      .. " w=" .. shell.quote(fstab.word(have.path)) .. "\n" .. fstab.put(2, have.path)
      .. " || exit 1\nbefore=$fstab_old\n"
      .. "! findmnt -rn --mountpoint \"$p\" >/dev/null || umount -- \"$p\" || {\n"
      .. "  [ -z \"$before\" ] || fstab_put 2 \"$w\" \"$before\"; exit 1; }" } }
  end,
  preview = function(change)
    local have, want = change.have, change.want
    local leaves = have and (not want or not want.mounted or have.device ~= want.device)
    return { downtime = leaves and "what stands there is away" or nil }
  end,
}
