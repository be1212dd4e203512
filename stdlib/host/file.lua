-- SPDX-License-Identifier: MIT
--
-- A file: content, mode, owner; written beside and renamed. Contents that hold a secret,
-- and files that others cannot read, are compared by digest and never shown. host_file
-- says where a content comes from.
local attribute = require "attribute"
local digest = require "digest"
local encode = require "encode"
local fault = require "fault"
local shell = require "shell"
local source = require "host_file"
local kind_of, type = type, require "type"
local unknown = require "unknown"
local way_in = require "host_way_in"

local most_shown = 65536

-- What nobody is to see: anything but plain text that others may read anyway.
local function is_private(want)
  return kind_of(source.content(want)) ~= "string" or unknown.is(want.mode)
    or tonumber(shell.mode(want.mode or "0644"), 8) & 63 == 0
end

local function is_read_back(want)
  return not is_private(want) and not source.sent(want)
end

-- What a file that is there is to be compared with: the digest of what is wanted, whose
-- text need not be read back then; "-" where nothing is, whatever the digest.
local function compared(item)
  local content = source.content(item.want)
  if not item.want or not is_read_back(item.want) then return "-" end
  return content and not unknown.is(content) and digest.sha256(content) or ""
end

-- Adds a file that is there to the list, as INDEX:DIGEST.
local function note(index, item)
  local path = shell.quote((item.want or item.recorded).path)
  return "[ ! -f " .. path .. " ] || { set -- \"$@\" " .. path .. "; n=\"$n " .. index
    .. ":" .. compared(item) .. "\"; }"
end

-- One stat and one sha256sum for all files of a host, and one base64 more for each whose
-- text differs: "files INDEX…", "stat MODE:OWNER:GROUP:SIZE" and "sum DIGEST BASE64" for
-- each, in the same order. sha256sum begins the line of an odd name with a backslash.
local tell = [[
[ $# = 0 ] || {
echo "files $n"
stat -L -c 'stat %a:%U:%G:%s' -- "$@"
sha256sum -- "$@" | while read -r sum _; do
  sum=${sum#\\}; text=
  case ${n%% *} in *:-|*:"$sum") ;;
  *) [ "$(head -c @MOST "$1" | wc -c)" -ge @MOST ] || text=$(base64 -w 0 < "$1") ;; esac
  echo "sum $sum $text"
  n=${n#* }; shift
done
}
]]

-- The text that was found, as far as it may and can be shown.
local function content_of(item, sum, size, base64)
  local want = item.want
  local content = source.content(want)
  local known = content ~= nil and not unknown.is(content)
  if known and digest.sha256(content) == sum then return content end
  if want and is_read_back(want) and (base64 ~= "" or size == "0") then
    local text = encode.base64_decode(base64)
    if utf8.len(text) and not text:find("\0", 1, true) then return text end
  end
  return "sha256:" .. sum
end

local function found_of(item, stat, told)
  local mode, owner, group, size = stat:match("^(%d+):([^:]*):([^:]*):(%d+)$")
  local sum, base64 = told:match("^(%x+) ([%w+/=]*)$")
  local found = { path = (item.want or item.recorded).path, mode = shell.mode(mode),
    owner = owner, group = group, content = content_of(item, sum, size, base64) }
  if item.want and item.want.template_text then
    local content = source.content(item.want)
    found.as_written = unknown.is(content) or digest.sha256(content) == sum
  end
  return found
end

-- Files that go while they are read would leave the answers of others in their place.
local function check_whole(files, stats, sums)
  if files ~= stats or files ~= sums then
    fault("files went away while they were read", { next = "plan again" })
  end
end

-- What stood there and is not ours is kept, once.
local function keep(path)
  return "f=" .. shell.quote(path) .. "; b=\"$f.before-pipster\"\n"
    .. "if [ -f \"$f\" ] && [ ! -e " .. shell.note_of(path)
    .. " ] && [ ! -e \"$b\" ]; then\n"
    .. "cp -p -- \"$f\" \"$b\" && echo \"what was there before is kept as $b\"; fi"
end

-- A file that was sent beside the script lies there already.
local function write(want, context)
  local sent = source.sent(want)
  local there = sent and context and context.staged and context.staged[sent.path]
  if not sent then
    return shell.write_file { path = want.path, content = source.content(want),
      mode = want.mode, owner = want.owner, group = want.group }
  elseif there and there.fault then
    return "echo " .. shell.quote(tostring(there.fault)) .. "; exit 1"
  elseif there and there.sum ~= sent.sum then
    fault("the file " .. sent.path .. " is another than the one that was planned", {
      why = "it was changed meanwhile, or an earlier one is asked for",
      next = "plan again" })
  end
  return shell.write_file { path = want.path, from = there and there.path or "/dev/null",
    mode = want.mode, owner = want.owner, group = want.group }
end

return type {
  name = "file",
  doc = "A file on a host, written atomically. The resource's name is its path.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "absolute; the resource's name when left out" },
    content = attribute.any { content = true,
      doc = "text; secrets may be in it. Or one of source and template" },
    source = attribute.string { ["local"] = true,
      doc = "a file of any kind and size, from the folder of pipster.lua on" },
    template = attribute.string { ["local"] = true,
      doc = "such a file with {{name}} in it, for each the value of that name" },
    template_text = attribute.string { ["local"] = true, doc = "what is read of it" },
    values = attribute.map { ["local"] = true, doc = "by name; references, secrets" },
    escape = attribute.string { ["local"] = true,
      one_of = { "shell", "json", "html", "none" },
      doc = "how values are written into the template; {{name|none}} says so for one" },
    backup = attribute.bool { default = false, ["local"] = true,
      doc = "what was there before us is kept once, as PATH.before-pipster" },
    mode = attribute.string { default = "0644", doc = "octal" },
    owner = attribute.string { default = "root", doc = "user" },
    group = attribute.string { default = "root", doc = "group" },
    as_written = attribute.bool { doc = "of a template: the file is as it says" },
  },
  example = [[host:file "/etc/motd" { content = "Pipster\n" }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    shell.check_path(declared.path)
    if declared.mode then declared.mode = shell.mode(declared.mode) end
    source.declare(declared, name)
    return declared
  end,

  probe = function(items)
    local lines = { "set --; n=" }
    for index, item in ipairs(items) do lines[index + 1] = note(index, item) end
    lines[#lines + 1] = "n=${n# }\n" .. tell:gsub("@MOST", most_shown + 1)
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results, indexes, stats, sums = {}, {}, {}, {}
    for line in shell.lines(output) do
      local word, rest = line:match("^(%l+) (.*)$")
      if word == "files" then
        for index in rest:gmatch("(%d+):") do indexes[#indexes + 1] = tonumber(index) end
      elseif word == "stat" then
        stats[#stats + 1] = rest
      elseif word == "sum" then
        sums[#sums + 1] = rest
      end
    end
    check_whole(#indexes, #stats, #sums)
    for position, index in ipairs(indexes) do
      results[index] = found_of(items[index], stats[position], sums[position])
    end
    return results
  end,
  writes = function(attributes) return { attributes.path } end,
  -- Where `state recover` reads a secret back.
  places = function(want)
    return { { at = "content", path = want.path } }
  end,

  -- What others may not read is not for the plan either.
  preview = function(change)
    local want, content = change.want, source.content(change.want)
    local private = want and content ~= nil and is_private(want)
      or change.have and change.have.mode and is_private(change.have)
    local refined
    if want and want.template_text and want.content == nil then
      refined = {}
      for key, value in pairs(want) do refined[key] = value end
      refined.content = content
    end
    return { want = refined, hidden = private and { "content" } or nil,
      warnings = way_in.warnings(change) }
  end,
  uploads = source.sent,
  commands = function(have, want, context)
    if not want then return { { "rm " .. have.path, "rm -f "
      .. shell.quote(have.path) } } end
    local writing = { "write " .. want.path, write(want, context) }
    if not want.backup then return { writing } end
    return { { "keep what was there as " .. want.path .. ".before-pipster",
      keep(want.path) }, writing }
  end,
}
