-- SPDX-License-Identifier: MIT
--
-- Settings of the SSH server in a file of ours that is read first. What counts is what
-- the server makes of all its files (sshd -T), so that a setting that another file takes
-- over is seen; it is told with its place.
local attribute = require "attribute"
local fault = require "fault"
local scripts = require "host_sshd"
local shell = require "shell"
local kind_of, type = type, require "type"

local function check_names(declared, name)
  for _, word in ipairs(kind_of(declared[name]) == "table" and declared[name] or {}) do
    if kind_of(word) == "string" and not word:find("^[^%s\"'#\\]+$") then
      fault(("%s of sshd: %q is no name or pattern"):format(name, word), {
        next = "write users and groups one by one, without blanks and quotes" })
    end
  end
end

local function same(left, right)
  if kind_of(left) ~= "table" or kind_of(right) ~= "table" then return left == right end
  local function sorted(list)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy)
    return table.concat(copy, " ")
  end
  return sorted(left) == sorted(right)
end

-- Only what is declared is told, and whether the file says just that.
local function found_of(want, effective, text, places)
  local found, differs, overridden = {}, false, {}
  for name, keyword in pairs(scripts.keywords) do
    if want[name] ~= nil then
      found[name] = effective[name]
      local is_other = not same(want[name], effective[name])
      differs = differs or is_other
      for _, place in ipairs(is_other and places[keyword:lower()] or {}) do
        overridden[#overridden + 1] = place
      end
    end
  end
  local rendered = scripts.render(want)
  table.sort(overridden)
  found.overridden_by = overridden
  found.as_written = differs or rendered == nil or rendered == text
  return found
end

return type {
  name = "sshd",
  doc = "Settings of the SSH server, in " .. scripts.path .. ", read before others.",
  link = "https://manpages.debian.org/bookworm/openssh-server/sshd_config.5.en.html",
  on_host = true,
  nameless = true,
  risky = true,
  attributes = {
    port = attribute.set { item = "integer", doc = "where it listens; to move: both"
      .. " ports, then the host's `port`, then the new one alone" },
    permit_root_login = attribute.string {
      one_of = { "yes", "no", "prohibit-password", "forced-commands-only" },
      doc = "whether root may log in" },
    password_authentication = attribute.bool { doc = "passwords are taken" },
    keyboard_interactive = attribute.bool { doc = "questions are asked (PAM)" },
    allow_users = attribute.set { doc = "users (patterns) that may log in, no other" },
    allow_groups = attribute.set { doc = "groups (patterns) that may log in, no other" },
    deny_users = attribute.set { doc = "users (patterns) that may not log in" },
    max_auth_tries = attribute.integer { doc = "attempts in one connection" },
    max_sessions = attribute.integer { doc = "sessions in one connection" },
    login_grace_seconds = attribute.integer { doc = "within which one must log in" },
    client_alive_seconds = attribute.integer { doc = "silence after which it asks" },
    x11_forwarding = attribute.bool { doc = "X11 is forwarded" },
    tcp_forwarding = attribute.string { one_of = { "yes", "no", "local", "remote" },
      doc = "ports are forwarded" },
    agent_forwarding = attribute.bool { doc = "agents are forwarded" },
    as_written = attribute.bool { default = true,
      doc = "the file says this and nothing else" },
    overridden_by = attribute.list { computed = true,
      doc = "where another file says otherwise" },
  },
  example = [[
host:sshd { permit_root_login = "prohibit-password", password_authentication = false }]],
  shorthand = function(declared)
    if kind_of(declared.port) == "number" then declared.port = { declared.port } end
    for _, name in ipairs { "allow_users", "allow_groups", "deny_users" } do
      check_names(declared, name)
    end
    return declared
  end,

  probe = scripts.probe,
  read = function(items, output)
    local text, effective, places = scripts.parse(output)
    local want = items[1].want or items[1].recorded
    if not text or not want then return {} end
    return { found_of(want, effective, text, places) }
  end,
  preview = function(change)
    local notes = {}
    for _, place in ipairs(change.have and change.have.overridden_by or {}) do
      notes[#notes + 1] = "set elsewhere too: " .. place
    end
    return { notes = notes }
  end,
  writes = function() return { scripts.path } end,
  revert = function() return { files = { scripts.path }, revert = scripts.reload } end,
  commands = function(_, want)
    if not want then
      return { { "rm " .. scripts.path, "rm -f " .. scripts.path },
        { "reload sshd", scripts.reload } }
    end
    local text = scripts.render(want)
    return {
      { "sshd -t, sshd -T", scripts.validate(want, text), unarmed = true },
      { "write " .. scripts.path, shell.write_file { path = scripts.path,
        content = text } },
      { "reload sshd", scripts.reload },
    }
  end,
}
