-- SPDX-License-Identifier: MIT
local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA" .. ("abcdef"):rep(7)
local function secret(text)
  return require("tests.types.harness.modules").secret(text)
end

local function want(more)
  return function()
    local all = { type = "bx11", location = "fsn1", password = secret "Aa1-0123456789" }
    for name, value in pairs(more or {}) do all[name] = value end
    return all
  end
end

local ACT = "POST /storage_boxes/ID/actions/"

local function box(w)
  local id = w:id "hetzner.storage_box/backup"
  for _, world in pairs(w.lab.worlds) do
    if world.storage_boxes[id] then return world.storage_boxes[id] end
  end
end

return {
  { what = "made, changed, destroyed", type = "hetzner.storage_box", name = "backup",
    steps = {
      { want = want { ssh_keys = { KEY } }, plan = "create",
        notes = "while it is new and empty",
        actions = { "POST /storage_boxes", ACT .. "change_protection",
          ACT .. "update_access_settings" },
        calls = { "POST /storage_boxes", ACT .. "change_protection",
          ACT .. "update_access_settings" },
        prices = { { "storage box bx11 in fsn1", "3.2000000000", "EUR" } },
        found = { reachable_externally = false, ssh_enabled = true, port = 23,
          delete_protection = true, size = 1099511627776 } },
      { run = function(w)
        local made, found = box(w), w:found "hetzner.storage_box/backup"
        assert(found.server == made.username .. ".your-storagebox.de")
        assert(found.username == made.username and found.host_key == made.host_key)
        assert(made.keys[1] == KEY and made.password == "Aa1-0123456789")
      end },
      { want = want { ssh_keys = { KEY } }, plan = "none" },
      { want = want { ssh_keys = { KEY, KEY .. " other" } }, plan = "none",
        births = { "ssh_keys" } },
      { want = want { ssh_keys = { KEY }, password = "plain words" }, only_plan = true,
        fails = { what = "backup has no password", why = "in clear" } },
      { want = function() return want { ssh_keys = { KEY },
          password = secret "Bb2-another-one" }() end,
        plan = "update", fields = { "password" }, calls = { ACT .. "reset_password" } },
      { run = function(w) assert(box(w).password == "Bb2-another-one") end },
      { want = function() return want { ssh_keys = { KEY },
          password = secret "Bb2-another-one", type = "bx21", webdav_enabled = true,
          labels = { use = "backup" }, snapshot_plan = { max_snapshots = 7, hour = 3 },
          delete_protection = false, reachable_externally = true }() end,
        plan = "update", fields = { "delete_protection", "labels", "reachable_externally",
          "snapshot_plan", "type", "webdav_enabled" },
        calls = { "PUT /storage_boxes/ID", ACT .. "change_type",
          ACT .. "enable_snapshot_plan", ACT .. "change_protection",
          ACT .. "update_access_settings" },
        prices = { { "storage box bx21 in fsn1", "10.9000000000", "EUR" } } },
      { destroy = true, plan = "delete", data = "all files",
        calls = { "DELETE /storage_boxes/ID" } },
    } },
  { what = "a password is made where none is said, and another one where one is",
    type = "hetzner.storage_box", name = "backup", steps = {
      { want = { type = "bx11", location = "fsn1" }, plan = "create" },
      { run = function(w)
        assert(box(w).password == "Aa1-storage_box_backup" .. ("0"):rep(14))
      end },
      { want = { type = "bx11", location = "fsn1" }, plan = "none" },
      { want = want { password = false }, plan = "none" },
      { want = want(), plan = "update", fields = { "password" },
        calls = { ACT .. "reset_password" } },
    } },
  { what = "drift is mended", type = "hetzner.storage_box", name = "backup", steps = {
    { want = want { snapshot_plan = { max_snapshots = 7, hour = 3 } }, plan = "create" },
    { drift = function(w)
      local path = "/storage_boxes/" .. w:id "hetzner.storage_box/backup" .. "/actions/"
      for verb, body in pairs { change_type = { storage_box_type = "bx21" },
        disable_snapshot_plan = {}, change_protection = { delete = false },
        update_access_settings = { ssh_enabled = false, samba_enabled = true } } do
        assert(w:call("POST", path .. verb, body).status == 201)
        w.sleep(5)
      end
    end },
    { want = want { snapshot_plan = { max_snapshots = 7, hour = 3 } }, plan = "update",
      notes = "1024 GiB: refused when more is stored",
      fields = { "delete_protection", "samba_enabled", "snapshot_plan", "ssh_enabled",
        "type" } },
    { want = want { location = "hel1", snapshot_plan = { max_snapshots = 7, hour = 3 } },
      plan = "replace", lost = "all files of u%d+%.your%-storagebox%.de",
      survives = "copy it before", data = "all files" },
    { destroy = true, plan = "delete",
      calls = { ACT .. "change_protection", "DELETE /storage_boxes/ID" } },
  } },
  { what = "what cannot be had is told by the plan", type = "hetzner.storage_box",
    name = "backup", steps = {
      { want = want { location = "nbg1" }, only_plan = true,
        fails = { what = "backup cannot be ordered", why = "bx11 is not sold in nbg1",
          next = "fsn1, hel1" } },
      { want = want { type = "bx12" }, only_plan = true,
        fails = { why = "bx12 is not sold", next = "bx11, bx21" } },
      { want = want { snapshot_plan = { hour = 3 } }, only_plan = true,
        fails = { what = "how many snapshots are kept" } },
      { want = want { password = false }, only_plan = true,
        fails = { what = "no password", why = "for one that is there" } },
      { want = function() return want { password = secret "short" }() end,
        only_plan = true, fails = { why = "it has 5 characters" } },
      { want = function() return want { password = secret "0123456789abcdef" }() end,
        fails = { code = "invalid_input", why = "needs an upper case letter" } },
    } },
}
