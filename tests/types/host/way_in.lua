-- SPDX-License-Identifier: MIT
-- A plan says where a mere file may shut the way in.
local function warnings(name, action, path)
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  local kind = fakes.type(name)
  local one = { path = path, content = "x", line = "x", mode = "0644" }
  local told = kind.preview { action = action, want = action ~= "delete" and one or nil,
    have = action ~= "create" and one or nil }
  return told.warnings
end

local cases = {}
for _, name in ipairs { "file", "line", "block" } do
  cases[#cases + 1] = { what = name, run = function(_, steps)
    for _, path in ipairs { "/etc/ssh/sshd_config", "/etc/sudoers.d/ops", "/etc/shadow",
      "/root/.ssh/authorized_keys", "/etc/nftables.conf", "/etc/network/interfaces" } do
      for _, action in ipairs { "create", "update", "delete" } do
        local told = warnings(name, action, path) or {}
        steps.same(action .. " " .. path, true,
          (told[1] or ""):find("no dead man's switch", 1, true) ~= nil)
      end
      steps.same("nothing to do", nil, warnings(name, "none", path))
    end
    local told = warnings(name, "update", "/etc/ssh/sshd_config")[1]
    steps.same("which type has one", true, told:find("host:sshd", 1, true) ~= nil)
    for _, path in ipairs { "/etc/motd", "/srv/etc/ssh/x", "/root/.ssh/config" } do
      steps.same(path, nil, warnings(name, "update", path))
    end
  end }
end
return cases
