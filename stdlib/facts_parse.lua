-- SPDX-License-Identifier: MIT
--
-- The answer of facts.lua's script as a table. Pure; a part that is missing or strange
-- leaves its fact out.
local json = require "json"

local parse = {}

local function lines(text)
  return (text or ""):gmatch("[^\n]+")
end

local function word(text)
  return (text or ""):match("^%s*(%S+)")
end

local function os_of(text)
  local named = {}
  for line in lines(text) do
    local key, value = line:match('^([A-Z_]+)="?(.-)"?$')
    if key then named[key] = value end
  end
  return { id = named.ID, version = named.VERSION_ID, name = named.PRETTY_NAME,
    codename = named.VERSION_CODENAME }
end

local function cpu_of(text)
  local cpu = { count = 0 }
  for line in lines(text) do
    if line:find("^processor%s*:") then cpu.count = cpu.count + 1 end
    cpu.model = cpu.model or line:match("^model name%s*:%s*(.-)%s*$")
  end
  return cpu
end

local memory_names = { MemTotal = "total", MemAvailable = "available",
  SwapTotal = "swap_total", SwapFree = "swap_free" }

local function memory_of(text)
  local memory = {}
  for line in lines(text) do
    local key, amount = line:match("^(%w+):%s*(%d+) kB")
    local name = memory_names[key]
    if name then memory[name] = math.tointeger(amount) * 1024 end
  end
  return memory
end

local passing = { tmpfs = true, devtmpfs = true, squashfs = true, proc = true }

local function disks_of(text)
  local disks = {}
  for line in lines(text) do
    local device, kind, size, used, left, mount =
      line:match("^(%S+)%s+(%S+)%s+(%d+)%s+(%d+)%s+(%d+)%s+%S+%s+(/.*)$")
    if device and not passing[kind] then
      disks[#disks + 1] = { device = device, type = kind, mount = mount,
        size = math.tointeger(size) * 1024, used = math.tointeger(used) * 1024,
        available = math.tointeger(left) * 1024 }
    end
  end
  return disks
end

local function addresses_of(text)
  local addresses = {}
  for line in lines(text) do
    local interface, family, address = line:match("^%d+:%s+(%S+)%s+(inet6?)%s+(%S+)")
    if interface and interface ~= "lo" and not line:find("scope link") then
      addresses[#addresses + 1] = { interface = interface, address = address,
        family = family == "inet6" and "ipv6" or "ipv4" }
    end
  end
  return addresses
end

local function dotted(hex)
  if #hex ~= 8 then return hex:find("^0+$") and "[::]" or "[" .. hex:lower() .. "]" end
  local parts = {}
  for pair in hex:gmatch("%x%x") do table.insert(parts, 1, tonumber(pair, 16)) end
  return table.concat(parts, ".")
end

-- A line of ss, or of /proc/net where there is no ss: 0A is a listener, 07 a bound
-- socket.
local function port_of(line)
  local protocol, address, port, rest =
    line:match("^(%a+)%s+%u+%s+%d+%s+%d+%s+(%S+):(%d+)%s+%S+(.*)$")
  if protocol then
    return { protocol = protocol, address = address, port = math.tointeger(port),
      process = rest:match('"([^"]+)"') }
  end
  local kind, hex, number, state = line:match("^(%a+)%s+%d+: (%x+):(%x+) %S+ (%x%x)")
  if kind and (kind == "tcp" and state == "0A" or kind == "udp" and state == "07") then
    return { protocol = kind, address = dotted(hex), port = tonumber(number, 16) }
  end
end

local function ports_of(text)
  local ports = {}
  for line in lines(text) do ports[#ports + 1] = port_of(line) end
  table.sort(ports, function(a, b)
    if a.port ~= b.port then return a.port < b.port end
    if a.protocol ~= b.protocol then return a.protocol < b.protocol end
    return a.address < b.address
  end)
  return ports
end

local function words_of(text)
  local words = {}
  for line in lines(text) do words[#words + 1] = word(line) end
  return words
end

local function age_of(stamps, now)
  local newest
  for stamp in lines(stamps) do
    newest = math.max(newest or 0, math.tointeger(stamp) or 0)
  end
  return newest and now and math.max(0, now - newest) or nil
end

local function docker_of(text)
  local version, running = (text or ""):match("^(%d%S*) (%d+)")
  return version and { version = version, running = math.tointeger(running) } or nil
end

local function split(output)
  local parts, name, from = {}, nil, nil
  local text = "\n" .. output
  for first, mark, last in text:gmatch("()\n@FACT (%S+)\n()") do
    if name then parts[name] = text:sub(from, first - 1) end
    name, from = mark, last
  end
  return parts
end

local function list(items)
  return json.list(items)
end

local function machine(part, found)
  found.os = os_of(part.os)
  found.kernel = word(part.kernel)
  found.architecture = word(part.architecture)
  found.hostname = word(part.hostname)
  found.init = word(part.init)
  found.machine_id = word(part.machine_id)
  found.timezone = (word(part.timezone) or ""):gsub("^.*/zoneinfo/", "")
end

-- output: of facts.lua's script.
function parse.all(output)
  local part, found = split(output), {}
  local reboot = words_of(part.reboot)
  machine(part, found)
  found.boot_id = word(part.boot_id)
  found.uptime_s = math.tointeger((part.uptime or ""):match("^%s*(%d+)"))
  found.load_1m = tonumber(word(part.load))
  found.cpu, found.memory = cpu_of(part.cpu), memory_of(part.memory)
  found.disks = list(disks_of(part.disks))
  found.addresses = list(addresses_of(part.addresses))
  found.reboot_required = table.remove(reboot, 1) ~= nil
  found.reboot_packages = list(reboot)
  found.packages = { installed = math.tointeger(word(part.packages) or ""),
    lists_age_s = age_of(part.lists, math.tointeger(word(part.now) or "")) }
  found.ports = list(ports_of(part.ports))
  found.failed_units = list(words_of(part.failed))
  found.docker = docker_of(part.docker)
  return found
end

return parse
