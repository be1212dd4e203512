-- SPDX-License-Identifier: MIT
--
-- A machine reached over SSH. Its first key is known before the first connection. One
-- that was put in by cloud-init was elsewhere before: the first thing done on the machine
-- is to make keys of its own, and to pin those. One that others made keeps its keys.
local attribute = require "attribute"
local keys = require "host_keys"
local model = require "batch_model"
local session = require "session"
local settings = require "settings"
local shell = require "shell"
local type = require "type"

-- Either key may answer while the change is under way: the one given, or the new ones
-- that an earlier, cut-off run remembered.
local function pins_of(want, note)
  local pins = {}
  for _, key in ipairs(note and note.host_keys or {}) do pins[#pins + 1] = key end
  if want.host_key then pins[#pins + 1] = want.host_key end
  return pins
end

local function found_of(want, host_keys, machine, user)
  local found = {}
  for key, value in pairs(want) do found[key] = value end
  found.sudo_password = nil
  found.host_keys = host_keys
  found.machine_id = machine
  found.incarnation = tostring(want.server_id or "") .. "/" .. tostring(machine)
  found.last_login = user
  return found
end

local function connect(want, step)
  local host = { name = step.name }
  for key, value in pairs(want) do host[key] = value end
  return host, session.open(host, { pins = pins_of(want, step.note), patience = 300 })
end

-- Both halves of the first key were ours.
local function is_born_here(want)
  return want.server_id ~= nil and want.host_key ~= nil
end

local function renew_keys(host, opened, step)
  local made = keys.lines(keys.make(opened, "making host keys on host/" .. step.name))
  step.remember { host_keys = made }
  keys.use(opened, "installing host keys on host/" .. step.name)
  session.close(host)
  return session.open(host, { pins = made, patience = 60 }), made
end

-- Where there are no machines, the model is told that this one is ours.
local function keep_model(want, step)
  local found = found_of(want, { "ssh-ed25519 model" }, "model")
  model.keep({ name = step.name, address = want.address }, step.address, found)
  return found
end

return type {
  name = "host",
  doc = "A machine reached over SSH; things on it name it by `on`, or are declared by"
    .. " it: "
    .. "host:package { \"git\" }.",
  is_host = true,
  attributes = {
    address = attribute.string { required = true,
      doc = "IP address or name, also one of ~/.ssh/config" },
    port = attribute.integer { ["local"] = true,
      doc = "of its SSH server; default: what ~/.ssh/config says, else 22" },
    login = attribute.list { ["local"] = true,
      doc = "users tried in order; anyone but root uses sudo; default: what"
        .. " ~/.ssh/config says, else root" },
    sudo_password = attribute.string { ["local"] = true, secret = true,
      doc = "a secret: what sudo asks of a login that is not root; it is read from stdin"
        .. " there" },
    identity = attribute.string { ["local"] = true,
      doc = "private key file; default: the agent and the project's identities, or those"
        .. " of ~/.ssh/config" },
    jump = attribute.string { ["local"] = true,
      doc = "hosts to go through, \"user@bastion:22,inner\", or \"none\"; default: what"
        .. " ~/.ssh/config says" },
    host_key = attribute.string { ["local"] = true,
      doc = "its public key, \"ssh-ed25519 AAAA…\"; pinned before the first connection."
        .. " Of a machine that cloud-init gave it to, it is replaced then" },
    server_id = attribute.any { ["local"] = true,
      doc = "id of the machine behind it; another id is another machine" },
    host_keys = attribute.list { computed = true, doc = "public keys pinned since then" },
    last_login = attribute.string { computed = true, doc = "the login that worked last" },
    machine_id = attribute.string { computed = true, doc = "/etc/machine-id" },
    incarnation = attribute.string { computed = true, doc = "server id and machine id" },
  },
  example = [[
host "web1" {
  address = "192.0.2.10", login = { "root" }, host_key = "ssh-ed25519 AAAA…",
}]],

  probe = function(_, context)
    return "echo \"ready $(cat " .. shell.quote(context.folder .. "/ready") .. ")\"\n"
      .. "echo \"machine $(cat /etc/machine-id)\"\n"
      .. "for k in ed25519 ecdsa; do cat /etc/ssh/ssh_host_${k}_key.pub; echo; done"
  end,
  -- Two machine ids that are the same: it was set up, and is this very machine.
  read = function(items, output, host)
    local ready_id = output:match("ready (%x+)")
    if not ready_id or ready_id ~= output:match("machine (%x+)") then return {} end
    local want = items[1].want or items[1].recorded or {}
    local own = keys.of_server(output, session.host_key(host))
    local found = found_of(want, own, ready_id, session.user(host))
    found.address = host.address
    return { found }
  end,

  create = function(want, step)
    if settings.host_driver == "none" then return keep_model(want, step) end
    local host, opened = connect(want, step)
    local own
    if is_born_here(want) then
      opened, own = renew_keys(host, opened, step)
    else
      own = keys.keep(opened, "reading the host keys of host/" .. step.name)
    end
    local machine = keys.ready(opened, "marking host/" .. step.name .. " as ours")
    return found_of(want, own, (machine:gsub("%s", "")), opened.login)
  end,

  -- Only the address can differ: the next connection takes it.
  update = function(have, want, step)
    session.close { name = step.name }
    return found_of(want, have.host_keys, have.machine_id, have.last_login)
  end,

  -- The machine is left as it is; only the session ends.
  delete = function(_, step)
    session.close { name = step.name }
  end,

  preview = function(change)
    if change.action ~= "create" then return {} end
    if is_born_here(change.want or {}) then
      return { actions = { "wait for SSH and cloud-init",
        "make host keys of its own, pin them" } }
    end
    return { actions = { "wait for SSH", "pin its host keys" } }
  end,
}
