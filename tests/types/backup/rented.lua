-- SPDX-License-Identifier: MIT
-- What a rented server is given, and which hours of it are paid.
local bytes = require "tests.types.harness.host_bytes"

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
  { what = "it can tell contacts by itself", run = function()
    local rented, fakes = load()
    local contacts = {
      ops = { via = "webhook", url = fakes.box("secret", "https://hook.example/x") },
      mail = { via = "smtp", server = "mail.example", from = "a@example.com",
        to = { "b@example.com" } },
    }
    local text = fakes.plain(rented.script("shop", { packages = {}, contacts = contacts,
      drill_query = "SELECT 1", offsite = { s3 = "https://s3.example/b", key_id = "id",
        keep = "30d", secret_key = "word", password = "p" } }))
    for name, described in pairs(contacts) do
      assert(text:find("/etc/pipster/contacts/" .. name, 1, true), name)
      local content = fakes.plain(require "alert_contact".render(described))
      assert(text:find(bytes.base64(content), 1, true), content)
    end
    assert(text:find("/usr/local/lib/pipster/alert", 1, true))
    local pipe = assert(io.popen("bash -n", "w"))
    pipe:write(text)
    assert(pipe:close(), "the script is no shell text")
    local settings = require "backup_files".settings { user = "postgres",
      database = "postgres", path = "/var/backups/pipster/shop", encrypt = false,
      drill_query = "SELECT 1", offsite = true, notify = { "mail", "ops" } }
    assert(settings:find("notify='mail ops'\n", 1, true))
    assert(text:find(bytes.base64(settings .. "fresh='yes'\n"), 1, true), "settings")
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
    steps.same("contacts", nil, text:find("/etc/pipster/contacts", 1, true))
    steps.same("units", nil, text:find("/etc/systemd", 1, true))
  end },
}
