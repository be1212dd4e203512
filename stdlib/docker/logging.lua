-- SPDX-License-Identifier: MIT
--
-- How Docker logs, in /etc/docker/daemon.json, which may be others' as well: only these
-- settings of it are ours. New containers are made with them; those that are there and
-- log without a limit are made anew by their Compose project.
local attribute = require "attribute"
local fault = require "fault"
local json = require "host_json"
local scripts = require "docker_logging"
local shell = require "shell"
local kind_of, type = type, require "type"

local paths = { "log-driver", "log-opts/max-size", "log-opts/max-file", "live-restore" }

-- What the driver writes itself, and can so limit.
local limited = { ["json-file"] = true, ["local"] = true }

local function check(declared)
  local size, count = declared.max_size, declared.max_file
  if kind_of(size) == "string" and not size:find("^[1-9]%d*[kmg]$") then
    fault("\"" .. size .. "\" is no size of a log", {
      why = "Docker wants a number and k, m or g", next = "for example \"10m\"" })
  end
  if kind_of(count) == "number" and count < 1 then
    fault("max_file is " .. count, { why = "a log is at least one file" })
  end
  local driver = declared.driver
  if kind_of(driver) == "string" and not limited[driver] and (size or count) then
    fault("the log driver " .. driver .. " takes no max_size and no max_file", {
      why = "it gives the lines to somebody else, who keeps them",
      next = "for journald: host:journald { max_use = \"500M\" }" })
  end
end

local function word_of(words, path)
  return words[path] and words[path]:match('^"(.*)"$') or words[path]
end

-- set PATH VALUE …, loose NAME|…|FOLDER …, and single words.
local function take(output)
  local words = { known = {}, others = {} }
  for line in shell.lines(output) do
    local word, rest = line:match("^(%l+) ?(.*)$")
    if word == "set" and rest:find("^%S+ ") then
      words[rest:match("^%S+")] = rest:match("^%S+ (.*)$")
    elseif word == "loose" then
      local name, where = rest:match("^([^|]*)|.*|([^|]*)$")
      if name then table.insert(where ~= "" and words.known or words.others, name) end
    elseif word then
      words[word] = rest
    end
  end
  table.sort(words.known)
  table.sort(words.others)
  return words
end

local function found_of(words, want)
  local found = {
    driver = word_of(words, "log-driver") or "json-file",
    max_size = word_of(words, "log-opts/max-size"),
    max_file = math.tointeger(tonumber(word_of(words, "log-opts/max-file"))),
    live_restore = words["live-restore"] == "true",
    in_force = words.force ~= nil, unlimited = words.known, others = words.others,
    containers_survive = words.live == "true", problem = words.problem,
    -- Docker logs somehow also without us: ours is what we keep the former file of.
    ours = words.kept ~= nil or nil,
  }
  if want and not limited[want.driver] then
    found.max_size = found.max_size or want.max_size
    found.max_file = found.max_file or want.max_file
  end
  if want and want.existing == "leave" then
    found.others, found.unlimited = found.unlimited, {}
    table.move(words.others, 1, #words.others, #found.others + 1, found.others)
  end
  return found
end

local function edits_of(want)
  local limits = limited[want.driver]
  local values = { { paths[1], want.driver },
    { paths[2], limits and want.max_size or nil },
    { paths[3], limits and want.max_file or nil } }
  if want.live_restore ~= nil then values[4] = { paths[4], want.live_restore } end
  return json.edits(values)
end

local function listed(names) return table.concat(names, ", ") end

local function changes(change, ...)
  for _, field in ipairs(change.fields or {}) do
    for _, name in ipairs { ... } do
      if field == name then return true end
    end
  end
  return false
end

-- What a change is down for, and what nobody makes anew.
local function told_of(change)
  local have, want, told = change.have, change.want, { notes = {}, warnings = {} }
  local downtime = {}
  local survive = have.containers_survive or want and want.live_restore
  if change.action == "delete"
    or changes(change, "driver", "max_size", "max_file", "in_force") then
    if survive then
      told.notes[1] = "docker restarts; containers go on meanwhile (live-restore)"
    else
      downtime[1] = "docker restarts: every container for some seconds"
    end
  end
  if want and #have.unlimited > 0 then
    downtime[#downtime + 1] = "made anew, some seconds each: " .. listed(have.unlimited)
  end
  if want and have.others and #have.others > 0 then
    told.warnings[1] = "these containers log without a limit, and stay as they are: "
      .. listed(have.others) .. (want.existing == "recreate"
      and " (of no Compose project that is known here)" or "")
  end
  told.downtime = #downtime > 0 and table.concat(downtime, "; ") or nil
  return told
end

return type {
  name = "docker.logging",
  doc = "How much containers log: in /etc/docker/daemon.json, of which all else stays as"
    .. " it is. What logs without a limit since before is made anew by its project.",
  link = "https://docs.docker.com/engine/logging/configure/",
  on_host = true,
  nameless = true,
  attributes = {
    driver = attribute.string { default = "json-file",
      one_of = { "json-file", "local", "journald" }, doc = "of new containers" },
    max_size = attribute.string { default = "10m",
      doc = "of one file of a container's log, for json-file and local" },
    max_file = attribute.integer { default = 3, doc = "how many of them" },
    live_restore = attribute.bool { doc = "containers go on while docker restarts" },
    existing = attribute.string { default = "recreate", ["local"] = true,
      one_of = { "recreate", "leave" },
      doc = "what becomes of containers that log without a limit" },
    projects = attribute.list { default = {}, item = "string", ["local"] = true,
      doc = "folders of Compose projects that may be made anew, beside those of"
        .. " docker.compose" },
    within = attribute.any { default = "120s", ["local"] = true,
      doc = "how long what is made anew may take to become healthy" },
    in_force = attribute.bool { default = true,
      doc = "docker was started with these settings" },
    unlimited = attribute.set { default = {}, item = "string",
      doc = "containers without a limit that their project can make anew: none" },
    others = attribute.set { computed = true, doc = "other containers without a limit" },
    containers_survive = attribute.bool { computed = true,
      doc = "live-restore is in force" },
    problem = attribute.string { computed = true, doc = "why daemon.json is no JSON" },
  },
  example = [[docker.logging { on = host, max_size = "10m", max_file = 3 }]],
  shorthand = function(declared)
    check(declared)
    return declared
  end,

  probe = function(items)
    return scripts.probe(items[1].want or items[1].recorded)
  end,
  read = function(items, output)
    local words = take(output)
    local there = words.docker and (items[1].want or words.kept)
    return there and { found_of(words, items[1].want) } or {}
  end,
  preview = function(change)
    local have = change.have
    if not have or not have.unlimited then return {} end
    if change.want and have.problem and have.problem:find("^line ") then
      fault("/etc/docker/daemon.json is no JSON", { why = have.problem,
        next = "mend it on the host: docker does not start with it either" })
    end
    return told_of(change)
  end,
  commands = function(_, want)
    if want then return scripts.change(want, edits_of(want)) end
    return { { "put /etc/docker/daemon.json back, restart docker if needed",
      scripts.restore(paths) } }
  end,
}
