-- SPDX-License-Identifier: MIT
--
-- A swap file: made, in /etc/fstab, in use. A file that is there and is no swap is left
-- alone.
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local fstab = require "host_fstab"
local shell = require "shell"
local kind_of, type = type, require "type"

local units = { K = 1 << 10, M = 1 << 20, G = 1 << 30 }

local function bytes_of(size)
  local amount, unit = size:match("^(%d+)([KMG])i?B?$")
  return amount and math.tointeger(tonumber(amount)) * units[unit]
end

local function size_of(bytes)
  for _, unit in ipairs { "G", "M" } do
    if bytes % units[unit] == 0 then
      return ("%d%s"):format(bytes // units[unit], unit)
    end
  end
  return ("%dK"):format(bytes // units.K)
end

local function path_of(item)
  return (item.want or item.recorded).path
end

local off = [[
is_on() { awk -v f="$f" '$1 == f { on = 1 } END { exit !on }' /proc/swaps; }
turn_off() { ! is_on || swapoff -- "$f"; }
]]

-- A file of that size without holes, beside and renamed; room is looked for first.
local make = [[
was=; [ ! -e "$f" ] || was=there
if [ -n "$was" ] && [ "$(blkid -p -o value -s TYPE -- "$f" 2>/dev/null)" != swap ]; then
  echo "$f is there and is no swap file: it is left alone"; exit 1
fi
if [ "$(stat -c %s -- "$f" 2>/dev/null)" != "$size" ]; then
  room=$(df --output=avail -B1 -- "$(dirname -- "$f")" | tail -n 1)
  [ "${room:-0}" -gt "$size" ] || {
    echo "there is room for $room bytes, not $size"; exit 1; }
  n="$f.pipster-new"; trap 'rm -f -- "$n"' EXIT
  : > "$n" && turn_off && rm -f -- "$f" || exit 1
  ( umask 077; fallocate -l "$size" -- "$n" 2>/dev/null ||
    dd if=/dev/zero of="$n" bs=65536 count=$((size / 65536)) 2>/dev/null ) &&
    chmod 600 -- "$n" && mkswap -- "$n" >/dev/null && mv -fT -- "$n" "$f" || exit 1
fi]]

-- One that the kernel refuses is not left behind.
local turn_on = [[
is_on || swapon -- "$f" || { fstab_put 1 "$f" "$before"; [ -n "$before" ] || rm -f -- "$f"
  exit 1; }]]

local function write(want)
  return fstab.functions .. off .. "f=" .. shell.quote(want.path) .. " size="
    .. ("%d"):format(bytes_of(want.size)) .. "\n" .. make .. "\n"
    .. fstab.put(1, want.path, { want.path, "none", "swap", "sw", 0, 0 })
    .. " || { [ -n \"$fstab_old$was\" ] || rm -f -- \"$f\"; exit 1; }\n"
    .. "before=$fstab_old\n" .. (want.active and turn_on or "turn_off")
end

local function check(declared)
  local size = declared.size
  if kind_of(size) == "string" and not bytes_of(size) then
    fault("\"" .. size .. "\" is no size", { next = "for example \"512M\" or \"2G\"" })
  end
  if kind_of(declared.path) == "string" and not declared.path:find("^/[^%s]+$") then
    fault("\"" .. declared.path .. "\" is no path of a swap file", {
      next = "give an absolute path without blanks" })
  end
end

local function probe_one(index, item)
  return "f=" .. shell.quote(path_of(item)) .. "; [ ! -f \"$f\" ] || {\n"
    .. "is_on && a=yes || a=no; [ -n \"$(fstab_line 1 \"$f\")\" ] && b=yes || b=no\n"
    .. "echo " .. index .. ":$(stat -c %s -- \"$f\"):$a:$b"
    .. ":$(blkid -p -o value -s TYPE -- \"$f\"); }"
end

local function found_of(item, size, active, listed)
  local bytes, want = math.tointeger(tonumber(size)), item.want
  local same = want and kind_of(want.size) == "string" and bytes_of(want.size) == bytes
  return { path = path_of(item), size = same and want.size or size_of(bytes),
    active = active == "yes", at_boot = listed == "yes" }
end

return type {
  name = "swap",
  doc = "A swap file, in use now and at boot.",
  link = "https://manpages.debian.org/bookworm/mount/swapon.8.en.html",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "absolute; the resource's name when left out" },
    size = attribute.string { required = true,
      doc = "\"512M\", \"2G\" (of 1024); another size makes the file anew" },
    active = attribute.bool { default = true, doc = "the kernel uses it" },
    at_boot = attribute.bool { default = true, doc = "it stands in /etc/fstab" },
  },
  example = [[host:swap "/swapfile" { size = "2G" }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    check(declared)
    return declared
  end,

  probe = each.probe(probe_one, fstab.functions .. "\n" .. off),
  read = each.read("^(%d+):(%d+):(%l+):(%l+):swap$", found_of),
  commands = function(have, want)
    if want then
      return { { (want.active and "swapon " or "make ") .. want.path, write(want) } }
    end
    return { { "swapoff and rm " .. have.path, fstab.functions .. off .. "f="
      .. shell.quote(have.path) .. "\nturn_off || exit 1\n" .. fstab.put(1, have.path)
      .. " && rm -f -- \"$f\"" } }
  end,
}
