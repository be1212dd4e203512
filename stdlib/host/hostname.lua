-- SPDX-License-Identifier: MIT
--
-- The name of a host, and its line of 127.0.1.1 in /etc/hosts, by which it knows its full
-- name.
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function check(name, what, pattern)
  if kind_of(name) ~= "string" or name:find(pattern) and #name <= 63 then return end
  fault("\"" .. name .. "\" cannot be " .. what, {
    why = "it is made of a-z, 0-9 and inner hyphens, at most 63 of them" })
end

-- "app1.example.com app1", as the line of /etc/hosts has it.
local function names_of(want)
  return (want.domain and want.hostname .. "." .. want.domain .. " " or "")
    .. want.hostname
end

-- Every other line is copied; ours stands where the first of its kind stood.
local hosts = [[
n=/etc/hosts.pipster-new; h=/etc/hosts; [ -e "$h" ] || : > "$h"
awk -v names="$names" 'BEGIN { line = "127.0.1.1 " names }
  $1 == "127.0.1.1" { if (!told) print line; told = 1; next } { print }
  END { if (!told) print line }' "$h" > "$n" &&
  chmod 644 "$n" && mv -fT "$n" "$h" || { rm -f "$n"; exit 1; }]]

-- A host under cloud-init would get its first name back at the next boot.
local keep = "[ ! -d /etc/cloud/cloud.cfg.d ] ||\n" .. shell.write_file {
  path = "/etc/cloud/cloud.cfg.d/99-pipster-hostname.cfg",
  content = "preserve_hostname: true\nmanage_etc_hosts: false\n" }

return type {
  name = "hostname",
  doc = "The name of a host: now, at boot, and in its /etc/hosts.",
  link = "https://manpages.debian.org/bookworm/systemd/hostnamectl.1.en.html",
  lasting = "the host keeps its name",
  on_host = true,
  nameless = true,
  attributes = {
    hostname = attribute.string { required = true,
      doc = "\"app1\", without a domain; the resource's name when left out" },
    domain = attribute.string { optional_computed = true, doc = "\"example.com\": makes"
      .. " \"app1.example.com\" its full name" },
    in_force = attribute.bool { default = true,
      doc = "the kernel, /etc/hostname and /etc/hosts say the same" },
  },
  example = [[host:hostname "app1" { domain = "example.com" }]],
  shorthand = function(declared, name)
    if name and declared.hostname == nil then declared.hostname = name end
    check(declared.hostname, "the name of a host", "^[%l%d][%l%d-]*$")
    check(declared.domain, "a domain", "^[%l%d][%l%d.-]*$")
    return declared
  end,

  probe = function()
    return "printf '%s|%s|%s\\n' \"$(uname -n)\" \"$(cat /etc/hostname)\""
      .. " \"$(awk '$1 == \"127.0.1.1\" { $1 = \"\"; print }' /etc/hosts |"
      .. " tr '\\n' ' ')\""
  end,
  read = function(_, output)
    local live, kept, line = output:match("([^|\n]+)|([^|\n]*)|([^|\n]*)")
    if not live then return {} end
    local full, short = line:match("^%s*(%S+)%s*(%S*)")
    local domain = full and full:match("^[^.]+%.(.+)$")
    return { { hostname = kept ~= "" and kept or live, domain = domain,
      in_force = live == kept and (short == kept or full == kept) } }
  end,
  commands = function(_, want)
    if not want then return { { "nothing: the name stays", "true" } } end
    return {
      { "hostnamectl set-hostname " .. want.hostname,
        "if [ -d /run/systemd/system ]; then"
        .. " hostnamectl set-hostname -- " .. shell.quote(want.hostname) .. "\nelse "
        .. shell.write_file { path = "/etc/hostname", content = want.hostname .. "\n" }
        .. "[ $? = 0 ] && hostname -- " .. shell.quote(want.hostname) .. "; fi" },
      { "write 127.0.1.1 into /etc/hosts",
        "names=" .. shell.quote(names_of(want)) .. "\n" .. hosts .. "\n" .. keep },
    }
  end,
}
