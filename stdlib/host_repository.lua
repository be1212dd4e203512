-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/host/repository.lua. A key that comes from a URL is told from all
-- others before it is trusted.
local apt = require "apt"
local encode = require "encode"
local fault = require "fault"
local shell = require "shell"

local scripts = {}

function scripts.path(name)
  return "/etc/apt/sources.list.d/pipster-" .. name .. ".sources"
end

-- All that may be ours; of the keys one is there, or none.
function scripts.files(name)
  local ring = "/etc/apt/keyrings/pipster-" .. name
  return { scripts.path(name), ring .. ".asc", ring .. ".gpg" }
end

function scripts.is_path(key) return key:find("^/") ~= nil end

-- One that is no text is put into armour's place with the ending .gpg, which apt reads as
-- such; said and compared is .asc.
function scripts.keyring(want, name)
  if type(want.key) == "string" and scripts.is_path(want.key) then return want.key end
  return "/etc/apt/keyrings/pipster-" .. name .. ".asc"
end

-- The text with one line break at its end.
function scripts.armour(key)
  return key:match("^%s*(.-)%s*$") .. "\n"
end

function scripts.plain(print)
  return (print:gsub("%s", ""):upper())
end

function scripts.check_key(declared, name)
  local key, url = declared.key, declared.key_url
  if type(key) == "string" and not scripts.is_path(key)
    and not key:find("^%s*%-%-%-%-%-BEGIN PGP PUBLIC KEY") then
    fault("that is no key of a repository", {
      why = "it begins with \"" .. key:sub(1, 24) .. "\"",
      next = "give \"-----BEGIN PGP PUBLIC KEY BLOCK-----…\", or the path of a keyring" })
  end
  for _, print in ipairs(type(declared.fingerprint) == "table" and declared.fingerprint
    or {}) do
    if type(print) == "string" and not scripts.plain(print):find("^%x+$")
      or #scripts.plain(print) ~= 40 then
      fault("\"" .. print .. "\" is no fingerprint", {
        why = "it has 40 hexadecimal digits",
        next = "gpg --show-keys FILE prints it" })
    end
  end
  if name and declared.uris and not key and not url then
    fault("the repository " .. name .. " has no key", {
      why = "whoever answers at its address could install anything",
      next = "add key, or key_url with fingerprint" })
  end
  if url and not declared.sha256 and #(declared.fingerprint or {}) == 0 then
    fault("nothing says which key must be at " .. tostring(url), {
      next = "add fingerprint or sha256" })
  end
end

-- repository INDEX SOURCES KEYRING prints INDEX:SUM:FINGERPRINTS:BASE64
scripts.probe_function = [[
prints_of() {
  gpg --batch --with-colons --show-keys "$1" 2>/dev/null |
    awk -F: '$1 == "pub" { main = 1 } $1 == "fpr" && main { print $10; main = 0 }'
}
repository() {
  [ -e "$2" ] || return 0
  k=$3; [ -e "$k" ] || k=${3%.asc}.gpg
  printf '%s:%s:%s:%s\n' "$1" "$(sha256sum < "$k" | cut -d' ' -f1)" \
    "$(prints_of "$k" | tr '\n' ',')" \
    "$(sed 's|^\(Signed-By: .*/pipster-.*\)\.gpg$|\1.asc|' "$2" | base64 -w 0)"
}]]

-- $d is a folder that goes again, $k the place of the key without its ending; what stood
-- there is kept beside it until apt has read the source.
local take = [[
d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && chmod 755 "$d" || exit 1
mkdir -p /etc/apt/keyrings
@FETCH
found=$(prints_of "$d/key")
for print in @PRINTS; do found=$(printf '%s\n' "$found" | grep -vx "$print"); done
if [ -n "@PRINTS" ] && [ -n "$found$(prints_of "$d/key" | grep -q . || echo none)" ]; then
  echo "it is another key:" $found; exit 1
fi
kind=gpg; ! grep -q -- '-----BEGIN PGP' "$d/key" || kind=asc
install -m 644 "$d/key" "$k.pipster-new" || { rm -f "$k.pipster-new"; exit 1; }
for e in asc gpg; do
  n=$(key_note $e); rm -f "$k.$e.pipster-old" "$n.old"
  [ ! -e "$k.$e" ] || mv -f "$k.$e" "$k.$e.pipster-old"
  [ ! -e "$n" ] || mv -f "$n" "$n.old"
done
mv -f "$k.pipster-new" "$k.$kind" || exit 1
[ ! -d "${folder-}/written" ] || sha256sum < "$k.$kind" > "$(key_note $kind)"
]]

local back = [[
{ rm -f "$k.asc" "$k.gpg"
  for e in asc gpg; do
    n=$(key_note $e); [ ! -e "$n.old" ] || mv -f "$n.old" "$n"
    [ ! -e "$k.$e.pipster-old" ] || mv -f "$k.$e.pipster-old" "$k.$e"
  done
  exit 1; }
for e in asc gpg; do rm -f "$k.$e.pipster-old" "$(key_note $e).old"; done]]

-- Where the digest of the key with the ending $1 is noted.
local function key_note(name)
  local _, asc, gpg = table.unpack(scripts.files(name))
  return "key_note() { case $1 in asc) echo " .. shell.note_of(asc) .. " ;; gpg) echo "
    .. shell.note_of(gpg) .. " ;; esac; }\n"
end

-- The source of a key that is no text names it by its own ending; that is what we wrote.
local rename = [[
[ $kind = asc ] || {
  sed -i 's|^\(Signed-By: .*\)\.asc$|\1.gpg|' "$f" &&
    { [ ! -d "${folder-}/written" ] || sha256sum < "$f" > "$note"; }
} || exit
]]

local function fetch(want)
  if want.key then
    return "printf %s '" .. encode.base64(scripts.armour(want.key))
      .. "' | base64 -d > \"$d/key\" || exit 1"
  end
  local sum = want.sha256 and " SHA256:" .. want.sha256 or ""
  return "/usr/lib/apt/apt-helper download-file " .. shell.quote(want.key_url)
    .. " \"$d/key\"" .. sum .. " 2>&1 || exit 1"
end

function scripts.write(want, name, text)
  local path = scripts.path(name)
  local own = not (want.key and scripts.is_path(want.key))
  local prints = {}
  for index, print in ipairs(want.fingerprint) do prints[index] = scripts.plain(print) end
  local filled = { FETCH = fetch(want), PRINTS = table.concat(prints, " ") }
  local start = scripts.probe_function .. "\n" .. key_note(name)
    .. "k=/etc/apt/keyrings/pipster-" .. name .. "\n" .. take:gsub("@(%u+)", filled)
  local put = shell.replace_file({ path = path, content = text },
    (own and rename or "") .. apt.read_source())
  local commands = {}
  if #prints > 0 then
    commands[1] = { "apt-get install gpg", apt.ensure("gpg", { "gpg" }) }
  end
  commands[#commands + 1] = { "write " .. path .. ", apt-get update",
    own and start .. "( " .. put .. ") || " .. back or put }
  return commands
end

function scripts.remove(name)
  return { "rm " .. scripts.path(name), "rm -f " .. shell.words(scripts.files(name)) }
end

return scripts
