-- SPDX-License-Identifier: MIT
--
-- The files of one watch on a host: what is measured (shell text that the watch's script
-- reads; 0600, since a URL with a password may be in it), a service and a timer.
local digest = require "digest"
local encode = require "encode"
local script = require "alert_watch_script"
local share = require "alert_share"
local shell = require "shell"
local unknown = require "unknown"
local wait = require "wait"

local file = {}
file.__index = file

-- kind: as alert_watch.type has it.
function file.of(kind, name)
  local id = kind.name .. "-" .. name
  return setmetatable({ kind = kind, name = name, id = id,
    path = script.folder .. "/" .. id, unit = "pipster-watch-" .. id,
    base = "/etc/systemd/system/pipster-watch-" .. id,
    state = script.state .. "/" .. id }, file)
end

local function seconds(text) return ("%d"):format(wait.seconds(text)) end

local function is_secret(kind, key) return kind.described[key].secret end

-- What was declared, as comments that are read back.
local function declared(kind, want)
  local lines = {}
  for _, key in ipairs(kind.keys) do
    local value = want[key]
    if value ~= nil and not is_secret(kind, key) then
      local text = type(value) == "table" and table.concat(value, " ") or tostring(value)
      lines[#lines + 1] = "# " .. key .. ": " .. text:gsub("%c", " ") .. "\n"
    end
  end
  return table.concat(lines)
end

function file:settings(want)
  local kind, above, below = self.kind, 0, 0
  if kind.above then above, below = share.limits(want) end
  local words = {
    "title=" .. shell.quote("alert." .. kind.name .. "/" .. self.name),
    "contacts=" .. shell.quote(table.concat(want.notify, " ")),
    ("above=%g below=%g"):format(above, below),
    "limit=" .. shell.quote(kind.above and "limit " .. want.above or ""),
    "window=" .. seconds(want.over) .. " again=" .. seconds(want.again)
      .. " begin=" .. (kind.windowed and "0" or seconds(want.over)),
  }
  return shell.join({ "# Written by pipster.\n", declared(kind, want),
    table.concat(words, "\n"), "\nmeasure() {\n", kind.measure(want), "\n}\n" }, "")
end

function file:service()
  return "[Unit]\nDescription=watch of alert." .. self.kind.name .. "/" .. self.name
    .. " (pipster)\nStartLimitIntervalSec=0\n\n[Service]\nType=oneshot\nExecStart="
    .. script.path .. " " .. self.path .. "\nTimeoutStartSec=10min\nLogLevelMax=notice\n"
end

function file:timer(want)
  local every = wait.seconds(want.every)
  return "[Unit]\nDescription=" .. self.unit .. " every " .. want.every
    .. "\n\n[Timer]\nOnActiveSec=1s\nOnUnitActiveSec=" .. seconds(want.every)
    .. "s\nAccuracySec=" .. (every < 60 and "100ms" or "5s")
    .. "\n\n[Install]\nWantedBy=timers.target\n"
end

function file:names()
  return { self.path, self.base .. ".service", self.base .. ".timer" }
end

-- It stands only when it can be measured.
function file:write(want)
  return shell.join({ "mkdir -p ", script.folder,
    " && install -d -m 700 /etc/pipster ", script.folder, " || exit 1\n",
    shell.replace_file({ path = self.path, content = self:settings(want),
      mode = "0600" }, script.path .. " --check \"$f\"") }, "")
end

function file:write_units(want)
  return shell.write_file { path = self.base .. ".service", content = self:service() }
    .. "[ $? = 0 ] || exit 1\n"
    .. shell.write_file { path = self.base .. ".timer", content = self:timer(want) }
end

function file:remove()
  return { { "systemctl disable --now " .. self.unit .. ".timer, rm " .. self.path,
    "systemctl disable --now -q " .. self.unit .. ".timer\nsystemctl stop -q "
    .. self.unit .. ".service\nrm -f " .. shell.words(self:names()) .. " " .. self.path
    .. ".pipster-old && rm -rf " .. self.state
    .. " && systemctl daemon-reload || exit 1\n"
    .. "rmdir " .. script.folder .. " 2>/dev/null && rm -f " .. script.path .. "; :" } }
end

-- index:is it active:mode:digest of all:what is not secret:digest of the script:state
function file:probe(index)
  local f = shell.quote(self.path)
  local timer = self.unit .. ".timer"
  return "[ ! -e " .. f .. " ] || echo \"" .. index .. ":$(systemctl is-active " .. timer
    .. ")-$(systemctl is-enabled " .. timer .. "):$(stat -c %a-%U " .. f .. "):$(cat "
    .. shell.words(self:names()) .. " | sha256sum | cut -d' ' -f1):$(grep '^# ' " .. f
    .. " | base64 -w 0):$(sha256sum < " .. script.path .. " | cut -d' ' -f1)"
    .. ":$(base64 -w 0 < " .. self.state .. "/phase)\""
end

local function all_known(want)
  for _, value in pairs(want) do
    if unknown.is(value) then return false end
  end
  return true
end

local function parse(kind, text)
  local found = {}
  for key, value in text:gmatch("# ([%l_]+): ([^\n]*)\n") do
    local described = kind.described[key]
    if described and described.kind == "list" then
      found[key] = {}
      for word in value:gmatch("%S+") do table.insert(found[key], word) end
    elseif described and described.kind == "integer" then
      found[key] = math.tointeger(tonumber(value))
    elseif described then
      found[key] = value
    end
  end
  return found
end

-- Whether the file is what is wanted: of another text with the same comments a secret is
-- another, or somebody has edited it.
local function compare(found, kind, want, whole, same_words)
  local secret
  for _, key in ipairs(kind.keys) do
    if whole then
      found[key] = want[key]
    elseif is_secret(kind, key) and want[key] ~= nil then
      secret = true
      found[key] = same_words and "another" or want[key]
    end
  end
  found.as_written = whole or not same_words or secret or false
end

function file:found(want, active, mode, sum, words, script_sum, state)
  if not want then return {} end
  local known, told = all_known(want), encode.base64_decode(words)
  local found = parse(self.kind, told)
  local whole = known and digest.sha256(shell.join({ self:settings(want), self:service(),
    self:timer(want) }, "")) == sum
  local same_words = known and told == "# Written by pipster.\n"
    .. declared(self.kind, want)
  compare(found, self.kind, want, whole, same_words)
  found.as_written = found.as_written and mode == "600-root"
  found.active = active == "active-enabled"
  found.script = script_sum == digest.sha256(script.text) and "current" or "another"
  local phase, says = encode.base64_decode(state):match("^(%l+)[^\n]*\n([^\n]-) *\n")
  found.firing, found.says = phase == "firing", says
  return found
end

return file
