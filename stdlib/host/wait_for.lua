-- SPDX-License-Identifier: MIT
--
-- Waits until something is so, on the host: a port takes connections, a file is there, an
-- address answers, a command succeeds. Where it is so already nothing is done.
local apt = require "apt"
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local shell = require "shell"
local type = require "type"
local wait = require "wait"

local conditions = { "port", "path", "url", "command" }

-- Succeeds when all that is declared is so. A text of others is evaluated apart, so that
-- a slip in it is not one of the whole script.
local function test_of(want)
  local tests = {}
  if want.port then
    tests[#tests + 1] = "timeout 3 bash -c 'exec 3<>\"/dev/tcp/$0/$1\"' "
      .. shell.words { want.address, want.port }
  end
  if want.path then tests[#tests + 1] = "[ -e " .. shell.quote(want.path) .. " ]" end
  if want.url then
    tests[#tests + 1] = "[ \"$(curl -s -o /dev/null -m 5 -w '%{http_code}' -- "
      .. shell.quote(want.url) .. ")\" = " .. want.status .. " ]"
  end
  if want.command then
    tests[#tests + 1] = shell.join({ "(eval ", shell.quote(want.command), ")" }, "")
  end
  return shell.join({ "{ ", shell.join(tests, " && "), "; } >/dev/null 2>&1" }, "")
end

local function is_safe(want)
  return want.safe or not want.command
end

local function words_of(want)
  local words = {}
  if want.port then words[1] = "port " .. want.port .. " of " .. want.address end
  if want.path then words[#words + 1] = want.path end
  if want.url then words[#words + 1] = want.url end
  if want.command then words[#words + 1] = "its command" end
  return table.concat(words, " and ")
end

local function probe_one(index, item, context)
  local want = item.want or item.recorded
  if not (context.in_run or context.after or is_safe(want)) then return nil end
  return shell.join({ "if ", test_of(want), "; then echo ", index, ":done; fi" }, "")
end

local function done()
  return { done = true }
end

return type {
  name = "wait_for",
  doc = "Waits until a port, a file, an HTTP address or a command is as it should be.",
  lasting = "nothing was made",
  on_host = true,
  attributes = {
    port = attribute.integer { ["local"] = true, doc = "TCP: it takes connections" },
    address = attribute.string { default = "127.0.0.1", ["local"] = true,
      doc = "whose port, as the host sees it" },
    path = attribute.string { ["local"] = true, doc = "a file or directory is there" },
    url = attribute.string { ["local"] = true, doc = "http or https: it answers" },
    status = attribute.integer { default = 200, ["local"] = true, doc = "of the answer" },
    command = attribute.any { ["local"] = true, doc = "shell text that succeeds" },
    safe = attribute.bool { default = false, ["local"] = true,
      doc = "the command only reads, so that a plan may run it" },
    within = attribute.string { default = "2m", ["local"] = true,
      doc = "how long: \"30s\", \"5m\"" },
    done = attribute.bool { default = true, doc = "it is so" },
  },
  example = [[host:wait_for "database" { port = 5432, within = "1m" }]],
  shorthand = function(declared, name)
    local count = 0
    for _, key in ipairs(conditions) do
      count = count + (declared[key] ~= nil and 1 or 0)
    end
    if name and count == 0 then
      fault("wait_for \"" .. name .. "\" does not say what for",
        { next = "add port, path, url or command" })
    end
    if declared.within ~= nil then wait.seconds(declared.within) end
    return declared
  end,

  probe = each.probe(probe_one, ":"),
  read = each.read("^(%d+):done$", done),
  undecided = function(want)
    return not is_safe(want) and "its command is run only by a run" or nil
  end,
  commands = function(_, want)
    if not want then return { { "nothing: there is nothing to take away", "true" } } end
    local seconds = wait.seconds(want.within)
    local what = words_of(want)
    local curl = { "apt-get install curl", apt.ensure("curl", { "curl" }) }
    local waiting = { "wait for " .. what, shell.join({ "began=$(date +%s)\nif ",
      test_of(want), "; then needless; else until ", test_of(want),
      "; do\n[ $(($(date +%s) - began)) -lt ", seconds, " ] || { echo ",
      shell.quote(what .. ": not within " .. want.within), "; exit 1; }\nsleep 1\n",
      "done; fi" }, "") }
    return want.url and { curl, waiting } or { waiting }
  end,
}
