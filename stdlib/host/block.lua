-- SPDX-License-Identifier: MIT
--
-- Some lines of a file that is otherwise somebody else's, between two that say whose they
-- are. What was written between them is noted: a block that was edited is not removed.
local attribute = require "attribute"
local each = require "each"
local encode = require "encode"
local fault = require "fault"
local secret = require "secret"
local shell = require "shell"
local text = require "host_text"
local kind_of, type = type, require "type"
local way_in = require "host_way_in"

local function marker(comment, word, name)
  local line = word .. " pipster " .. (name or "")
  if comment:find("%%s") then return (comment:gsub("%%s", (line:gsub("%%", "%%%%")))) end
  return comment .. " " .. line
end

local function note_of(attributes, name)
  return shell.note_of(attributes.path .. "\n" .. (name or ""))
end

-- Sets f, from and to (the lines of its marks, empty where they are not) and text. A host
-- may have many blocks: what the shell can do by itself starts no process.
local function look(attributes, name)
  local comment = attributes.comment or "#"
  local first = shell.quote(marker(comment, "BEGIN", name))
  local last = shell.quote(marker(comment, "END", name))
  return "f=" .. shell.quote(attributes.path) .. "; first=" .. first .. "; last=" .. last
    .. "\nfrom=; to=; text=\n"
    .. "marks=$(grep -anxF -e \"$first\" -e \"$last\" \"$f\")\n"
    .. "while IFS= read -r mark; do\n"
    .. "  if [ -z \"$from\" ] && [ \"${mark#*:}\" = \"$first\" ]; then\n"
    .. "    from=${mark%%:*}\n"
    .. "  elif [ -n \"$from\" ] && [ -z \"$to\" ] && [ \"${mark#*:}\" = \"$last\" ]\n"
    .. "  then to=${mark%%:*}; fi\n"
    .. "done <<MARKS\n$marks\nMARKS\n"
    .. "[ -z \"$to\" ] || [ $((to - from)) = 1 ]"
    .. " || text=$(sed -n \"$((from + 1)),$((to - 1))p\" \"$f\")\n"
end

-- Its text loses trailing line breaks in "$(…)", and so does what is wanted.
local function set_wanted(content)
  if kind_of(content) == "string" then
    return "want=" .. shell.quote((content:gsub("\n+$", ""))) .. "\n"
  end
  return shell.join({ "want=", shell.quote(content), "; want=$(printf %s \"$want\")\n" },
    "")
end

-- index:same or other:text, or index:kept or edited: of what is to go
local function probe_one(index, item)
  local want, tell = item.want
  if not want then
    tell = "if [ \"$(printf %s \"$text\" | sha256sum)\" = \"$(cat "
      .. note_of(item.recorded, item.name) .. ")\" ]; then echo " .. index
      .. ":kept:; else echo " .. index .. ":edited:; fi"
  else
    local shown = kind_of(want.content) == "string"
      and "$(printf %s \"$text\" | base64 -w 0)" or ""
    tell = shell.join({ set_wanted(want.content),
      "if [ \"$text\" = \"$want\" ]; then echo ", index, ":same:; else echo ",
      index, ":other:", shown, "; fi" }, "")
  end
  return shell.join({ look(want or item.recorded, item.name),
    "if [ -n \"$to\" ]; then ", tell, "; fi" }, "")
end

local function found_of(item, word, base64)
  local attributes = item.want or item.recorded
  local found = { path = attributes.path, comment = attributes.comment }
  if word == "same" then
    found.content = item.want.content
  elseif word == "other" then
    found.content = secret.is(item.want.content) and "another"
      or encode.base64_decode(base64)
  elseif word == "edited" then
    found.edited = "its block in " .. found.path
  end
  return found
end

local whole = "[ -z \"$from\" ] || [ -n \"$to\" ] || { echo \"line $from of $f begins the"
  .. " block, and nothing ends it: mend it by hand\" >&2; exit 1; }\n"

local function put(want, name)
  local comment = want.comment or "#"
  return shell.join({ look(want, name), whole, text.functions, set_wanted(want.content),
    "if [ -n \"$to\" ]; then n=$((from - 1)); else ", text.place(want),
    "\nto=$n; fi\n", "upto \"$n\" && printf '%s\\n' ",
    shell.quote(marker(comment, "BEGIN", name)),
    " ${want:+\"$want\"} ", shell.quote(marker(comment, "END", name)),
    " && behind \"$to\"" }, "")
end

local function take(have, name)
  return look(have, name) .. "if [ -z \"$to\" ]; then cat \"$f\"\n"
    .. "elif [ \"$(printf %s \"$text\" | sha256sum)\" != \"$(cat " .. note_of(have, name)
    .. ")\" ]; then\n  echo \"its block in $f was edited since: it stays\" >&2\n"
    .. "  cat \"$f\"\n"
    .. "else sed \"${from},${to}d\" \"$f\"; fi"
end

return type {
  name = "block",
  doc = "Lines in a file that others write as well, between two marks that bear the"
    .. " resource's name; mode and owner stay.",
  on_host = true,
  attributes = {
    path = attribute.string { required = true, fixed = true, doc = "of the file" },
    content = attribute.any { required = true, content = true,
      doc = "the lines; secrets may be in it" },
    comment = attribute.string { default = "#", fixed = true,
      doc = "what begins a comment there; \"<!-- %s -->\" where it ends as well" },
    after = attribute.string { ["local"] = true,
      doc = "a new one goes behind the last line that matches this (grep -E); else to"
        .. " the end" },
    before = attribute.string { ["local"] = true,
      doc = "or before the first that matches this" },
    create = attribute.bool { default = false, ["local"] = true,
      doc = "begin the file where there is none" },
  },
  example = [[
host:block "machines" {
  path = "/etc/hosts", content = "10.0.0.2 db\n10.0.0.3 cache\n",
}]],
  shorthand = function(declared, name)
    shell.check_path(declared.path)
    local content = declared.content
    if kind_of(content) == "string" and content:find("\0", 1, true) then
      fault("a block is text, and this holds a NUL")
    end
    if name and declared.after and declared.before then
      fault("block \"" .. name .. "\" cannot go after one line and before another",
        { next = "say one of both" })
    end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(%l+):([%w+/=]*)$", found_of),
  preview = function(change) return { warnings = way_in.warnings(change) } end,
  commands = function(have, want, context)
    local name = context and context.name or "…"
    if not want then
      return { { "remove the block from " .. have.path, "if [ -f "
        .. shell.quote(have.path) .. " ]; then " .. text.rewrite(have.path,
        take(have, name)) .. "fi" } }
    end
    return {
      { "grep -E", text.check(want.after) .. "\n" .. text.check(want.before) },
      { "put the block into " .. want.path, shell.join({ text.rewrite(want.path,
        put(want, name), want.create), "[ $? = 0 ] || exit 1\n",
        set_wanted(want.content),
        "printf %s \"$want\" | sha256sum > ", note_of(want, name) }, "") },
    }
  end,
}
