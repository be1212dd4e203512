-- SPDX-License-Identifier: MIT
-- The first host key: remembered before the call, in user_data as cloud-init reads it,
-- told to the host; beside the user's own data as a multipart message.
local want = { type = "cx23", image = "debian-12", location = "nbg1" }

local function user_data(w)
  local id = w:id "hetzner.server/app"
  for _, project in pairs(w.lab.worlds) do
    if project.servers[id] then return project.servers[id].user_data end
  end
end

local function private_of(text)
  local modules = require "tests.types.harness.modules"
  return modules.from_base64(text:match('ed25519_private: !!binary "([^"]+)"'))
end

return {
  { what = "in cloud-config", type = "hetzner.server", steps = {
    { want = want },
    { run = function(w)
      local text = user_data(w)
      assert(text:find("^#cloud%-config\n") and private_of(text):find("OPENSSH"))
      assert(text:find("ed25519_public: " .. w:found "hetzner.server/app".host_key, 1,
        true))
    end },
  } },
  { what = "beside a script", type = "hetzner.server", steps = {
    { want = { type = "cx23", image = "debian-12", user_data = "#!/bin/sh\ntrue\n" } },
    { run = function(w)
      local text = user_data(w)
      assert(text:find("^MIME%-Version") and private_of(text):find("OPENSSH"))
      assert(text:find("text/x%-shellscript")
        and text:find("\n#!/bin/sh\ntrue\n", 1, true))
    end },
  } },
  { what = "too long", type = "hetzner.server", steps = {
    { want = { type = "cx23", image = "debian-12", user_data = ("x"):rep(32768) },
      fails = { what = "too long", why = "32768" } },
  } },
  { what = "remembered before the call", type = "hetzner.server", steps = {
    { faults = { fault = "500", times = 1,
      match = { method = "POST", path = "/servers" } } },
    { want = want, fails = { code = "server_error" } },
    { run = function(w)
      assert(w.notes["hetzner.server/app"].host_key:find("^ssh%-ed25519"))
    end },
  } },
  { what = "app:host declares host/app", run = function(w)
    local server = w:kind "hetzner.server"
    local handle = { handle_name = "app", ipv4 = "REF4", host_key = "REFKEY",
      id = "REFID" }
    server.methods.host(handle, { login = { "pipster", "root" } })
    local declared = w.declared[1]
    assert(declared.kind == "host" and declared.name == "app")
    assert(declared.attributes.address == "REF4"
      and declared.attributes.server_id == "REFID")
    assert(declared.attributes.login[1] == "pipster")
  end },
}
