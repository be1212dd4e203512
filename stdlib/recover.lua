-- SPDX-License-Identifier: MIT
--
-- What a host knows of a project whose state is lost: the manifest of what was put there,
-- and the files in which secrets stand.

local encode = require "encode"
local model = require "batch_model"
local random = require "random"
local script = require "batch_script"
local session = require "session"
local settings = require "settings"
local shell = require "shell"

local recover = {}

local function lines_of(text)
  local lines = {}
  for line in shell.lines(text or "") do lines[#lines + 1] = line end
  return lines
end

-- asked: { host = its attributes and name, files = paths }. Answers { manifest =
-- addresses, files = path → text }.
function recover.host(asked)
  local paths = asked.files or {}
  if settings.host_driver == "none" then
    return { manifest = model.manifest(asked.host), files = {} }
  end
  local nonce = random.hex(16)
  local parts = { "cat " .. shell.quote(script.folder() .. "/manifest") }
  for i, path in ipairs(paths) do parts[i + 1] = shell.base64_of(path) end
  local result = session.open(asked.host):run(script.probe(nonce, parts))
  local texts, files = {}, {}
  for _, part in ipairs(script.split(nonce, result.output)) do
    texts[tonumber(part.words[2]) or 0] = part.text
  end
  for i, path in ipairs(paths) do
    local packed = (texts[i + 1] or ""):gsub("%s", "")
    if packed ~= "" then files[path] = encode.base64_decode(packed) end
  end
  return { manifest = lines_of(texts[1]), files = files }
end

local function module_of(type_name)
  return type_name:find(".", 1, true) and type_name or "host." .. type_name
end

-- asked: { items = { { address, type, want }, … } }. Answers where the secrets of each
-- stand on its host: { address, at = "env.JWT_KEY", path, key or nil }.
function recover.places(asked)
  local places = {}
  for _, item in ipairs(asked.items or {}) do
    local described = require(module_of(item.type))
    local name = item.address:match("^[^/]*/(.*)$")
    local list = described.places and described.places(item.want, name)
    for _, place in ipairs(list or {}) do
      place.address = item.address
      places[#places + 1] = place
    end
  end
  return places
end

return recover
