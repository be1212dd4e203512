-- SPDX-License-Identifier: MIT
--
-- Making a server. Its first host key is made here and put in by cloud-init, so that the
-- first connection is strict already; the public half is remembered durably before the
-- call, the private half is not stored at all.

local action = require "hetzner.action"
local choice = require "hetzner.server_choice"
local client = require "hetzner.client"
local first_boot = require "hetzner.first_boot"
local json = require "json"
local labels = require "hetzner.labels"
local net = require "hetzner.server_net"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local wait = require "wait"

local create = {}

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

-- One that was found, since the answer was lost, may still be in the making: no action is
-- known to wait for, and until it has ended the server is locked.
local function until_made(id, what)
  wait.until_true {
    what = what, within = 600, every = 0.25, most = 5,
    next = "look at the server in the Hetzner console, then run again",
    check = function()
      local status = client.get("/servers/" .. id, nil, what).server.status
      return status == "running" or status == "off"
    end,
  }
end

-- Makes it and waits until it is up; what can only be set afterwards is set by `finish`.
function create.run(kind, want, step, finish)
  local earlier = step.note and step.note.host_key
  local text, public = first_boot.make(want, step.name)
  step.remember { host_key = public }
  local what = "creating server " .. step.name
  local answer = client.create("/servers", "server", {
    what = what, own = observe.own(kind, step), body = body_of(kind, want, step, text),
  })
  local server = answer.server
  if answer.action then action.wait(all_actions(answer), what)
  else until_made(server.id, what) end
  local is_mine = (server.labels or {})["pipster-step"] == step.label
  finish(server, want, step)
  local now = client.get("/servers/" .. server.id).server
  return kind.found(now, {
    want = want, recorded = { host_key = is_mine and public or earlier },
  })
end

return create
