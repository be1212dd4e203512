-- SPDX-License-Identifier: MIT
--
-- Files by which a host is reached. Whoever edits one as a mere file has no dead man's
-- switch behind him, as the types that are made for it have: a plan says so.
local way_in = {}

local ways = {
  { "^/etc/ssh/", "host:sshd" },
  { "^/etc/sudoers$", "host:sudoers" }, { "^/etc/sudoers%.d/", "host:sudoers" },
  { "/%.ssh/authorized_keys2?$", "host:authorized_key" },
  { "^/etc/passwd$", "host:user" }, { "^/etc/shadow$", "host:user" },
  { "^/etc/group$", "host:user" },
  { "^/etc/nftables", "host:nftables" }, { "^/etc/ufw/", "host:ufw" },
  { "^/etc/pam%.d/" }, { "^/etc/security/" }, { "^/etc/network/" }, { "^/etc/netplan/" },
  { "^/etc/systemd/network/" }, { "^/etc/hosts%.deny$" }, { "^/etc/hosts%.allow$" },
}

local changes = { create = true, update = true, replace = true, delete = true }

-- change: as a preview gets it. Answers its warnings, or nil.
function way_in.warnings(change)
  local path = (change.want or change.have or {}).path
  if type(path) ~= "string" or not changes[change.action] then return nil end
  for _, way in ipairs(ways) do
    if path:find(way[1]) then
      return { path .. " may shut the way in, and no dead man's switch stands behind this"
        .. (way[2] and ": " .. way[2] .. " has one" or "") }
    end
  end
  return nil
end

return way_in
