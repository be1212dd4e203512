-- SPDX-License-Identifier: MIT
-- What a rented server is given, and which hours of it are paid.
local function load()
  local fakes = require "tests.types.harness.host_fakes"
  fakes.install { settings = { project_id = "p", ssh = {}, endpoints = {} } }
  return require "backup_rented", fakes
end

local hours = { { 0, 1 }, { 1, 1 }, { 3600, 1 }, { 3601, 2 }, { 7200, 2 }, { 7201, 3 } }

return {
  { what = "hours that were begun are paid", run = function(_, steps)
    local rented = load()
    for _, case in ipairs(hours) do
      steps.same(case[1] .. " seconds", case[2], rented.hours(1000, 1000 + case[1]))
    end
  end },
  { what = "it gets keys, scripts and settings, and no timer", run = function(_, steps)
    local rented, fakes = load()
    local text = fakes.plain(rented.script("shop", { key = fakes.box("secret", "AGE-KEY"),
      packages = { "postgresql-15-postgis-3" }, drill_query = "SELECT 1",
      offsite = { s3 = "https://s3.example/b", key_id = "id", keep = "30d",
        secret_key = fakes.box("secret", "word"), password = "p" } }))
    for _, words in ipairs { "backup/shop/identity", "postgresql-15-postgis-3",
      "backup/shop/offsite/credentials", "/usr/local/lib/pipster/backup/drill" } do
      assert(text:find(words, 1, true), words)
    end
    steps.same("units", nil, text:find("/etc/systemd", 1, true))
  end },
}
