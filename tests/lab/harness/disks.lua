-- SPDX-License-Identifier: MIT
--
-- Disks on which nothing can be written any more: cases that make a thing, spoil the disk
-- it is on, and want it otherwise. That fails, and every byte is as it was.
local fakes, wanted = ...
local disks = {}

local umount = "! mountpoint -q /srv/mnt || umount /srv/mnt\n"
local mount = umount .. "rm -rf /srv/mnt; mkdir -p /srv/mnt\n"
  .. "mount -t tmpfs -o size=%s,nr_inodes=%d none /srv/mnt || exit\n"

-- what: of the case; spoil: shell text for the disk at $d; why: what is told of it.
disks.read_only = { what = "on a read-only file system", why = "[Rr]ead%-only",
  spoil = "mount -o remount,ro $d" }
disks.no_inodes = { what = "on a disk without inodes", why = "No space left",
  spoil = "n=0; while ( : > $d/.fill$n ) 2>/dev/null; do n=$((n + 1)); done; [ $n != 0 ]" }

-- Full but for so many pages of 4 KiB.
function disks.full(pages)
  local spare = "head -c " .. 4096 * (pages or 0) .. " /dev/zero > $d/.spare; "
  return { what = "on a full disk", why = "No space left",
    spoil = spare .. "{ ! cat /dev/zero > $d/.fill; } 2>/dev/null && rm $d/.spare" }
end

-- /etc itself, all of it beside its place before it goes there.
disks.etc_read_only = { what = "with a read-only /etc", why = "[Rr]ead%-only",
  spoil = "mount --bind /etc /etc && mount -o remount,bind,ro /etc" }
disks.etc_full = { what = "with a full /etc", why = "No space left",
  spoil = "mkdir -p /run/etc && mount -t tmpfs -o"
    .. " size=$(($(du -sk /etc | cut -f1) + 512))k,mode=755 none /run/etc &&"
    .. " cp -a /etc/. /run/etc && mount --bind /run/etc /etc && umount /run/etc &&"
    .. " { ! cat /dev/zero > /etc/.fill; } 2>/dev/null" }
disks.etc_mended = "umount -l /etc"

-- All that is to be seen of a folder, but for what it was filled with.
function disks.snapshot(bed, folder)
  local result = bed.run("cd " .. folder .. " && find . ! -name '.fill*' ! -path . -printf"
    .. " '%p %y %m %u %g %l\\n' | sort && find . ! -name '.fill*' -type f -exec sha256sum"
    .. " {} + | sort -k 2")
  assert(result.status == 0, result.errors)
  return result.output
end

-- The lines of the one that are not in the other.
local function more(one, other)
  local lines, list = {}, {}
  for line in other:gmatch "[^\n]+" do lines[line] = true end
  for line in one:gmatch "[^\n]+" do
    if not lines[line] then list[#list + 1] = line end
  end
  return table.concat(list, "\n")
end

function disks.assert_same(before, after)
  if before == after then return end
  error("it was:\n" .. more(before, after) .. "\nand is:\n" .. more(after, before), 0)
end

local function must(bed, text)
  local result = bed.run(text)
  assert(result.status == 0, text .. ": " .. result.output .. result.errors)
end

-- It is as wanted, and still ours.
function disks.seen_as(bed, thing, want)
  local kind = fakes.type(thing.type)
  local declared = wanted.declare(kind, want, thing.name)
  local found = bed.observe_wanted(thing.type, thing.name, declared)
  assert(found, "it is not seen any more")
  local names = wanted.differences(kind, declared, found)
  assert(#names == 0, "it differs in " .. table.concat(names, " "))
  local edited = bed.observe(thing.type, thing.name, declared).edited
  assert(not edited, "it is taken for edited: " .. tostring(edited))
end

local function spoilt(bed, thing, state)
  must(bed, mount:format(thing.size or "128k", thing.size and 4096 or 64)
    .. (thing.before or ""))
  local name, first = thing.name, thing.first
  if first then
    local words, results = bed.apply { { thing.type, name, want = first } }
    assert(words == "done", "made: " .. tostring(results[1].fault))
  end
  local before = disks.snapshot(bed, "/srv/mnt")
  must(bed, "d=/srv/mnt; " .. state.spoil)
  local words, results = bed.apply { { thing.type, name, want = thing.second,
    have = first and wanted.declare(fakes.type(thing.type), first, name) } }
  if state.done then
    assert(words == "done", tostring(results[1].fault))
  else
    assert(words == "failed", "it was " .. words)
    local why = tostring(results[1].fault)
    assert(why:find(state.why), "failed otherwise: " .. why)
    disks.assert_same(before, disks.snapshot(bed, "/srv/mnt"))
  end
  if first then disks.seen_as(bed, thing, state.done and thing.second or first) end
  must(bed, umount)
end

-- A case for each state. thing: type, name, first (made while there is room, or nothing),
-- second, before (shell text), files (of the project), size (of the disk; 128k).
-- state.done says that it has to succeed in spite of it.
function disks.cases(thing, states)
  local cases = {}
  for index, state in ipairs(states) do
    cases[index] = { type = thing.type, what = state.what, files = thing.files,
      run = function(bed) spoilt(bed, thing, state) end }
  end
  return cases
end

return disks
