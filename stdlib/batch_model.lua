-- SPDX-License-Identifier: MIT
--
-- The hosts of the lab's driver "none": nothing is reached; what a playbook puts on one
-- is kept by the stand-in as a model (wanted becomes found), step by step. Secrets leave
-- as digests only.
local crash = require "crash"
local digest = require "digest"
local fault = require "fault"
local http = require "http"
local secret = require "secret"
local settings = require "settings"

local model = {}

local function url_of(host)
  return settings.endpoints.lab .. "/model/" .. host.address
end

local function read(host)
  local reply = http.request { method = "GET", url = url_of(host) }
  if reply.status == 200 then return reply.json or {} end
  return fault("the lab has no model of host/" .. host.name, {
    why = "it answered " .. reply.status, kind = "unreachable",
      next = "pipster lab status",
  })
end

local function write(host, kept)
  local reply = http.request { method = "POST", url = url_of(host), json = kept }
  if reply.status ~= 200 then
    fault("the lab did not keep the model of host/" .. host.name, { why = reply.body })
  end
end

local function sealed(value)
  if secret.is(value) then return { ["sha256"] = digest.sha256(value) } end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[key] = sealed(item) end
  return copy
end

-- What was kept, with a wanted secret put back where its digest is the same.
local function opened(kept, wanted)
  if secret.is(wanted) and type(kept) == "table"
    and kept.sha256 == digest.sha256(wanted) then
    return wanted
  end
  if type(kept) ~= "table" then return kept end
  -- As a host tells of a file what is not to be shown.
  if kept.sha256 and next(kept, next(kept)) == nil then
    return "sha256:" .. kept.sha256
  end
  local copy = {}
  for key, item in pairs(kept) do
    copy[key] = opened(item, type(wanted) == "table" and wanted[key] or nil)
  end
  return copy
end

-- What the world would give.
local function grown(step)
  local found = {}
  for name, value in pairs(step.want) do found[name] = value end
  for name, attribute in pairs(step.type.attributes) do
    local given = attribute.computed or attribute.optional_computed
    if given and found[name] == nil
      and attribute.kind == "string" then found[name] = "model" end
  end
  return found
end

-- The address under which a thing is kept: another one when its host was renamed since,
-- as a real host's things lie where they are, whatever we call it.
local function key_of(kept, address)
  if kept[address] then return address end
  local place = address:match("^[^:/]+(:.*)$")
  for known in pairs(kept) do
    local there = known:match("^[^:/]+(:.*)$")
    if there == place and (place or known:find("^host/")) then return known end
  end
  return address
end

function model.observe(host, items, in_run)
  local kept, results = read(host).items or {}, {}
  for index, item in ipairs(items) do
    local ask = item.type.undecided
    local hidden = ask and item.want and not in_run and ask(item.want)
    local found = not hidden and kept[key_of(kept, item.address)]
    results[index] = found and opened(found, item.want) or nil
  end
  return results
end

-- Everything that is done gets a number, so that a test sees what came after what.
local function number(kept, list, name)
  kept.done = (kept.done or 0) + 1
  kept[list] = kept[list] or {}
  kept[list][name] = kept.done
end

-- What was put there, as the manifest of a real host lists it.
function model.manifest(host)
  local list = {}
  for address in pairs(read(host).items or {}) do
    if not address:find("^host/") then list[#list + 1] = address end
  end
  table.sort(list)
  return list
end

-- Keeps the attributes of one thing; nil forgets them. Answers what was kept before.
function model.keep(host, address, attributes)
  local kept = read(host)
  number(kept, "at", address)
  kept.items = kept.items or {}
  local key = key_of(kept.items, address)
  local had = kept.items[key]
  kept.items[key] = nil
  kept.items[address] = attributes and sealed(attributes) or nil
  write(host, kept)
  return had
end

local function handle(host, handler)
  local kept = read(host)
  number(kept, "ran", handler.name)
  write(host, kept)
end

-- steps as batch.apply has them; answers as it does.
function model.apply(host, steps, handlers)
  local results, ran = {}, {}
  crash("host-script")
  for index, step in ipairs(steps) do
    step.begin()
    crash("host-begin")
    local found = step.want and grown(step)
    local had = model.keep(host, step.address, found)
    crash("host-step")
    local needless = step.type.undecided and step.want and had ~= nil
    results[index] = { outcome = "done", found = found, changed = not needless }
    step.ended(results[index])
  end
  for index, handler in ipairs(handlers) do
    crash("handler-before")
    handle(host, handler)
    ran[index] = { done = true }
  end
  crash("host-answered")
  return results, ran
end

return model
