-- SPDX-License-Identifier: MIT
--
-- Backups of a PostgreSQL database by a timer of its host: dumped by the server's own
-- version, encrypted, read back before they count, copied elsewhere, and restored for
-- trial. The scripts beside this file do it; nothing of ours runs in between.
local attribute = require "attribute"
local declared_of = require "backup_declared"
local files = require "backup_files"
local found_of = require "backup_found"
local install = require "backup_install"
local state = require "backup_state"
local type = require "type"

return type {
  name = "backup.postgres",
  doc = "Backups of a PostgreSQL database: by a systemd timer, encrypted, verified, kept"
    .. " for an exact time, copied elsewhere by restic, restored for trial.",
  link = "https://www.postgresql.org/docs/15/app-pgdump.html",
  lasting = "the backups that were made, and the secrets that open them",
  on_host = true,
  attributes = {
    container = attribute.string { doc = "the container that PostgreSQL runs in" },
    url = attribute.string {
      doc = "postgresql://USER@HOST:PORT/DATABASE of a server elsewhere; without it and"
        .. " container the host's own is meant, asked as its system user" },
    database = attribute.string { doc = "its name; of a url the one that it names" },
    user = attribute.string { default = "postgres", doc = "who asks" },
    password = attribute.any { secret = true, content = true,
      doc = "of that user, where it is asked for: a secret" },
    every = attribute.string { default = "12h", doc = "how often" },
    keep = attribute.string { default = "7d",
      doc = "older ones go, to the second; the last good one never" },
    path = attribute.string { fixed = true,
      doc = "folder on the host; /var/backups/pipster/NAME when left out" },
    encrypt = attribute.bool { default = true, doc = "by age, with `key`" },
    key = attribute.any { secret = true, content = true,
      doc = "age's identity; when left out secret(\"backup_NAME\", { kind = \"age\" })" },
    offsite = attribute.map { secret = true,
      doc = "box, sftp = \"USER@HOST:PORT/FOLDER\" with host_key and key, or s3 = URL"
        .. " with key_id and secret_key; keep (30d), password, ca" },
    notify = attribute.list { default = {},
      doc = "contacts (alert.contact) that are told when it fails" },
    also = attribute.list { default = {},
      doc = "paths of the host that go along to the copy elsewhere" },
    state = attribute.bool { default = false,
      doc = "pipster's own state goes along, after each run; no secret is in it" },
    drill = attribute.string { one_of = { "daily", "weekly", "monthly", "quarterly" },
      doc = "how often the newest is restored for trial" },
    drill_query = attribute.string {
      default = "SELECT count(*) FROM information_schema.tables"
        .. " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
      doc = "what the restored database is asked; empty, 0 or f is a failure" },
    as_written = attribute.bool { default = true,
      doc = "scripts and units are as they were written here" },
    active = attribute.bool { default = true,
      doc = "its timers wait and start at boot" },
    proven = attribute.bool { default = true,
      doc = "there is a good one, and a copy elsewhere if that is wanted" },
    last_good = attribute.string { computed = true, doc = "file of the newest good one" },
    last_good_at = attribute.integer { computed = true, doc = "seconds since 1970, UTC" },
    last_good_bytes = attribute.integer { computed = true, doc = "its size" },
    told = attribute.map { computed = true, doc = "what its scripts noted last" },
  },
  example = [[
backup.postgres "identity" {
  on = host, container = "pipster-postgres", database = "pipster_identity",
  user = "pipster", every = "12h", keep = "7d", drill = "monthly",
}]],
  shorthand = declared_of.shorthand,

  probe = found_of.probe,
  read = found_of.read,
  writes = function(_, name) return { files.folder(name) .. "/settings" } end,
  -- Where `state recover` reads a secret back.
  places = function(want, name)
    local folder, list = files.folder(name), {}
    local function add(at, path) list[#list + 1] = { at = at, path = folder .. path } end
    if want.key then add("key", "/identity") end
    if want.password then add("password", "/password") end
    if want.offsite then add("offsite.password", "/offsite/password") end
    if want.offsite and want.offsite.key then add("offsite.key", "/offsite/key") end
    return list
  end,
  commands = install.commands,
  preview = function(change)
    if change.action == "delete" then
      return { notes = { "its backups stay in " .. (change.have.path or "their folder")
        .. (change.have.offsite and ", and elsewhere" or "") } }
    end
    local have = change.have or {}
    local notes
    if change.action ~= "none" then
      notes = { "a backup is made by it, so that it is known to work" }
    end
    return { notes = notes, warnings = state.warnings(change.name, have.told or {},
      change.want and change.want.drill) }
  end,
}
