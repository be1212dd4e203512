-- SPDX-License-Identifier: MIT
--
-- One SSH key of a user. It is known by the key itself, not by its comment; the file is
-- written as the user, so that no link in a home folder leads root elsewhere. The block
-- of host:user { ssh_keys = … } is left as it is.
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local handle = require "handle"
local scripts = require "host_user"
local shell = require "shell"
local kind_of, type = type, require "type"

local function blob_of(key)
  return key:match("(%S+ AAAA[%w+/=]+)")
end

local function check(key)
  if kind_of(key) ~= "string" then return end
  if key:find("\n.") or not key:find("^%s*[%w@.-]+ AAAA[%w+/=]+") then
    fault("that is no public SSH key", {
      why = "it begins with \"" .. key:sub(1, 24) .. "\"",
      next = "give the line of a .pub file: \"ssh-ed25519 AAAA…\"; options stand in"
        .. " options = { … }" })
  end
end

-- The line without options, and those.
local function split(line, blob)
  local first, last = line:find(blob, 1, true)
  return line:sub(first), (line:sub(1, first - 1):gsub("%s+$", "")), last
end

-- keys INDEX USER BLOB prints "INDEX:others:line"; nothing where the key is not there.
-- Ours and those of host:user are no others.
local probe = [[
keys() {
  home=$(getent passwd "$2" | cut -d: -f6); [ -n "$home" ] || return 0
  blob=$3 index=$1 awk '/^# pipster: keys from here$/ { inside = 1 }
    /^# pipster: keys to here$/ { inside = 0 }
    inside || !NF || /^[ \t]*#/ { next }
    index($0, ENVIRON["blob"]) { if (line == "") line = $0; else others++; next }
    { others++ } END { if (line != "") print ENVIRON["index"] ":" others + 0 ":" line }' \
    "$home/.ssh/authorized_keys" 2>/dev/null
}]]

-- Runs as the user with HOME set: $1 the key, $2 its line or nothing, $3 alone or not.
local write = [[
umask 077; cd "$HOME" && mkdir -p .ssh && chmod 700 .ssh && cd .ssh || exit 1
rm -f .pipster-new; touch authorized_keys
blob=$1 line=$2 alone=$3 awk '
  /^# pipster: keys from here$/ { inside = 1 }
  inside { print; if ($0 == "# pipster: keys to here") inside = 0; next }
  index($0, ENVIRON["blob"]) && !/^[ \t]*#/ {
    if (ENVIRON["line"] != "" && !told) print ENVIRON["line"]; told = 1; next }
  ENVIRON["alone"] == "yes" && NF && !/^[ \t]*#/ { next }
  { print } END { if (ENVIRON["line"] != "" && !told) print ENVIRON["line"] }' \
  authorized_keys > .pipster-new && mv -f .pipster-new authorized_keys ||
  { rm -f .pipster-new; exit 1; }]]

local function as_user(user, words)
  local name = shell.quote(user)
  return "h=$(getent passwd " .. name .. " | cut -d: -f6)\n[ -n \"$h\" ] || { echo "
    .. shell.quote("there is no user " .. user .. ": declare it before its keys")
    .. "; exit 1; }\nHOME=$h runuser -u " .. name .. " -- /bin/sh -c "
    .. shell.quote(write) .. " sh " .. shell.words(words)
end

local function line_of(want)
  return (#want.options > 0 and table.concat(want.options, ",") .. " " or "")
    .. want.key:match("^%s*(.-)%s*$")
end

local function check_line(line)
  return "printf '%s\\n' " .. shell.quote(line) .. " > \"${k:=$(mktemp)}\"; "
    .. "ssh-keygen -l -f \"$k\" >/dev/null; e=$?; rm -f \"$k\"; [ $e = 0 ] || {\n"
    .. "echo 'ssh-keygen takes it for no key'; exit 1; }"
end

local function probe_one(index, item)
  local want = item.want or item.recorded
  return "keys " .. index .. " " .. shell.quote(want.user) .. " "
    .. shell.quote(blob_of(want.key))
end

local function found_of(item, others, text)
  local want = item.want or item.recorded
  local _, options = split(text, blob_of(want.key))
  local same = options == table.concat(want.options or {}, ",")
  return { user = want.user, key = want.key,
    options = same and want.options or { options }, exclusive = others == "0" }
end

return type {
  name = "authorized_key",
  doc = "One SSH key by which a user may log in.",
  link = "https://manpages.debian.org/bookworm/openssh-server/authorized_keys.5.en.html",
  on_host = true,
  risky = true,
  attributes = {
    user = attribute.string { fixed = true, required = true, doc = "whose it is" },
    key = attribute.string { fixed = true, required = true,
      doc = "the line of a .pub file, or a hetzner.ssh_key resource" },
    options = attribute.list { default = {}, item = "string",
      doc = "what sshd allows it: { \"no-pty\", 'from=\"192.0.2.0/24\"' }" },
    exclusive = attribute.bool { optional_computed = true,
      doc = "every other key of that user goes, but for those of host:user" },
  },
  example = [[
host:authorized_key "ada" { user = "pipster", key = key, options = { "no-pty" } }]],
  shorthand = function(declared)
    if handle.is(declared.key) then declared.key = declared.key.public_key end
    check(declared.key)
    return declared
  end,

  probe = each.probe(probe_one, probe),
  read = each.read("^(%d+):(%d+):(.*)$", found_of),
  -- A new one beside the others takes nothing away.
  revert = function(have, want)
    local takes = have or want.exclusive
    return takes and scripts.revert((want or have).user)
  end,
  preview = function(change)
    return { notes = change.want and change.want.exclusive and {
      "every other key of that user goes, but for those of host:user" } or nil }
  end,
  commands = function(have, want)
    local asked = want or have
    local blob = blob_of(asked.key)
    if not want then
      return { { "take a key of " .. have.user .. " away", "! getent passwd "
        .. shell.quote(have.user) .. " >/dev/null || {\n"
        .. as_user(have.user, { blob, "", "no" }) .. "\n}" } }
    end
    local line = line_of(want)
    return {
      { "ssh-keygen -l", check_line(line), unarmed = true },
      { "authorized_keys of " .. want.user,
        as_user(want.user, { blob, line, want.exclusive and "yes" or "no" }) },
    }
  end,
}
