-- SPDX-License-Identifier: MIT
--
-- A file: content, mode, owner; written beside and renamed. Contents that hold a secret,
-- and files that others cannot read, are compared by digest and never shown.
local attribute = require "attribute"
local digest = require "digest"
local encode = require "encode"
local shell = require "shell"
local kind_of, type = type, require "type"
local unknown = require "unknown"

local most_shown = 65536

-- What may not be read back: anything but plain text that others may read anyway.
local function is_private(want)
  return kind_of(want.content) ~= "string" or unknown.is(want.mode)
    or tonumber(shell.mode(want.mode or "0644"), 8) & 63 == 0
end

-- index:mode:owner:group:size:digest:content. A name of a user holds no colon.
local function probe_one(index, item)
  local path = shell.quote((item.want or item.recorded).path)
  local line = "if [ -f " .. path .. " ]; then printf '" .. index .. ":%s:%s:'"
    .. " \"$(stat -L -c '%a:%U:%G:%s' " .. path .. ")\" \"$(sha256sum < " .. path
    .. " | cut -d' ' -f1)\"\n"
  if item.want and not is_private(item.want) then
    line = line .. "[ \"$(stat -L -c %s " .. path .. ")\" -gt " .. most_shown .. " ] || "
      .. shell.base64_of((item.want or item.recorded).path) .. "\n"
  end
  return line .. "echo; fi"
end

-- The text that was found, as far as it may and can be shown.
local function content_of(item, sum, size, base64)
  local want = item.want
  local content = want and want.content
  local known = content ~= nil and not unknown.is(content)
  if known and digest.sha256(content) == sum then return content end
  if want and not is_private(want) and (base64 ~= "" or size == "0") then
    local text = encode.base64_decode(base64)
    if utf8.len(text) and not text:find("\0", 1, true) then return text end
  end
  return "sha256:" .. sum
end

return type {
  name = "file",
  doc = "A file on a host, written atomically. The resource's name is its path.",
  on_host = true,
  attributes = {
    path = attribute.string { fixed = true,
      doc = "absolute; the resource's name when left out" },
    content = attribute.any { required = true, content = true,
      doc = "text; secrets may be in it" },
    mode = attribute.string { default = "0644", doc = "octal" },
    owner = attribute.string { default = "root", doc = "user" },
    group = attribute.string { default = "root", doc = "group" },
  },
  example = [[host:file "/etc/motd" { content = "Pipster\n" }]],
  shorthand = function(declared, name)
    if name and declared.path == nil then declared.path = name end
    if declared.mode then declared.mode = shell.mode(declared.mode) end
    return declared
  end,

  probe = function(items)
    local lines = {}
    for index, item in ipairs(items) do lines[index] = probe_one(index, item) end
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results = {}
    local pattern = "^(%d+):(%d+):([^:]*):([^:]*):(%d+):(%x+):([%w+/=]*)$"
    for line in shell.lines(output) do
      local index, mode, owner, group, size, sum, base64 = line:match(pattern)
      local item = items[tonumber(index)]
      if item then
        results[tonumber(index)] = { path = (item.want or item.recorded).path,
          mode = shell.mode(mode), owner = owner, group = group,
          content = content_of(item, sum, size, base64) }
      end
    end
    return results
  end,
  -- Where `state recover` reads a secret back.
  places = function(want)
    return { { at = "content", path = want.path } }
  end,

  -- What others may not read is not for the plan either.
  preview = function(change)
    local private = change.want and change.want.content ~= nil and is_private(change.want)
      or change.have and change.have.mode and is_private(change.have)
    return { hidden = private and { "content" } or nil }
  end,
  commands = function(have, want)
    if not want then return { { "rm " .. have.path, "rm -f "
      .. shell.quote(have.path) } } end
    return { { "write " .. want.path, shell.write_file(want) } }
  end,
}
