-- SPDX-License-Identifier: MIT
--
-- How logs are rotated: a file of its own in /etc/logrotate.d, which logrotate itself
-- reads through before it stays there.
local apt = require "apt"
local attribute = require "attribute"
local fault = require "fault"
local rendered = require "rendered"
local shell = require "shell"
local kind_of, type = type, require "type"

local keys = {
  "files", "every", "keep", "size", "compress", "copytruncate", "create", "postrotate",
}

local function path_of(name)
  return "/etc/logrotate.d/pipster-" .. name
end

local function render(want)
  local names, lines = {}, {}
  for index, name in ipairs(want.files) do names[index] = "\"" .. name .. "\"" end
  lines[1] = table.concat(names, " ") .. " {"
  local function add(line) lines[#lines + 1] = "    " .. line end
  add(want.every)
  add("rotate " .. want.keep)
  if want.size then add("maxsize " .. want.size) end
  if want.compress then
    add("compress")
    add("delaycompress")
  end
  if want.copytruncate then add("copytruncate") end
  if want.create then add("create " .. want.create) end
  add("missingok")
  add("notifempty")
  if want.postrotate then
    add("sharedscripts")
    add("postrotate")
    lines[#lines + 1] = want.postrotate
    add("endscript")
  end
  return table.concat(lines, "\n") .. "\n}\n"
end

local function parse(text)
  local found = { files = {}, compress = text:find("\n%s*compress\n") ~= nil,
    copytruncate = text:find("\n%s*copytruncate\n") ~= nil }
  for name in (text:match("^[^\n]*") or ""):gmatch("\"([^\"]*)\"") do
    found.files[#found.files + 1] = name
  end
  found.every = text:match("\n%s*(%l+ly)\n")
  found.keep = math.tointeger(tonumber(text:match("\n%s*rotate (%d+)\n")))
  found.size = text:match("\n%s*maxsize (%S+)\n")
  found.create = text:match("\n%s*create ([^\n]+)\n")
  found.postrotate = text:match("\n%s*postrotate\n(.-)\n%s*endscript\n")
  return found
end

local function check(declared, name)
  if name and name:find("[^%w_-]") then
    fault("logrotate would pass over \"" .. name .. "\"",
      { next = "use a-z, 0-9, - and _" })
  end
  for _, file in ipairs(kind_of(declared.files) == "table" and declared.files or {}) do
    if kind_of(file) == "string" and (file:sub(1, 1) ~= "/" or file:find("[\"\n]")) then
      fault("\"" .. file .. "\" is no path of a log",
        { next = "an absolute one, or a glob" })
    end
  end
  local size = declared.size
  if kind_of(size) == "string" and not size:find("^%d+[kMG]?$") then
    fault("\"" .. size .. "\" is no size", { next = "for example \"100M\"" })
  end
end

return type {
  name = "logrotate",
  doc = "Rotation of logs: empty ones and missing ones are passed over.",
  link = "https://manpages.debian.org/bookworm/logrotate/logrotate.8.en.html",
  on_host = true,
  attributes = {
    files = attribute.list { required = true, item = "string",
      doc = "absolute paths, or globs" },
    every = attribute.string { default = "weekly",
      one_of = { "hourly", "daily", "weekly", "monthly", "yearly" },
      doc = "how often (hourly needs logrotate's timer to be so)" },
    keep = attribute.integer { default = 4, doc = "old ones that are kept" },
    size = attribute.string { doc = "earlier when bigger than this: \"100k\", \"10M\"" },
    compress = attribute.bool { default = true, doc = "but for the newest old one" },
    copytruncate = attribute.bool { default = false,
      doc = "for who cannot open a new one: copy it, then empty it" },
    create = attribute.string { doc = "mode, owner, group of the new: \"0640 app adm\"" },
    postrotate = attribute.string { doc = "shell text, once after all of them" },
    as_written = rendered.as_written,
  },
  example = [[
host:logrotate "shop" {
  files = { "/var/log/shop/*.log" }, every = "daily", keep = 14,
  postrotate = "systemctl kill -s HUP shop",
}]],
  shorthand = function(declared, name)
    check(declared, name)
    if kind_of(declared.postrotate) == "string" then
      declared.postrotate = declared.postrotate:gsub("%s+$", "") .. ""
    end
    return declared
  end,

  probe = rendered.probe(path_of),
  read = rendered.read(keys, render, parse),
  writes = function(_, name) return { path_of(name) } end,
  commands = function(_, want, context)
    local path = path_of(context and context.name or "…")
    if not want then return { { "rm " .. path, "rm -f " .. path } } end
    local check_it = "said=$(logrotate -d " .. path
      .. " 2>&1) && case $said in *error:*) false ;; esac || { echo \"$said\" |"
      .. " grep error: >&2; false; }"
    return {
      { "apt-get install logrotate", apt.ensure("logrotate", { "logrotate" }) },
      { "write " .. path .. ", logrotate -d",
        shell.replace_file({ path = path, content = render(want) }, check_it) },
    }
  end,
}
