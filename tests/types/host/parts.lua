-- SPDX-License-Identifier: MIT
-- Lines, blocks and links by a real sh, on files of this machine: whatever is in them.
local function load(name)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return fakes.type(name), require "tests.types.harness.host_wanted"
end

local function sh(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write("folder=$(mktemp -d); mkdir \"$folder/written\"\n", script,
    "\nrm -rf \"$folder\"\n")
  file:close()
  local pipe = io.popen("LC_ALL=C sh " .. path .. " 2>&1")
  local output = pipe:read "a"
  pipe:close()
  os.remove(path)
  return output
end

local function put(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
end

local function get(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read "a"
  file:close()
  return content
end

local function script_of(kind, have, want, name)
  local lines = {}
  for index, command in ipairs(kind.commands(have, want, { name = name })) do
    lines[index] = "( " .. command[2] .. "\n)"
  end
  return table.concat(lines, "\n")
end

local function seen(kind, want, recorded, name)
  local item = { name = name, want = want, recorded = recorded }
  return kind.read({ item }, sh(kind.probe({ item }, {})))[1]
end

local letters = { "a", "'", "\"", "\\", "$x", "`id`", " ", "\t", "ü", "*", "[", "%s",
  "-n", "#", "&", "/", "\xff", ";", "!", "~" }

local function noise(length)
  local parts = {}
  for index = 1, length do parts[index] = letters[math.random(#letters)] end
  return table.concat(parts)
end

return {
  { what = "a line of any kind arrives, and goes again", run = function(_, steps)
    math.randomseed(11)
    local kind, wanted = load "line"
    local path = os.tmpname()
    for length = 1, 60 do
      local before = noise(length) .. "x\n" .. noise(3) .. "y\n"
      put(path, before)
      local want = wanted.declare(kind, { path = path, line = "=" .. noise(length) }, "n")
      steps.same("not there", nil, seen(kind, want))
      steps.same("said", "", sh(script_of(kind, nil, want)))
      steps.same("content", before .. want.line .. "\n", get(path))
      steps.same("seen", want.line, seen(kind, want).line)
      steps.same("said", "", sh(script_of(kind, seen(kind, nil, want), nil)))
      steps.same("content", before, get(path))
    end
    os.remove(path)
  end },
  { what = "a block of any kind arrives, and is changed", run = function(_, steps)
    math.randomseed(12)
    local kind, wanted = load "block"
    local path = os.tmpname()
    for length = 1, 60 do
      local name, before = noise(3), noise(length) .. "x\ny\n"
      put(path, before)
      local content = noise(length) .. "\n\n" .. noise(2) .. "e"
      local want = wanted.declare(kind, { path = path, content = content }, name)
      steps.same("not there", nil, seen(kind, want, nil, name))
      steps.same("said", "", sh(script_of(kind, nil, want, name)))
      steps.same("content", before .. "# BEGIN pipster " .. name .. "\n" .. content
        .. "\n# END pipster " .. name .. "\n", get(path))
      steps.same("seen", content, seen(kind, want, nil, name).content)
      want.content = "other"
      steps.same("found", content, seen(kind, want, nil, name).content)
      steps.same("said", "", sh(script_of(kind, want, want, name)))
      steps.same("content", before .. "# BEGIN pipster " .. name .. "\nother\n# END"
        .. " pipster " .. name .. "\n", get(path))
    end
    os.remove(path)
  end },
  { what = "a link tells what stands in its place", run = function(_, steps)
    local kind, wanted = load "link"
    local path = os.tmpname()
    local want = wanted.declare(kind, { path = path, target = "a '$b\n c" }, path)
    steps.same("instead", "file", seen(kind, want).instead)
    local warnings = kind.preview({ have = seen(kind, want), want = want }).warnings
    assert(warnings[1]:find("is not taken away"), warnings[1])
    os.remove(path)
    steps.same("said", "", sh(script_of(kind, nil, want)))
    local found = seen(kind, want)
    steps.same("target", want.target, found.target)
    steps.same("dangling", true, found.dangling)
    found = seen(kind, nil, { path = path, target = "other" })
    steps.same("edited", path, found.edited)
    assert(sh(script_of(kind, { path = path, target = "other" }, nil)):find("it stays"))
    steps.same("said", "", sh(script_of(kind, want, nil)))
    steps.same("gone", nil, seen(kind, want))
  end },
}
