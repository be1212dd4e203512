-- SPDX-License-Identifier: MIT
--
-- A Compose project that is up: its .env (0600), every service running, healthy where it
-- has a health check, and made from the files and the revision that are there now.
local attribute = require "attribute"
local digest = require "digest"
local env = require "docker_env"
local scripts = require "docker_compose"
local shell = require "shell"
local kind_of, type = type, require "type"
local unknown = require "unknown"

-- What ended well, and is not to be started again, runs as far as Compose goes.
local function runs(state, health, status, restart)
  if state == "exited" then return status == "0" and (restart == ""
    or restart == "no") end
  return state == "running" and health ~= "unhealthy"
end

local function judge(found, words, services)
  found.running = true
  for name in pairs(services) do found.services[name] = "absent" end
  for _, line in ipairs(words.containers) do
    local name, state, health, status, restart =
      line:match("^(%S+) (%S+) (%S+) (%S+) r%-(%S*)$")
    if name then
      found.services[name] = health ~= "none" and state == "running" and health or state
      services[name] = nil
      found.running = found.running and runs(state, health, status, restart)
    end
  end
  if next(services) or next(found.services) == nil then found.running = false end
end

local function same_env(want, words)
  if words.mode ~= "600" then return false end
  for _, value in pairs(want.env) do
    if unknown.is(value) then return false end
  end
  return digest.sha256(env.text(want.env)) == words.env
end

local function found_of(words, item)
  local want = item.want or item.recorded
  local found = { path = want.path, services = {}, revision = words.revision,
    up_to_date = words.now ~= nil and words.now == words.started }
  judge(found, words, words.services)
  if item.want then
    found.env = same_env(item.want, words) and item.want.env
      or { ["(.env)"] = "differs, mode " .. (words.mode or "none") }
  end
  return found
end

local function check_env(variables)
  if kind_of(variables) ~= "table" then return end
  for name, value in pairs(variables) do env.check(name, value) end
end

return type {
  name = "docker.compose",
  doc = "A Compose project, up: .env of mode 0600, validated, every service running and "
    .. "healthy. A changed .env or Compose file recreates what it concerns.",
  link = "https://docs.docker.com/reference/cli/docker/compose/up/",
  on_host = true,
  attributes = {
    path = attribute.string { required = true, fixed = true,
      doc = "folder of docker-compose.yml" },
    env = attribute.map { default = {}, secret = true,
      doc = "of .env; secrets may be in it" },
    revision = attribute.any { doc = "what the folder holds, e.g. checkout.commit:"
      .. " another is "
      .. "built and brought up" },
    validate = attribute.string { ["local"] = true,
      doc = "command run in the folder with the new .env; where it fails the old one"
        .. " comes back" },
    pull = attribute.bool { default = true, ["local"] = true,
      doc = "pull images before `up`" },
    within = attribute.any { default = "120s", ["local"] = true,
      doc = "how long the services may take to become healthy" },
    running = attribute.bool { default = true,
      doc = "every service runs, none is unhealthy" },
    up_to_date = attribute.bool { default = true,
      doc = "what runs was started from the files that are there now" },
    services = attribute.map { computed = true, doc = "service → state" },
  },
  example = [[
docker.compose "identity" {
  on = host, path = "/opt/pipster/identity", env = { TZ = "UTC" },
}]],
  shorthand = function(declared)
    shell.check_path(declared.path)
    check_env(declared.env)
    return declared
  end,

  probe = function(items)
    local lines = { scripts.probe_function() }
    for index, item in ipairs(items) do
      lines[index + 1] = "probe_compose " .. index .. " "
        .. shell.quote((item.want or item.recorded).path)
    end
    return table.concat(lines, "\n")
  end,
  read = function(items, output)
    local results, index, words = {}, nil, nil
    for line in shell.lines(output) do
      local word, rest = line:match("^(%l+) ?(.*)$")
      if word == "project" then
        index, words = tonumber(rest), { containers = {}, services = {} }
      elseif word == "container" and words then
        words.containers[#words.containers + 1] = rest
      elseif word == "service" and words then
        words.services[rest] = true
      elseif word == "done" and words and items[index] then
        results[index], words = found_of(words, items[index]), nil
      elseif word and words and rest ~= "" then
        words[word] = rest
      end
    end
    return results
  end,
  -- Where `state recover` reads a secret back.
  places = function(want)
    local list = {}
    for name in pairs(want.env or {}) do
      list[#list + 1] = { at = "env." .. name, path = want.path .. "/.env", key = name }
    end
    return list
  end,
  commands = function(have, want)
    if want then return scripts.up(want) end
    return { { "compose down (volumes stay)", scripts.down(have.path) } }
  end,
  preview = function(change)
    if change.action == "delete" then
      return { downtime = "its services end", notes = { "its volumes stay" } }
    end
    if change.action ~= "update" then return {} end
    local fields = #(change.fields or {})
    local restarts = not (fields == 1 and change.fields[1] == "running")
    return { downtime = restarts and "some seconds for each service that is recreated"
      or nil }
  end,
}
