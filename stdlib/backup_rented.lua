-- SPDX-License-Identifier: MIT
--
-- A server that is rented for one restore drill: made with labels of its own, so that one
-- which a run that was cut off left behind is found; and given back whatever happens.
local action = require "hetzner.action"
local apt = require "apt"
local client = require "hetzner.client"
local contact = require "alert_contact"
local drill = require "drill"
local fault = require "fault"
local files = require "backup_files"
local first_boot = require "hetzner.first_boot"
local json = require "json"
local labels = require "hetzner.labels"
local observe = require "hetzner.observe"
local same = require "hetzner.same"
local sender = require "alert_sender"
local session = require "session"
local settings = require "settings"
local shell = require "shell"
local wait = require "wait"

local rented = {}

local PATIENCE = 300 -- seconds until a new server answers

rented.kind = { type = "backup.drill", list = "servers", key = "server", acts = true }
function rented.kind.found(object) return { server_id = object.id } end

function rented.called(name) return "drill-" .. name end

-- Answers what the API tells of it, and the public half of its host key.
function rented.rent(want, step)
  local name, what = rented.called(step.name), "renting a server for the drill of "
    .. step.name
  local text, public = first_boot.make({}, name)
  local answer = client.create("/servers", "server", {
    what = what, own = observe.own(rented.kind, step), body = {
      name = name, server_type = want.type, location = want.location,
      image = want.image, ssh_keys = json.list(same.ids(want.ssh_keys)),
      labels = labels.born(rented.kind.type, step), user_data = text },
  })
  local list = { answer.action }
  for _, state in ipairs(answer.next_actions or {}) do list[#list + 1] = state end
  action.wait(list, what)
  return client.get("/servers/" .. answer.server.id, nil, what).server, public
end

-- One that is there under this name, of this drill or of one that was cut off.
function rented.release(id, name)
  local what = "giving back the server of the drill of " .. name
  local answer = client.delete("/servers/" .. id, what)
  if answer and answer.action then action.wait({ answer.action }, what) end
  wait.until_true { what = what, within = 300, every = 0.5, most = 5,
    check = function() return client.find("/servers/" .. id, "server") == nil end }
end

-- It tells the contacts by itself, as the host would that may be lost. Their names.
local function put_contacts(parts, contacts)
  local names = {}
  for name in pairs(contacts or {}) do names[#names + 1] = name end
  table.sort(names)
  if #names == 0 then return names end
  parts[#parts + 1] = apt.ensure("curl", { "curl", "ca-certificates" })
    .. "\n[ $? = 0 ] || exit 1"
  parts[#parts + 1] = sender.put() .. "[ $? = 0 ] && install -d -m 700 /etc/pipster "
    .. sender.folder .. " || exit 1"
  for _, name in ipairs(names) do
    parts[#parts + 1] = shell.write_file { path = sender.folder .. "/" .. name,
      mode = "0600", content = contact.render(contacts[name]) }
      .. "[ $? = 0 ] || exit 1"
  end
  return names
end

-- A server with the same PostgreSQL tools, the keys, and nothing of the host's.
function rented.script(name, want)
  local folder, dumps = files.folder(name), "/var/backups/pipster/" .. name
  local wanted = files.wanted(name, { key = want.key, offsite = want.offsite,
    every = "1d" })
  local parts = { apt.ensure("pg_ctlcluster", { "postgresql", "age", "restic",
    table.unpack(want.packages) }) .. "\n[ $? = 0 ] || exit 65\numask 077\ninstall -d"
    .. " -m 700 " .. folder .. "/offsite " .. dumps .. "\ninstall -d -m 755 "
    .. files.library }
  for _, place in ipairs(files.places(name)) do
    local file = wanted[place.path]
    if file and not place.path:find("^/etc/systemd/") then
      parts[#parts + 1] = shell.write_file { path = place.path, mode = file.mode,
        content = file.content } .. "[ $? = 0 ] || exit 1"
    end
  end
  local names = put_contacts(parts, want.contacts)
  parts[#parts + 1] = shell.write_file { path = folder .. "/settings", mode = "0600",
    content = files.settings { user = "postgres", database = "postgres", path = dumps,
      encrypt = want.key ~= nil, drill_query = want.drill_query, offsite = true,
      notify = names }
      .. "fresh='yes'\n" }
  return shell.join(parts, "\n")
end

local function install(opened, name, want)
  local result = opened:run(rented.script(name, want), { timeout = 1800 })
  if result.status == 0 then return end
  fault("the rented server cannot be prepared", {
    why = (result.errors .. result.output):sub(-300), next = "run again" })
end

-- What the drill noted there. Where there are no hosts nothing can be restored.
function rented.restore(server, public, name, want)
  if settings.host_driver == "none" then return { passed = true } end
  local host = { name = rented.called(name), login = { "root" },
    address = server.public_net.ipv4.ip, host_key = public }
  local opened = session.open(host, { patience = PATIENCE })
  install(opened, name, want)
  local found = drill.run(opened, name)
  session.close(host)
  return found
end

-- Of two moments: the hours that are paid, which are those that were begun.
function rented.hours(began, ended)
  return math.max(1, math.ceil((ended - began) / 3600))
end

return rented
