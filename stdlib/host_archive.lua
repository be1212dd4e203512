-- SPDX-License-Identifier: MIT
--
-- The shell text that unpacks an archive. It is unpacked beside its place first, and only
-- what came out whole goes there; FOLDER/archives/KEY notes which archive it was, and
-- KEY.sums each file that came out of it, so that these can go again, and only these.
local apt = require "apt"
local digest = require "digest"
local shell = require "shell"

local archive = {}

-- Where the notes of the archive in `path` are.
function archive.note_of(path)
  return "\"$folder/archives/" .. digest.sha256(path) .. "\""
end

local fetch = [[
limit="--connect-timeout 20 --retry 3 --max-redirs 10"
fetch() { curl -fsSL $limit --proto =https,http -o "$2" -- "$1"; }
]]

local unpack = [[
unpack() {
  case $(head -c 4 "$1" | od -An -tx1 | tr -d ' \n') in
  504b0304|504b0506) need unzip unzip && unzip -qq "$1" -d "$2" ;;
  fd377a58) need xz xz-utils && tar -xJf "$1" -C "$2" --no-same-owner ;;
  28b52ffd) need zstd zstd && tar -x --zstd -f "$1" -C "$2" --no-same-owner ;;
  425a68*) need bzip2 bzip2 && tar -xjf "$1" -C "$2" --no-same-owner ;;
  1f8b*) tar -xzf "$1" -C "$2" --no-same-owner ;;
  *) tar -tf "$1" >/dev/null 2>&1 ||
      { echo "it is no tar (plain, gz, xz, bz2, zst) and no zip"; return 1; }
    tar -xf "$1" -C "$2" --no-same-owner ;;
  esac
}
# tar may say no more than how much it wrote.
tell_room() {
  ! df --output=avail -- "$1" 2>/dev/null | grep -qx ' *0' || echo "No space left: $1"
}
strip() {
  level=$2
  while [ "$level" -gt 0 ]; do
    mkdir "$1.in" && find "$1" -mindepth 2 -maxdepth 2 -exec mv -t "$1.in" -- {} + &&
      rm -rf "$1" && mv -T "$1.in" "$1" || return 1
    level=$((level - 1))
  done
  [ -n "$(ls -A "$1")" ] || { echo "nothing is left of it: strip is too much"; return 1; }
}
]]

-- Removes what the sums in $1 tell of and is still so, but what $2 lists as well.
local clear = [[
clear_old() {
  [ -e "$1" ] || return 0
  ( cd "$d" 2>/dev/null || exit 0
    sha256sum -c "$1" 2>/dev/null | sed -n 's/: OK$//p' | while IFS= read -r name; do
      grep -qF -e "  $name" "$2" 2>/dev/null || rm -f -- "$name"
    done
    sed 's/^[^ ]*  //' "$1" | while IFS= read -r name; do
      name=${name%/*}
      while [ "$name" != . ] && rmdir -- "$name" 2>/dev/null; do name=${name%/*}; done
    done
  )
}
]]

-- Sets a, the archive, and sum.
local function get(want)
  local file = want.file and "a=" .. shell.quote(want.file) .. "\n[ -f \"$a\" ] ||"
    .. " { echo \"$a is not on the host\"; exit 1; }\n"
    or "a=\"$t.file\"; need curl curl && fetch " .. shell.quote(want.url)
    .. " \"$a\" || exit 1\n"
  local check = want.sha256 and "[ \"$sum\" = " .. want.sha256:lower()
    .. " ] || { echo \"its sha256 is $sum, which is not what was declared: nothing was"
    .. " unpacked\"; exit 1; }\n" or ""
  return file .. "sum=$(sha256sum < \"$a\" | cut -d' ' -f1)\n" .. check
end

-- What came out whole goes to its place: files of the old one that are no more, go.
-- Links need no room, so that a disk cannot run full half-way.
local function move(want)
  return "chown -hR " .. shell.quote(want.owner .. ":" .. want.group) .. " -- \"$t\" &&\n"
    .. "( cd \"$t\" && find . -type f ! -name '*\n*' -exec sha256sum {} + )"
    .. " > \"$k.new\" &&\n"
    .. "mkdir -p \"$d\" && {\n"
    .. "cp -al --remove-destination -- \"$t/.\" \"$d/\" 2>/dev/null ||\n"
    .. "cp -a --remove-destination -- \"$t/.\" \"$d/\"; } || exit 1\n"
    .. "chown " .. shell.quote(want.owner .. ":" .. want.group) .. " -- \"$d\"\n"
    .. "clear_old \"$k.sums\" \"$k.new\"; mv -f \"$k.new\" \"$k.sums\" &&\n"
    .. "printf '%s %s %s\\n' \"$sum\" " .. want.strip .. " "
    .. shell.quote(want.file or "-") .. " > \"$k\"\n"
end

function archive.unpack(want)
  return "(\n" .. apt.need() .. fetch .. unpack .. clear .. "d=" .. shell.quote(want.path)
    .. "; k=" .. archive.note_of(want.path)
    .. "; t=\"$d.pipster-new.$$\"\n"
    .. "mkdir -p \"$folder/archives\" \"$(dirname \"$d\")\" || exit 1\n"
    .. "[ ! -e \"$d\" ] || [ -d \"$d\" ] || { echo \"$d is no directory\"; exit 1; }\n"
    .. "disk_of() { stat -L -c %d -- \"$1\"; }; above=$(dirname \"$d\")\n"
    .. "[ ! -d \"$d\" ] || [ \"$(disk_of \"$d\")\" = \"$(disk_of \"$above\")\" ] ||"
    .. " t=\"$d/.pipster-new.$$\"\n"
    .. "trap 'rm -rf \"$t\" \"$t.in\" \"$t.file\" \"$k.new\"' EXIT\n" .. get(want)
    .. "mkdir -m 755 \"$t\" && unpack \"$a\" \"$t\" && strip \"$t\" " .. want.strip
    .. " || { tell_room \"$t\"; exit 1; }\n" .. move(want) .. ")\n"
end

function archive.remove(path)
  return "(\n" .. clear .. "d=" .. shell.quote(path) .. "; k=" .. archive.note_of(path)
    .. "\nclear_old \"$k.sums\"; rm -f \"$k\" \"$k.sums\"\n"
    .. "[ ! -d \"$d\" ] || rmdir \"$d\" 2>/dev/null || echo \"$d stays: it holds what did"
    .. " not come from the archive, or was edited\"\n)\n"
end

return archive
