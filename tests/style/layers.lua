-- SPDX-License-Identifier: MIT
--
-- What no other tool looks at: includes against the table of docs/ARCHITECTURE.md, who
-- may use which library, the lengths of files, lines and Lua functions, the names of
-- public functions, what prints without the redactor, names of which one would hide the
-- other.
-- Usage: lua5.4 tests/style/layers.lua   (from the root of the repository)

local may_include = {
  base = {}, value = { "base" }, store = { "base", "value" }, net = { "base" },
  engine = { "base", "value", "store" },
  script = { "base", "value", "store", "net", "engine" },
  lab = { "base", "value", "net" },
  view = { "base", "value", "store", "engine" },
  command = { "base", "value", "store", "net", "engine", "script", "lab", "view" },
  main = {
    "base", "value", "store", "net", "engine", "script", "lab", "view", "command",
  },
}

-- Header pattern → the folder that alone may include it.
local only_in = {
  ["^yajl/"] = "value", ["^sqlite3%.h$"] = "store", ["^sodium%.h$"] = "store",
  ["^uv%.h$"] = "net", ["^curl/"] = "net", ["^libssh2"] = "net",
  ["^microhttpd%.h$"] = "net", ["^ares"] = "net",
  ["^lua%.h$"] = "script", ["^lauxlib%.h$"] = "script", ["^lualib%.h$"] = "script",
}

-- Who may print without the redactor: nothing that they print can hold a secret.
local prints_freely = {
  "^runtime/base/", "^runtime/lab/", "^runtime/value/", "^runtime/view/terminal%.c$",
  "/cmd_help%.c$", "/cmd_lab%.c$", "/cmd_types%.c$", "/cmd_version%.c$", "/lab_%w+%.c$",
  "/workbench%.c$", "/bind_serve%.c$", "/script%.c$",
}
local prints = {
  "%f[%w_]v?printf%(", "%f[%w_]puts%(", "%f[%w_]putchar%(", "%f[%w_]d?f?printf%(std",
  "%f[%w_]fputs%([^\"].*, std%w+%)", "%f[%w_]fwrite%(.*, std%w+%)",
}

local longest = { c = 700, h = 160, lua = 250 }
local WIDEST, LONGEST_FUNCTION = 90, 40

local failures = 0
local function fail(format, ...)
  failures = failures + 1
  print(string.format(format, ...))
end

local function lines_of(source)
  local lines = {}
  for line in source:lines() do lines[#lines + 1] = line end
  source:close()
  return lines
end

local function contains(list, item)
  for _, each in ipairs(list) do
    if each == item then return true end
  end
  return false
end

local function check_project_include(place, layer, header)
  local folder = header:match("^(%w+)/")
  if not folder then
    fail("%s: include \"%s\" is not written from runtime/", place, header)
  elseif folder ~= layer and not contains(may_include[layer], folder) then
    fail("%s: %s/ may not include %s", place, layer, header)
  end
end

local function check_library_include(place, layer, header)
  for pattern, folder in pairs(only_in) do
    if header:find(pattern) and folder ~= layer then
      fail("%s: %s belongs to %s/ alone", place, header, folder)
    end
  end
end

local defined = {} -- public function → { path, place }

-- Of two archives the linker takes what it needs first, and never says that there is
-- another.
local function check_twice(path, place, name)
  local first = defined[name]
  if first and first.path ~= path then
    fail("%s: public %s is defined at %s too", place, name, first.place)
  end
  defined[name] = first or { path = path, place = place }
end

-- lua_provider.c → a public function is lua_provider_…; a definition begins its line.
local function check_name(path, place, line)
  local stem = path:match("([%w_]+)%.c$")
  local name = line:match("^[%a_][%w_ *]-([%w_]+)%([^;]*$")
  if not stem or not name or line:find("^static") or line:find("^__attribute__") then
    return
  end
  if name ~= "main" and name:sub(1, #stem) ~= stem then
    fail("%s: public %s does not begin with %s", place, name, stem)
  end
  check_twice(path, place, name)
end

local function check_prints(path, place, line)
  for _, exempt in ipairs(prints_freely) do
    if path:find(exempt) then return end
  end
  for _, pattern in ipairs(prints) do
    if line:find(pattern) then
      fail("%s: printed past the redactor: use terminal_print or redact_write", place)
      return
    end
  end
end

local function check_c(path, lines)
  local layer = path:match("^runtime/(%w+)/") or "main"
  if layer == "tools" then return end
  for number, line in ipairs(lines) do
    local place = path .. ":" .. number
    local quoted = line:match('^#include "([^"]+)"')
    local angled = line:match("^#include <([^>]+)>")
    if quoted then check_project_include(place, layer, quoted) end
    if angled then check_library_include(place, layer, angled) end
    check_name(path, place, line)
    check_prints(path, place, line)
  end
end

-- A function begins with its keyword and ends with the `end` below it; awk's, in a text,
-- has braces.
local function check_functions(path, lines)
  for first, line in ipairs(lines) do
    local margin = line:match("^(%s*)local function ")
      or not line:find("[{}]$") and line:match("^(%s*)function ")
    local last = margin and not line:find("%f[%w]end%W*$") and first
    while last and last < #lines and not lines[last]:find("^" .. margin .. "end") do
      last = last + 1
    end
    if last and last - first + 1 > LONGEST_FUNCTION then
      fail("%s:%d: a function of %d lines, at most %d", path, first, last - first + 1,
        LONGEST_FUNCTION)
    end
  end
end

local function check_text(path, kind, lines)
  for number, line in ipairs(lines) do
    if (utf8.len(line) or #line) > WIDEST then
      fail("%s:%d: wider than %d columns", path, number, WIDEST)
    end
    local open = line:find("%f[%w]TOD[O]%f[%W]") or line:find("%f[%w]FIXM[E]%f[%W]")
    if open and not line:find("%(#%d+%)", open) then
      fail("%s:%d: left open", path, number)
    end
  end
  -- Tables of what a vendor sells are as long as what it sells; a fixture is one header.
  local exempt = path:find("catalogue") or path:find("^tests/unit/.*%.h$")
  if #lines > longest[kind] and not exempt then
    fail("%s: %d lines, at most %d", path, #lines, longest[kind])
  end
end

-- What `require` of a stdlib file finds under one word: a module bound in C, a file, or
-- the folder of a system. And one archive has one object of a name.
local found = {}
local function check_hidden(path, lines)
  local words = {}
  if path == "runtime/script/bind.c" then
    for word in table.concat(lines, "\n"):gmatch('{"([%w_]+)", bind_') do
      words[#words + 1] = { "bound " .. word, path }
    end
  end
  local file = path:match("^stdlib/([%w_]+)%.lua$")
  local folder, stem = path:match("^stdlib/([%w_]+)/"), path:match("^runtime/(.+)%.c$")
  if file then
    words[1], words[2] = { "bound " .. file, path }, { "stdlib/" .. file, path }
  elseif folder then
    words[1] = { "stdlib/" .. folder, "stdlib/" .. folder .. "/" }
  elseif stem then
    local layer, object = stem:match("^(%w+)/"), stem:match("[^/]+$")
    words[#words + 1] = { "object " .. (layer or "main") .. "/" .. object, path }
  end
  for _, pair in ipairs(words) do
    local word, where = pair[1], pair[2]
    if found[word] and found[word] ~= where then
      fail("%s: hides %s, or is hidden by it", where, found[word])
    end
    found[word] = where
  end
end

local listed = io.popen("git ls-files --cached --others --exclude-standard "
  .. "runtime stdlib playbooks tests/unit tests/fuzz tests/types tests/style")
local looked_at = 0
for _, path in ipairs(lines_of(assert(listed))) do
  local kind = path:match("%.(%w+)$")
  local file = longest[kind] and io.open(path) -- one that is only in the index is gone
  if file then
    local lines = lines_of(file)
    looked_at = looked_at + 1
    check_text(path, kind, lines)
    check_hidden(path, lines)
    if path:find("^runtime/") then check_c(path, lines) end
    if kind == "lua" then check_functions(path, lines) end
  end
end
assert(looked_at > 0, "no sources: run it from the root of the repository")
print(string.format("style: %d files, %s", looked_at,
  failures == 0 and "clean" or failures .. " findings"))
os.exit(failures == 0)
