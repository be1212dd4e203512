-- SPDX-License-Identifier: MIT
--
-- Members of a JSON object in a file on a host that is others' as well, read and changed
-- there by awk, which every Debian has: all else keeps its place, its order and its
-- spaces. A path is "key" or "key/key".
local shell = require "shell"

local json = {}

-- The input is the text. $edits has a line for each edit, "set PATH VALUE", "drop PATH",
-- or "tidy PATH", which drops an object with nothing in it; without any it tells what is
-- plain of the object, and of those in it, as "PATH VALUE". What is no JSON ends with
-- status 3 and one line, "line N: why".
json.program = [==[
function refuse(why,   lines, before) {
  before = substr(text, 1, at - 1)
  lines = gsub(/\n/, "", before)
  print "line " (lines + 1) ": " why
  refused = 1
  exit 3
}

function skip() {
  while (at <= length(text) && index(" \t\r\n", substr(text, at, 1)) > 0) at++
  return substr(text, at, 1)
}

function read_string(   from, char) {
  from = at++
  while (at <= length(text)) {
    char = substr(text, at, 1)
    if (char == "\"") { at++; return substr(text, from + 1, at - from - 2) }
    if (char == "\n") break
    at += char == "\\" ? 2 : 1
  }
  refuse("a text that does not end")
}

function read_word() {
  if (!match(substr(text, at),
    /^(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null)/))
    refuse(at > length(text) ? "it ends too early" : "a value is missing")
  at += RLENGTH
  if (substr(text, at, 1) ~ /[A-Za-z0-9_.]/) refuse("a value is missing")
}

function read_list(   char) {
  at++
  if (skip() == "]") { at++; return }
  for (;;) {
    read_value("")
    char = skip()
    if (char != "," && char != "]") refuse("a , or ] is missing")
    at++
    if (char == "]") return
  }
}

function note_name(path, name, comma) {
  begins[path] = name; commas[path] = comma; values[path] = at
  delete follows[path]
}

# Notes where each member begins, its value, and the comma before it.
function read_object(path,   key, char, name, comma) {
  opened[path] = at++
  last[path] = 0
  if (skip() == "}") { at++; return }
  for (;;) {
    if (skip() != "\"") refuse("a name in \" is missing")
    name = at
    key = read_string()
    if (skip() != ":") refuse("a : is missing")
    at++
    skip()
    key = path == "" ? key : path == "?" ? "?" : path "/" key
    if (key != "?") note_name(key, name, comma)
    read_value(key)
    if (key != "?") { ends[key] = at; members[++count] = key; last[path] = at }
    comma = at
    char = skip()
    if (char == ",") { if (key != "?") follows[key] = at; comma = at }
    else if (char != "}") refuse("a , or } is missing")
    at++
    if (char == "}") return
  }
}

# "?": within a list, or too deep to have a path.
function read_value(path,   char) {
  char = skip()
  if (char == "{") read_object(path == "" || path ~ /\// ? "?" : path)
  else if (char == "[") read_list()
  else if (char == "\"") read_string()
  else read_word()
}

function read_all() {
  split("", opened); split("", last); split("", begins); split("", values)
  split("", ends); split("", commas); split("", follows); split("", members)
  count = 0
  at = 1
  if (skip() != "{") refuse("it is no object")
  read_object("")
  if (skip() != "") refuse("something behind its end")
}

function put(from, to, new) {
  text = substr(text, 1, from - 1) new substr(text, to)
  read_all()
}

function parent_of(path) {
  return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : ""
}

function set(path, value,   parent, deep, key) {
  if (path in values) { put(values[path], ends[path], value); return }
  parent = parent_of(path)
  if (!(parent in opened)) set(parent, "{}")
  deep = parent == "" ? "\n  " : "\n    "
  key = parent == "" ? path : substr(path, length(parent) + 2)
  key = deep "\"" key "\": " value
  if (last[parent] > 0) put(last[parent], last[parent], "," key)
  else put(opened[parent] + 1, opened[parent] + 1, key (parent == "" ? "\n" : "\n  "))
}

# With the comma that it does not need any more.
function drop(path) {
  if (!(path in values)) return
  if (path in follows) { at = follows[path] + 1; skip(); put(begins[path], at, "") }
  else if (commas[path] > 0) put(commas[path], ends[path], "")
  else put(opened[parent_of(path)] + 1, ends[path], "")
}

{ text = text $0 "\n" }

END {
  if (refused) exit 3
  if (text ~ /^[ \t\r\n]*$/) text = "{}\n"
  read_all()
  edits = split(ENVIRON["edits"], edit, "\n")
  for (i = 1; i <= edits; i++) {
    split(edit[i], word, " ")
    if (word[1] == "set") set(word[2], substr(edit[i], length(word[2]) + 6))
    else if (word[1] == "drop") drop(word[2])
    else if (word[1] == "tidy" && word[2] in opened && last[word[2]] == 0) drop(word[2])
  }
  if (edits > 0) { printf "%s", text; exit 0 }
  for (i = 1; i <= count; i++) {
    value = substr(text, values[members[i]], ends[members[i]] - values[members[i]])
    if (value !~ /^[{[]/) print members[i], value
  }
}
]==]

-- The shell function json, a filter: edits=… json < FILE.
function json.filter()
  return "json() { awk " .. shell.quote(json.program) .. "; }\n"
end

-- Lines for $edits; values: list of { path, value }, where nil drops. Numbers become
-- texts, as the options of Docker's log drivers have to be.
function json.edits(values)
  local lines = {}
  for index, pair in ipairs(values) do
    local path, value = pair[1], pair[2]
    if value == nil then
      lines[index] = "drop " .. path
    elseif type(value) == "boolean" then
      lines[index] = "set " .. path .. " " .. tostring(value)
    else
      lines[index] = "set " .. path .. " \"" .. tostring(value) .. "\""
    end
  end
  return table.concat(lines, "\n")
end

return json
