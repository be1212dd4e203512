-- SPDX-License-Identifier: MIT
-- A thing with another path: what is at the old one is found as long as it is there.
local function shell(script)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local pipe = io.popen("sh " .. path .. " 2>&1")
  local output = pipe:read "a"
  pipe:close()
  os.remove(path)
  return { status = 0, output = output, errors = "" }
end

local function write(path, content)
  local file = assert(io.open(path, "w"))
  file:write(content)
  file:close()
end

-- The path under which the file was found.
local function found(name, recorded, want)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install {
    settings = { project_id = "p", ssh = {}, endpoints = {}, host_driver = "own" },
    run = shell,
  }
  local kind = fakes.type(name)
  local result = require("batch").observe({ name = "app", address = "192.0.2.1" }, {
    { type = kind, address = "app:" .. name .. "/x", name = "x", want = want,
      recorded = recorded },
  })[1]
  return result and result.path
end

local function file(path) return { path = path, content = "x", mode = "0644" } end

return {
  { what = "a file at another path", run = function(_, steps)
    local old, new = os.tmpname(), os.tmpname()
    write(old, "x")
    os.remove(new)
    steps.same("the old one is there", old, found("file", file(old), file(new)))
    write(new, "x")
    steps.same("both are there", old, found("file", file(old), file(new)))
    os.remove(old)
    steps.same("the new one is there", new, found("file", file(old), file(new)))
    steps.same("nothing moved", new, found("file", file(new), file(new)))
    os.remove(new)
    steps.same("none is there", nil, found("file", file(old), file(new)))
  end },
}
