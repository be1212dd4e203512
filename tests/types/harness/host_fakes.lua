-- SPDX-License-Identifier: MIT
--
-- What the runtime gives the stdlib, for plain Lua: just enough of it for the types that
-- live on a host. install(world) puts it behind require; world.settings,
-- world.run(script) → {status, output, errors} and world.http(request) are the caller's.
local bytes = require "tests.types.harness.host_bytes"

local fakes = {}

local boxes = {}
function boxes.__concat(left, right)
  local either = getmetatable(left) == boxes and left or right
  local function text(part) return getmetatable(part) == boxes and part.text
    or tostring(part) end
  return fakes.box(either.kind, text(left) .. text(right))
end
function boxes.__tostring(box) return "(" .. box.kind .. ")" end
for _, event in ipairs { "__len", "__lt", "__le", "__add", "__call" } do
  boxes[event] = function(box) error("cannot be used on a " .. tostring(box)) end
end

-- kind: "secret", "unknown" or "reference".
function fakes.box(kind, text)
  return setmetatable({ kind = kind, text = text or "" }, boxes)
end

function fakes.kind(value)
  return getmetatable(value) == boxes and value.kind or nil
end

-- In the runtime they are userdata.
local real_type = type
local function type_of(value)
  return getmetatable(value) == boxes and "userdata" or real_type(value)
end

local function plain(value)
  return getmetatable(value) == boxes and value.text or tostring(value)
end
fakes.plain = plain

local function fault_module()
  local faults = {}
  faults.__index = faults
  function faults.__tostring(raised) return raised.what .. (raised.why and ": "
    .. raised.why or "") end
  local fault = {}
  function fault.new(what, more)
    local made = setmetatable({ what = what, kind = "error" }, faults)
    for key, value in pairs(more or {}) do made[key] = value end
    return made
  end
  function fault.is(value) return getmetatable(value) == faults end
  return setmetatable(fault, { __call = function(_, what, more) error(fault.new(what,
    more), 0) end })
end

local function encoded(value)
  local text = bytes.base64(plain(value))
  return fakes.kind(value) and fakes.box(value.kind, text) or text
end

-- As runtime/value/escape.c does it.
local ways = {
  none = function(text) return text end,
  shell = function(text) return "'" .. text:gsub("'", "'\\''") .. "'" end,
  json = function(text) return "\"" .. text:gsub("[\"\\]", "\\%0"):gsub("\n", "\\n")
    .. "\"" end,
  html = function(text) return (text:gsub("&", "&amp;"):gsub("<", "&lt;")) end,
}

local function escaped(how, value)
  local text = ways[how](plain(value))
  return fakes.kind(value) and fakes.box(value.kind, text) or text
end

-- world.files: path in the project → content.
local function project_of(world)
  local function read(path)
    return (world.files or {})[path] or error("no file " .. path, 0)
  end
  return { read = read, path = world.path or function(path) return path end,
    digest = function(path) return bytes.sha256(read(path)), #read(path) end }
end

local function session_of(world)
  local session = {}
  function session.run(_, script, options)
    local result = world.run(plain(script), options or {})
    if options and options.line then
      for line in result.output:gmatch("([^\n]*)\n") do options.line(line) end
    end
    if result.lost then error(require "fault".new("lost", { kind = "unreachable" }),
      0) end
    return result
  end
  session.login = "root"
  function session.upload(_, options) return world.upload(options) end
  function session.alive() return true end
  function session.close() end
  return session
end

-- What the binary holds, from its source.
local function embedded(path)
  local file = assert(io.open("stdlib/" .. path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function modules(world)
  local count = 0
  return {
    fault = fault_module(),
    settings = world.settings,
    secret = { is = function(value) return fakes.kind(value) == "secret" end },
    unknown = { is = function(value) return fakes.kind(value) == "unknown" end },
    handle = { is = function(value) return type(value) == "table"
      and value.is_handle == true end },
    digest = { sha256 = function(value) return bytes.sha256(plain(value)) end,
      file = function(path) return world.digest(path) end },
    encode = { base64 = encoded, base64_decode = bytes.from_base64, escape = escaped },
    project = project_of(world), embedded = { read = embedded },
    random = { hex = function(length)
      count = count + 1
      return ("%08x"):format(count):rep(length):sub(1, 2 * length)
    end },
    clock = { now = world.now or os.time,
      text = function(at) return os.date("!%Y-%m-%dT%H:%M:%SZ", at) end,
      sleep = function(seconds) os.execute("sleep " .. seconds) end },
    crash = world.crash or function() end,
    ssh = { connect = function() return session_of(world) end },
    http = { request = function(request) return world.http(request) end },
    dns_lookup = { lookup = function(...) return world.dns(...) end },
    tcp = { connect = function(...) return world.tcp(...) end },
    json = { decode = function(text) return world.decode(text) end },
    log = { debug = function() end },
  }
end

-- Forgets the stdlib as well, so that every world is a fresh one.
function fakes.install(world)
  fakes.standard = fakes.standard or {}
  if not next(fakes.standard) then
    for name in pairs(package.loaded) do fakes.standard[name] = true end
  end
  for name in pairs(package.loaded) do
    if not fakes.standard[name] then package.loaded[name] = nil end
  end
  rawset(_G, "type", type_of)
  for name, module in pairs(modules(world)) do package.loaded[name] = module end
end

-- stdlib/host/NAME.lua, stdlib/NS/KIND.lua.
function fakes.type(name)
  return require((name:find(".", 1, true) and name or name == "manual" and "check.manual"
    or "host." .. name):gsub("%.", "/") .. "")
end

return fakes
