-- SPDX-License-Identifier: MIT
--
-- Making a server. Its first host key is made here and put in by cloud-init, so that the
-- first connection is strict already; the public half is remembered durably before the
-- call, the private half is not stored at all.

local action = require "hetzner.action"
local choice = require "hetzner.server_choice"
local client = require "hetzner.client"
local encode = require "encode"
local fault = require "fault"
local json = require "json"
local labels = require "hetzner.labels"
local net = require "hetzner.server_net"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local secret = require "secret"

local create = {}

local LARGEST = 32768 -- bytes of user_data

local BOUNDARY = "pipster-user-data"

-- The key as base64 in YAML's !!binary, which has no lines to indent.
local function host_key_config(private, public)
  return "#cloud-config\nssh_deletekeys: true\nssh_keys:\n  ed25519_private: !!binary \""
    .. encode.base64(private) .. "\"\n  ed25519_public: " .. public .. "\n"
end

local function part(kind, text)
  return "--" .. BOUNDARY .. "\nContent-Type: text/" .. kind .. "; charset=\"utf-8\"\n\n"
    .. text .. "\n"
end

local function kind_of(user_data)
  if not secret.is(user_data) and user_data:find("^#!") then return "x-shellscript" end
  return "cloud-config"
end

-- The user's own data beside ours, as cloud-init takes several: a multipart message.
local function user_data(want, private, public)
  local ours = host_key_config(private, public)
  local theirs = want.user_data
  if not theirs or theirs == "" then return ours end
  return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" .. BOUNDARY
    .. "\"\n\n" .. part("cloud-config", ours) .. part(kind_of(theirs), theirs)
    .. "--" .. BOUNDARY .. "--\n"
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

local function body_of(kind, want, step, text)
  local type_name, location = choice.orderable(want, step.name)
  local firewalls = {}
  for i, id in ipairs(same.ids(want.firewalls)) do firewalls[i] = { firewall = id } end
  return {
    name = step.name, server_type = type_name, location = location, image = want.image,
    ssh_keys = json.list(same.ids(want.ssh_keys)), firewalls = json.list(firewalls),
    labels = labels.born(kind.type, step, want.labels), user_data = text,
    start_after_create = want.power ~= "off", public_net = net.to_api(want.public_net),
  }
end

local function all_actions(answer)
  local list = { answer.action }
  for _, state in ipairs(answer.next_actions or {}) do list[#list + 1] = state end
  return list
end

-- Makes it and waits until it is up; what can only be set afterwards is set by `finish`.
function create.run(kind, want, step, finish)
  local earlier = step.note and step.note.host_key
  local private, public = secret.keypair("root@" .. step.name)
  local text = user_data(want, private, public)
  check_size(text, step.name)
  step.remember { host_key = public }
  local what = "creating server " .. step.name
  local answer = client.create("/servers", "server", {
    what = what, own = observe.own(kind, step), body = body_of(kind, want, step, text),
  })
  action.wait(all_actions(answer), what)
  local server = answer.server
  local is_mine = (server.labels or {})["pipster-step"] == step.label
  finish(server, want, step)
  local now = client.get("/servers/" .. server.id).server
  return kind.found(now, {
    want = want, recorded = { host_key = is_mine and public or earlier },
  })
end

return create
