-- SPDX-License-Identifier: MIT
--
-- What a server is given for its first boot, and for the first after a rebuild: a host
-- key made here, so that the first connection is strict already, and the user's own data
-- beside it. The private half is not stored at all.

local encode = require "encode"
local fault = require "fault"
local secret = require "secret"

local first_boot = {}

local LARGEST = 32768 -- bytes of user_data

local BOUNDARY = "pipster-user-data"

-- Secrets are joined two by two: Lua 5.4.4 may lose an operand of a longer chain.
local function join(parts)
  local whole = ""
  for _, part in ipairs(parts) do whole = whole .. part end
  return whole
end

-- The key as base64 in YAML's !!binary, which has no lines to indent.
local function host_key_config(private, public)
  return join {
    "#cloud-config\nssh_deletekeys: true\nssh_keys:\n  ed25519_private: !!binary \"",
    encode.base64(private), "\"\n  ed25519_public: ", public, "\n",
  }
end

local function part(kind, text)
  local head = "--" .. BOUNDARY .. "\nContent-Type: text/" .. kind
  return join { head, "; charset=\"utf-8\"\n\n", text, "\n" }
end

local function kind_of(user_data)
  if not secret.is(user_data) and user_data:find("^#!") then return "x-shellscript" end
  return "cloud-config"
end

-- The user's own data beside ours, as cloud-init takes several: a multipart message.
local function user_data(theirs, private, public)
  local ours = host_key_config(private, public)
  if not theirs or theirs == "" then return ours end
  return join {
    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"", BOUNDARY, "\"\n\n",
    part("cloud-config", ours), part(kind_of(theirs), theirs), "--", BOUNDARY, "--\n",
  }
end

local function check_size(text, name)
  local size = secret.is(text) and secret.length(text) or #text
  if size > LARGEST then
    fault("user_data of hetzner.server/" .. name .. " is too long", {
      why = ("%d bytes with the host key; the API takes %d"):format(size, LARGEST),
      next = "put it into files on the host instead",
    })
  end
end

-- The data, and the public half of the key that is in it.
function first_boot.make(want, name)
  local private, public = secret.keypair("root@" .. name)
  local text = user_data(want.user_data, private, public)
  check_size(text, name)
  return text, public
end

return first_boot
