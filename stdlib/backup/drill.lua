-- SPDX-License-Identifier: MIT
--
-- The restore drill of a backup on a server that is rented for it: from elsewhere alone,
-- with nothing of the host that the database is on, as after its loss. Due when the last
-- good one is older than `every`; then a run does it.
local attribute = require "attribute"
local catalogue = require "hetzner.catalogue"
local clock = require "clock"
local contact = require "alert_contact"
local fault = require "fault"
local handle = require "handle"
local money = require "money"
local observe = require "hetzner.observe"
local rented = require "backup_rented"
local same = require "hetzner.same"
local type = require "type"

local periods = { daily = 86400, weekly = 7 * 86400, monthly = 30 * 86400,
  quarterly = 91 * 86400 }
-- What makes a drill of another kind; the rest counts from the next one on.
local proves = { "key", "offsite", "drill_query", "image", "packages", "up_to_date" }

local left = {} -- name → id of a server that a drill which was cut off left behind

local function recorded_of(item)
  local row = item.recorded
  if row == nil then return nil end
  return row.attributes or row
end

local function found_of(item, id)
  left[item.name] = id
  local recorded = recorded_of(item)
  if not recorded or not recorded.drilled_at then
    return not item.want and id and { server_id = id, ours = true } or nil
  end
  local found = {}
  for name, value in pairs(recorded) do found[name] = value end
  found.key, found.offsite = nil, nil -- compared with what is recorded of them
  found.up_to_date = not id and clock.now() - recorded.drilled_at
    < periods[(item.want or recorded).every]
  return found
end

local function give_back(name)
  if left[name] then rented.release(left[name], name) end
  left[name] = nil
end

-- "0.0096 EUR", exactly; nil where the price list does not tell.
local function cost_of(want, hours)
  local hour = catalogue.hour_price(want.type, want.location)
  local amount = hour and money.scale(hour, hours, 1)
  return amount and amount:gsub("0+$", ""):gsub("%.$", "") .. " " .. catalogue.currency()
end

local function need_copies(want)
  if want.offsite ~= nil then return end
  fault("the backup " .. want.backup .. " has no copy elsewhere to restore", {
    why = "a rented server has nothing of the host that the database is on",
    next = "offsite = { … } of the backup, or drill = \"monthly\" for one on its host" })
end

local function refuse(step, found)
  if not found.tried then
    fault(step.address .. ": the drill could not be done", { why = found.why or "?",
      next = "mend that and run again: it says nothing of the backup" })
  end
  fault(step.address .. ": the newest backup is refused", {
    why = ("%s: %s"):format(found.file or "it", found.why or "?"),
    next = found.last_good and "the last good one is " .. found.last_good
      or "there is no good one before it: look at the backup now",
  })
end

-- The server goes whatever came of it; what went wrong before counts first.
local function carry_out(want, step)
  need_copies(want)
  give_back(step.name)
  local began = clock.now()
  local server, public = rented.rent(want, step)
  local restored, found = pcall(rented.restore, server, public, step.name, want)
  local gone, problem = pcall(rented.release, server.id, step.name)
  if not restored then error(found, 0) end
  if not gone then error(problem, 0) end
  if not found.passed then return refuse(step, found) end
  local hours = rented.hours(began, clock.now())
  local made = { drilled_at = began, file = found.file, bytes = found.bytes,
    rows = found.rows, minutes = math.ceil((clock.now() - began) / 6) / 10,
    hours = hours, cost = cost_of(want, hours), up_to_date = true }
  for name, value in pairs(want) do made[name] = value end
  return made
end

local function is_due(change)
  if change.action == "create" then return true end
  for _, name in ipairs(proves) do
    if same.has(change.fields, name) then return true end
  end
  return false
end

local function preview(change)
  local made = { notes = {}, actions = {} }
  local function add(note, action)
    table.insert(made.notes, note)
    table.insert(made.actions, action)
  end
  if left[change.name] then
    add(("server %d, which a drill that was cut off left, is given back"):format(
      left[change.name]), "DELETE /servers/ID")
  end
  if not change.want or change.action == "none" or not is_due(change) then return made end
  need_copies(change.want)
  add(("rents a %s in %s: %s an hour begun, and is given back"):format(
    change.want.type, change.want.location, cost_of(change.want, 1)
    or "at a price that is not known"), "POST /servers")
  table.insert(made.actions, "DELETE /servers/ID")
  return made
end

-- Handles of contacts, and with their names what a server has to know of each.
local function take_contacts(given, name)
  local names, contacts = {}, {}
  local list = handle.is(given.notify) and { given.notify } or given.notify
  for index, one in ipairs(list or {}) do
    if not handle.is(one) or handle.type(one) ~= "alert.contact" then
      fault("backup.drill/" .. name .. ": who is told is an alert.contact",
        { next = "notify = { alert.contact \"NAME\" { … } }" })
    end
    local known = { via = one.via }
    for _, key in ipairs(contact.own) do known[key] = one[key] end
    names[index], contacts[handle.name(one)] = handle.name(one), known
  end
  given.notify, given.contacts = names, contacts
end

-- What the backup tells of itself.
local function shorthand(given, name)
  if not name then return given end
  local of = given.backup
  if not handle.is(of) or handle.type(of) ~= "backup.postgres" then
    fault("backup.drill/" .. tostring(name) .. " wants a backup",
      { next = "backup = backup.postgres \"NAME\" { …, offsite = { … } }" })
  end
  given.backup, given.key, given.offsite = handle.name(of), of.key, of.offsite
  given.drill_query = given.drill_query or of.drill_query
  take_contacts(given, name)
  return given
end

return type {
  name = "backup.drill",
  doc = "A restore drill on a server that is rented for it and given back, from the copy"
    .. " elsewhere alone. A run does it when it is due; minutes, bytes, rows and what it"
    .. " cost are recorded.",
  link = "https://docs.hetzner.cloud/reference/cloud#servers-create-a-server",
  attributes = {
    backup = attribute.any { required = true, fixed = true, doc = "the backup.postgres" },
    every = attribute.string { default = "monthly",
      one_of = { "daily", "weekly", "monthly", "quarterly" }, doc = "how often" },
    type = attribute.string { default = "cx23", doc = "of the server" },
    location = attribute.string { default = "nbg1", doc = "of the server" },
    image = attribute.string { default = "debian-12",
      doc = "whose PostgreSQL restores: debian-12 has 15, debian-13 has 17" },
    ssh_keys = attribute.list { required = true, ["local"] = true,
      doc = "keys of the project that may log in there: one must be yours" },
    packages = attribute.list { default = {},
      doc = "Debian packages that the database needs, for example its extensions" },
    drill_query = attribute.string { doc = "what is asked; the backup's when left out" },
    notify = attribute.list { default = {}, ["local"] = true,
      doc = "contacts (alert.contact) that it tells when the newest is refused" },
    contacts = attribute.map { secret = true, ["local"] = true,
      doc = "what these are, told by them" },
    key = attribute.any { secret = true, content = true,
      doc = "age's identity, told by the backup" },
    offsite = attribute.map { secret = true, doc = "where the copies are, told by it" },
    up_to_date = attribute.bool { default = true, timed = true,
      doc = "the last good drill is not older than that" },
    drilled_at = attribute.integer { computed = true, doc = "seconds since 1970, UTC" },
    file = attribute.string { computed = true, doc = "which one was restored" },
    minutes = attribute.number { computed = true, doc = "from renting to giving back" },
    bytes = attribute.integer { computed = true, doc = "of the restored database" },
    rows = attribute.integer { computed = true, doc = "what the query answered" },
    hours = attribute.integer { computed = true, doc = "that were begun, and are paid" },
    cost = attribute.string { computed = true, doc = "what it cost, net, exactly" },
    server_id = attribute.integer { computed = true,
      doc = "of a server that was left behind" },
  },
  example = [[
local key = hetzner.ssh_key "deploy" { public_key = input("ssh_public_key") }
local app = hetzner.server "app" {
  type = "cx23", image = "debian-12", location = "nbg1", ssh_keys = { key } }
local dumps = backup.postgres "shop" { on = app:host { }, database = "shop",
  offsite = { s3 = "https://s3.example.com/shop", key_id = secret "s3_id",
    secret_key = secret "s3_key" } }
backup.drill "shop" { backup = dumps, every = "monthly", ssh_keys = { key } }
]],
  shorthand = shorthand,

  observe = function(items)
    catalogue.load()
    local servers, results = observe.labelled(rented.kind, items), {}
    for i, item in ipairs(items) do
      results[i] = found_of(item, servers[i] and servers[i].server_id)
    end
    return results
  end,

  create = carry_out,

  update = function(have, want, step, fields)
    if is_due { action = "update", fields = fields } then return carry_out(want, step) end
    local made = {}
    for name, value in pairs(have) do made[name] = value end
    for name, value in pairs(want) do made[name] = value end
    return made
  end,

  delete = function(_, step) give_back(step.name) end,
  preview = preview,
}
