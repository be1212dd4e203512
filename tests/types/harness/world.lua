-- SPDX-License-Identifier: MIT
--
-- What one case runs in: the stand-in, time, settings, what is recorded, and the few
-- steps of the engine that types are made for (observe, diff, preview, apply).

local http = require "tests.types.harness.http"
local modules = require "tests.types.harness.modules"
local tasks = require "tests.types.harness.tasks"

local world = {}
world.__index = world

local PROJECT = "p1a2b3"

-- The path below which the API of a vendor is.
local prefixes = {
  hetzner = "/v1", uptimerobot = "/v3", betterstack = "/api/v2",
  stripe = "/v1",
}

local function settings(given, vendor)
  local all = {
    project = "test", project_id = PROJECT, lab = true, run = 1, inputs = {},
    host_driver = "none", ssh = { identities = {} },
    endpoints = { lab = "http://lab/_lab", storage = "http://lab/storage/v1" },
  }
  all.endpoints[vendor] = "http://lab" .. prefixes[vendor]
  for key, value in pairs(given or {}) do all[key] = value end
  return all
end

-- case.vendor: whose stand-in it is; default: hetzner.
function world.new(case)
  local vendor = case.vendor or "hetzner"
  local made = setmetatable({
    prefix = prefixes[vendor],
    time = 1790000000, cache = {}, calls = {}, declared = {}, records = {}, steps = 0,
    token = ("T"):rep(64), settings = settings(case.settings, vendor), notes = {},
    lines = {}, sleep = tasks.sleep,
  }, world)
  modules.install(made, http.new(made))
  local options = { path = vendor ~= "hetzner" and made.prefix or nil }
  for name, value in pairs(case.lab or {}) do options[name] = value end
  made.lab = require("lab." .. vendor).new(options)
  return made
end

local function base_of(self, path)
  if path:find("^/_lab") then return "" end
  return path:find("^/storage_box") and "/storage/v1" or self.prefix
end

-- A call by hand, as a person with a browser would make it.
function world:call(method, path, body)
  local json = require "json"
  local token = { Authorization = "Bearer " .. self.token }
  local plain, query = path:match("^([^?]*)%??(.*)$")
  local list = {}
  for name, value in query:gmatch("([^&=]+)=([^&]*)") do
    list[#list + 1] = { name = name, value = value }
  end
  local reply = self.lab:handle {
    method = method, path = base_of(self, plain) .. plain,
    query = list,
    headers = token,
    body = body and (type(body) == "string" and body or json.encode(body)),
  }
  if reply.json then reply.json = json.decode(json.encode(reply.json)) end
  return reply
end

function world.kind(_, name)
  return require(name)
end

-- The id of what is recorded: world:id "hetzner.server/app".
function world:id(address)
  local record = self.records[address]
  return record and record.id or error("nothing recorded at " .. address)
end

function world:found(address) return self.records[address] end

local function deep(value)
  if type(value) ~= "table" or getmetatable(value) and modules.reveal(value) ~= value then
    return value
  end
  local copy = {}
  for key, item in pairs(value) do copy[key] = deep(item) end
  return setmetatable(copy, getmetatable(value))
end

-- Defaults, kinds of names, what is required.
function world.check(_, kind, declared, called)
  local want = kind.shorthand and kind.shorthand(deep(declared), called) or deep(declared)
  for name in pairs(want) do
    local attribute = kind.attributes[name]
    if not attribute or attribute.computed then
      error(kind.name .. " has no " .. name, 0)
    end
  end
  for name, attribute in pairs(kind.attributes) do
    if want[name] == nil then want[name] = deep(attribute.default) end
    if attribute.required and want[name] == nil then error(name .. " is required", 0) end
  end
  return want
end

function world.equal(left, right)
  left, right = modules.reveal(left), modules.reveal(right)
  if type(left) ~= "table" or type(right) ~= "table" then return left == right end
  for key, value in pairs(left) do
    if not world.equal(value, right[key]) then return false end
  end
  for key in pairs(right) do
    if left[key] == nil then return false end
  end
  return true
end

local function is_among(want, found)
  if type(want) ~= "table" then return want == found end
  for _, value in ipairs(want) do
    if value == found then return true end
  end
  return false
end

local function differs(attribute, want, found)
  if attribute.kind == "choice" then return not is_among(want, found) end
  return not world.equal(want, found)
end

-- Names of the attributes that differ, whether one of them is fixed, and what was
-- otherwise at birth. What the world does not show of a secret, the record does.
function world.diff(kind, want, found, recorded)
  local fields, replace, births = {}, false, {}
  for name, attribute in pairs(kind.attributes) do
    local ignored = attribute.computed or attribute["local"] or want[name] == nil
    local seen = found[name]
    if seen == nil and attribute.secret then seen = (recorded or {})[name] end
    if not ignored and differs(attribute, want[name], seen) then
      local list = attribute.birth and births or fields
      list[#list + 1] = name
      replace = replace or attribute.fixed == true
    end
  end
  table.sort(fields)
  return fields, replace, births
end

local function add_preview(kind, change)
  local is = change.want or change.have
  change.preview = kind.preview and is and kind.preview(change) or {}
  change.want = change.preview.want or change.want
  if change.preview.replace_because then change.action = "replace" end
  change.prices = kind.price and change.want and kind.price(change.want) or {}
end

-- { action, have, want, fields, preview }
function world:plan(kind, name, declared)
  local address = kind.name .. "/" .. name
  local want = declared and self:check(kind, declared, name)
  local item = {
    address = address, name = name, want = want, recorded = self.records[address],
    open = self.notes[address] and { note = self.notes[address] },
  }
  local have = kind.observe({ item })[1]
  local change = { have = have, want = want, fields = {}, name = name, address = address }
  if not want then
    change.action = have and "delete" or "none"
  elseif not have then
    change.action = "create"
  else
    local replace
    change.fields, replace, change.births = world.diff(kind, want, have,
      self.records[address])
    change.action = replace and "replace" or #change.fields > 0 and "update" or "none"
  end
  add_preview(kind, change)
  return change
end

function world:step(change)
  self.steps = self.steps + 1
  return {
    id = self.steps, label = "r1s" .. self.steps, address = change.address,
    name = change.name, note = self.notes[change.address],
    remember = function(note) self.notes[change.address] = note end,
    line = function(text) self.lines[#self.lines + 1] = text end,
  }
end

local function with_secrets(kind, want, found)
  for name, attribute in pairs(kind.attributes) do
    local given = attribute.secret and want and want[name]
    if given and found[name] == nil then found[name] = given end
  end
  return found
end

function world:apply(kind, change)
  local step, address = self:step(change), change.address
  if change.action == "delete" or change.action == "replace" then
    kind.delete(change.have, step)
    self.records[address] = nil
  end
  if change.action == "create" or change.action == "replace" then
    self.records[address] = kind.create(change.want, step)
  elseif change.action == "update" then
    self.records[address] = kind.update(change.have, change.want, step, change.fields)
  elseif change.action == "none" then
    self.records[address] = change.have
  end
  local found = self.records[address]
  if found then with_secrets(kind, change.want, found) end
  self.notes[address] = nil
end

function world:requests_executed()
  local list = {}
  for _, line in ipairs(self.lab.requests) do
    if line.executed then
      list[#list + 1] = line.method .. " "
        .. line.path:gsub("^/storage/v1", self.prefix):sub(#self.prefix + 1)
          :gsub("/%d+", "/ID")
    end
  end
  return list
end

return world
