-- SPDX-License-Identifier: MIT
-- The host key: given, or learned once and pinned; another one is told, never taken.
local GIVEN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA" .. ("abcdef"):rep(7)
local ACT = "POST /storage_boxes/ID/actions/"
local ADDRESS = "hetzner.storage_box/backup"
local function want(more)
  return function()
    local password = require("tests.types.harness.modules").secret "Aa1-0123456789"
    local all = { type = "bx11", location = "fsn1", password = password,
      delete_protection = false }
    for name, value in pairs(more or {}) do all[name] = value end
    return all
  end
end

local function box(w)
  local id = w:id(ADDRESS)
  for _, world in pairs(w.lab.worlds) do
    if world.storage_boxes[id] then return world.storage_boxes[id] end
  end
end

local function warnings(w, more)
  local change = w:plan(w:kind "hetzner.storage_box", "backup", want(more)())
  return table.concat(change.preview.warnings or {}, "; "), change
end

return {
  { what = "given: nothing is opened for it", type = "hetzner.storage_box",
    name = "backup", steps = {
      { want = want { host_key = GIVEN }, plan = "create",
        calls = { "POST /storage_boxes" }, found = { host_key = GIVEN } },
      { want = want { host_key = GIVEN }, plan = "none" },
    } },
  { what = "learned, and kept when it is not reachable any more",
    type = "hetzner.storage_box", name = "backup", steps = {
      { want = want {}, plan = "create",
        calls = { "POST /storage_boxes", ACT .. "update_access_settings" } },
      { run = function(w)
        assert(w:found(ADDRESS).host_key == box(w).host_key)
        assert(box(w).access.reachable_externally == false)
      end },
    } },
  { what = "remembered before the way is closed", type = "hetzner.storage_box",
    name = "backup", steps = {
      { faults = { fault = "500", match = { method = "POST",
        path = "/storage_boxes/*/update_access_settings" } } },
      { want = want {}, fails = { code = "server_error" } },
      { run = function(w) assert(w.notes[ADDRESS].host_key:find "^ssh%-ed25519 ") end },
      { want = want {}, plan = "update", fields = { "password", "reachable_externally" },
        calls = { ACT .. "reset_password", ACT .. "update_access_settings" } },
      { run = function(w) assert(w:found(ADDRESS).host_key == box(w).host_key) end },
    } },
  { what = "another key is a warning with both", type = "hetzner.storage_box",
    name = "backup", steps = {
      { want = want { reachable_externally = true }, plan = "create",
        calls = { "POST /storage_boxes" } },
      { run = function(w)
        local before = box(w).host_key
        box(w).host_key = GIVEN
        local told = warnings(w, { reachable_externally = true })
        assert(told:find "is not the one expected: expected ssh%-ed25519 SHA256:", told)
        assert(told:find "got ssh%-ed25519 SHA256:" and told:find "host_key = ", told)
        local _, change = warnings(w, { reachable_externally = true })
        assert(change.have.host_key == before, "the pinned key was given up")
        told = warnings(w, { reachable_externally = true, host_key = GIVEN })
        assert(told == "", told)
      end },
    } },
  { what = "of one that nobody can ask", type = "hetzner.storage_box", name = "backup",
    steps = {
      { want = want { ssh_enabled = false }, plan = "create",
        calls = { "POST /storage_boxes" } },
      { run = function(w)
        assert(w:found(ADDRESS).host_key == nil)
        local told = warnings(w, { ssh_enabled = true })
        assert(told:find "host key of backup is not known", told)
      end },
      { want = want { reachable_externally = true }, plan = "update" },
      { run = function(w) assert(w:found(ADDRESS).host_key == box(w).host_key) end },
    } },
}
