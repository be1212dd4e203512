-- SPDX-License-Identifier: MIT
--
-- One line of a file that is otherwise somebody else's. Where lines match `match`, the
-- first of them becomes the line and the others go: afterwards there is one.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local shell = require "shell"
local text = require "host_text"
local kind_of, type = type, require "type"
local way_in = require "host_way_in"

local function check(declared, name)
  local line = declared.line
  if kind_of(line) == "string" and line:find("[\n\r%z]") then
    fault("a line is one line", { next = "host:block holds several" })
  end
  if not name then return end
  if line == nil and not (declared.absent and declared.match) then
    fault("line \"" .. name .. "\" does not say which line", {
      next = "line = \"…\", or absent = true with match = \"…\"" })
  end
  if declared.after and declared.before then
    fault("line \"" .. name .. "\" cannot go after one and before another",
      { next = "say one of both" })
  end
end

-- Shell functions: `exact` and `matched` print lines with their numbers, `other` texts
-- that match and are not exactly the line.
local function lookers(attributes)
  local line, match = attributes.line, attributes.match
  local word = line ~= nil and shell.quote(line)
  local pattern = match and shell.quote(match)
  return shell.join({ "f=", shell.quote(attributes.path),
    "\nexact() { ", word and "grep -anxF -e " or ":", word or "",
    word and " \"$f\"" or "",
    "; }\nmatched() { ", pattern and "grep -anE -e " .. pattern .. " \"$f\"" or ":",
    "; }\nother() { ", pattern and "grep -aE -e " .. pattern .. " \"$f\"" or ":",
    pattern and word and " | grep -avxF -e " or "", pattern and word or "", "; }\n" }, "")
end

-- index:how many:the first other line
local function probe_one(index, item)
  local attributes = item.want or item.recorded
  if not attributes.match then
    return shell.join({ "f=", shell.quote(attributes.path), "; [ ! -f \"$f\" ] || echo ",
      index, ":$(grep -acxF -e ", shell.quote(attributes.line), " \"$f\"):" }, "")
  end
  return shell.join({ lookers(attributes), "[ ! -f \"$f\" ] || echo ", index,
    ":$(exact | wc -l):$(other | head -n 1 | base64 -w 0)" }, "")
end

local function found_of(item, count, other)
  local attributes = item.want or item.recorded
  local found = { path = attributes.path, line = attributes.line, absent = false }
  local there = tonumber(count) > 0 or other ~= ""
  if not item.want then
    return tonumber(count) > 0 and not attributes.absent and found or nil
  elseif attributes.absent then
    found.absent = not there
  elseif not there then
    return nil
  elseif other ~= "" then
    found.line = encode.base64_decode(other):gsub("\n$", "") .. ""
  end
  return found
end

-- What stays in the place of all lines that are the line or match.
local function edit(attributes, replacement)
  local write = replacement and shell.join({ " && printf '%s\\n' ",
    shell.quote(replacement) }, "") or ""
  return shell.join({ lookers(attributes), text.functions,
    "all=$( { exact; matched; } | cut -d: -f1 | sort -nu)\n",
    "if [ -n \"$all\" ]; then first=$(echo \"$all\" | head -n 1)\n",
    "upto $((first - 1))", write,
    " && sed \"1,${first}d$(echo \"$all\" | sed 's/.*/;&d/' | tr -d '\\n')\" \"$f\"\n",
    "else ", text.place(attributes), "\nupto \"$n\"", write, " && behind \"$n\"; fi" },
    "")
end

return type {
  name = "line",
  doc = "One line in a file that others write as well; mode and owner stay.",
  on_host = true,
  attributes = {
    path = attribute.string { required = true, fixed = true, doc = "of the file" },
    line = attribute.string { doc = "exactly the line" },
    match = attribute.string { ["local"] = true,
      doc = "what the line replaces: an extended regular expression (grep -E)" },
    absent = attribute.bool { default = false,
      doc = "neither the line nor what matches is there" },
    after = attribute.string { ["local"] = true,
      doc = "a new one goes behind the last line that matches this; else to the end" },
    before = attribute.string { ["local"] = true,
      doc = "or before the first that matches this" },
    create = attribute.bool { default = false, ["local"] = true,
      doc = "begin the file where there is none" },
  },
  example = [[
host:line "passwords last a year" {
  path = "/etc/login.defs", line = "PASS_MAX_DAYS 365", match = "^#?PASS_MAX_DAYS",
}]],
  shorthand = function(declared, name)
    shell.check_path(declared.path)
    check(declared, name)
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%d+):([%w+/=]*)$", found_of),
  preview = function(change) return { warnings = way_in.warnings(change) } end,
  commands = function(have, want)
    if not want then
      return { { "remove the line from " .. have.path, shell.join({ "if [ -f ",
        shell.quote(have.path), " ]; then ", text.rewrite(have.path,
        edit({ path = have.path, line = have.line })), "fi" }, "") } }
    end
    local what = want.absent and "remove the line from " or "put the line into "
    return {
      { "grep -E", shell.join({ text.check(want.match), text.check(want.after),
        text.check(want.before) }, "\n") },
      { what .. want.path, text.rewrite(want.path,
        edit(want, not want.absent and want.line or nil), want.create) },
    }
  end,
}
