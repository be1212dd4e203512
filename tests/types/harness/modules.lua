-- SPDX-License-Identifier: MIT
--
-- The C modules of the stdlib, in memory: time that only moves when somebody waits, HTTP
-- that ends in the stand-in, secrets that do not print. modules.install(world) puts them
-- behind require; every case gets fresh ones.

local json = require "tests.types.harness.json"

local modules = {}

local faults = {}

local function make_fault()
  local fault = {}
  function fault.is(value) return getmetatable(value) == faults end
  return setmetatable(fault, { __call = function(_, what, more)
    local raised = { what = what, kind = "error" }
    for key, value in pairs(more or {}) do raised[key] = value end
    error(setmetatable(raised, faults), 0)
  end })
end

faults.__tostring = function(raised)
  return raised.what .. (raised.why and " because " .. raised.why or "")
end

local revealed = setmetatable({}, { __mode = "k" })
local secrets = { __tostring = function() return "(secret)" end }
local function new_secret(text)
  local box = setmetatable({}, secrets)
  revealed[box] = text
  return box
end
secrets.__concat = function(left, right)
  return new_secret((revealed[left] or left) .. (revealed[right] or right))
end
json.reveal = function(value) return revealed[value] end
modules.reveal = function(value) return revealed[value] or value end
modules.secret = new_secret

local function base64(text)
  local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  return (text:gsub("..?.?", function(part)
    local a, b, c = part:byte(1, 3)
    local bits, out = (a << 16) | ((b or 0) << 8) | (c or 0), ""
    for i = 0, 3 do
      local at = (bits >> (18 - 6 * i)) & 63
      out = out .. (i <= #part and letters:sub(at + 1, at + 1) or "=")
    end
    return out
  end))
end

local function from_base64(text)
  local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local bits, count, out = 0, 0, {}
  for char in text:gmatch("[%w+/]") do
    bits, count = (bits << 6) | (letters:find(char, 1, true) - 1), count + 6
    if count >= 8 then
      count = count - 8
      out[#out + 1] = string.char((bits >> count) & 255)
    end
  end
  return table.concat(out)
end
modules.from_base64 = from_base64

local function encode_module()
  return {
    base64 = function(value)
      local text = base64(revealed[value] or value)
      return revealed[value] and new_secret(text) or text
    end,
    base64_decode = from_base64,
    url = function(text)
      return (text:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end))
    end,
  }
end

local function secret_module()
  local made = 0
  return {
    is = function(value) return revealed[value] ~= nil end,
    length = function(value) return #revealed[value] end,
    declare = function(name, options)
      return new_secret((name .. ("0"):rep(options.length)):sub(1, options.length))
    end,
    keypair = function(comment)
      made = made + 1
      return new_secret("-----BEGIN OPENSSH PRIVATE KEY-----\ncanary" .. made .. "\n"),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" .. ("%08d"):format(made) .. " " .. comment
    end,
  }
end

local function clock_module(world)
  return {
    now = function() return math.floor(world.time) end,
    ms = function() return math.floor(world.time * 1000) end,
    text = function(unix) return os.date("!%Y-%m-%dT%H:%M:%SZ", unix) end,
    sleep = function(seconds) world.sleep(seconds) end,
  }
end

local function random_module()
  local state = 1
  return { hex = function(count)
    state = (state * 6364136223846793005 + 1442695040888963407)
    return ("%016x"):format(state):rep(count):sub(1, count * 2)
  end }
end

local function cache_module(world)
  local read_at = {}
  return {
    get = function(key)
      return world.cache[key], world.cache[key] and (read_at[key] or 0)
    end,
    put = function(key, text)
      world.cache[key], read_at[key] = text, math.floor(world.time)
    end,
  }
end

-- Everything that `require` finds for one case.
function modules.install(world, http)
  world.unknown = world.unknown
    or setmetatable({}, { __tostring = function() return "?" end })
  local given = {
    fault = make_fault(), json = json, http = http, clock = clock_module(world),
    encode = encode_module(), secret = secret_module(), random = random_module(),
    cache = cache_module(world), settings = world.settings,
    unknown = { is = function(value) return value == world.unknown end },
    embedded = { read = function(path)
      local file = assert(io.open("stdlib/" .. path, "rb"))
      local text = file:read("a")
      file:close()
      return text
    end },
    digest = { sha256 = function(value) return "sha256 of "
      .. #(revealed[value] or value) end },
    log = { debug = function() end }, crash = function() end,
    handle = { name = function(handle) return handle.handle_name end },
    ssh = {}, dns_lookup = {}, tcp = {}, process = {}, serve = {},
    tell = function() end,
  }
  for name, module in pairs(given) do package.loaded[name] = module end
  package.loaded.money = require "tests.types.harness.money"
  -- The one word that the stdlib has beyond modules.
  _G.declare = function(kind, name, attributes)
    local declared = { kind = kind, name = name, attributes = attributes }
    world.declared[#world.declared + 1] = declared
    return declared
  end
  return given
end

-- Forgets what a case loaded.
function modules.clear(own)
  for name in pairs(package.loaded) do
    if not own[name] then package.loaded[name] = nil end
  end
end

return modules
