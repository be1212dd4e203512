-- SPDX-License-Identifier: MIT
--
-- The host's own firewall: the whole policy, so that a rule added by hand is seen. Rules
-- are added before others are deleted, and nothing is reset: no moment lets less in than
-- before and after, and a failure on the way leaves a way in.
local apt = require "apt"
local attribute = require "attribute"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function canonical(rule)
  if kind_of(rule) == "number" then return math.tointeger(rule) .. "/tcp" end
  if kind_of(rule) ~= "string" then return rule end
  return rule:find("^[%d:]+$") and rule .. "/tcp" or rule
end

-- Whether a rule may let SSH in: its port, a profile, an address, what is known later.
local function admits_ssh(rule, port)
  if kind_of(rule) ~= "string" then return true end
  return rule == port .. "/tcp" or rule == tostring(port) or not rule:find("^%d")
end

local function check_way_in(allow, port)
  for _, rule in ipairs(allow) do
    if admits_ssh(rule, port) then return end
  end
  fault("this ufw policy would lock us out", {
    why = "it does not allow " .. port .. "/tcp, by which the host is reached",
    next = "add \"" .. port .. "/tcp\" to allow" })
end

local function words_of(rule)
  local words = {}
  for word in rule:gmatch("%S+") do words[#words + 1] = word end
  return shell.words(words)
end

-- Rules that ufw would refuse stop everything before anything was done.
local function validated(want)
  local lines = {}
  for index, rule in ipairs(want.allow) do
    lines[index] = "ufw --dry-run allow " .. words_of(rule) .. " >/dev/null"
  end
  return table.concat(lines, " &&\n")
end

local function policy(want)
  local lines, kept = {}, { "ufw show added | sed -n 's/^ufw //p'" }
  for index, rule in ipairs(want.allow) do
    lines[index] = "ufw allow " .. words_of(rule) .. " >/dev/null || exit 1"
    kept[index + 1] = "grep -vxF " .. shell.quote("allow " .. rule)
  end
  lines[#lines + 1] = [[
ufw default deny incoming >/dev/null && ufw default allow outgoing >/dev/null || exit 1
ufw --force enable >/dev/null || exit 1]]
  lines[#lines + 1] = table.concat(kept, " | ") .. " | while read -r rule; do\n"
    .. "case $rule in route\\ *) eval \"ufw --force route delete ${rule#route }\" ;;\n"
    .. "*) eval \"ufw --force delete $rule\" ;; esac >/dev/null || exit 1\ndone || exit 1"
  lines[#lines + 1] = "systemctl enable -q ufw"
  return table.concat(lines, "\n")
end

return type {
  name = "ufw",
  doc = "ufw, enabled: everything incoming denied but what is allowed; outgoing allowed.",
  link = "https://manpages.debian.org/bookworm/ufw/ufw.8.en.html",
  on_host = true,
  nameless = true,
  risky = true,
  attributes = {
    allow = attribute.set { required = true,
      doc = "22, \"443/tcp\", \"60000:61000/udp\", \"from 10.0.0.0/8 to any port 5432"
        .. " proto tcp\"" },
    ssh_port = attribute.integer { default = 22, ["local"] = true,
      doc = "by which pipster comes in; it must be allowed" },
    denies = attribute.bool { default = true, doc = "the rest that comes in is denied" },
  },
  example = [[host:ufw { allow = { "22/tcp", "80/tcp", "443/tcp" } }]],
  shorthand = function(declared)
    if kind_of(declared.allow) ~= "table" then return declared end
    local allow = {}
    for index, rule in ipairs(declared.allow) do allow[index] = canonical(rule) end
    declared.allow = allow
    check_way_in(allow, kind_of(declared.ssh_port) == "number" and declared.ssh_port
      or 22)
    return declared
  end,

  probe = function()
    return "! command -v ufw >/dev/null || { ufw status; ufw show added"
      .. "; grep '^DEFAULT_[IO][NU]T*PUT_POLICY=' /etc/default/ufw; }"
  end,
  -- One that is off is none.
  read = function(_, output)
    local active, allow, policies = false, {}, {}
    for line in shell.lines(output) do
      local rule = line:match("^ufw (.+)$")
      local chain, verdict = line:match("^DEFAULT_(%u+)_POLICY=\"?(%u+)")
      active = active or line == "Status: active"
      if rule then allow[#allow + 1] = rule:match("^allow (.+)$") or rule end
      if chain then policies[chain] = verdict end
    end
    if not active then return {} end
    return { { allow = allow, denies = policies.INPUT == "DROP"
      and policies.OUTPUT == "ACCEPT" } }
  end,
  -- What is on is told by ufw.conf, which is put back as well.
  revert = function()
    return { files = { "/etc/ufw/user.rules", "/etc/ufw/user6.rules", "/etc/ufw/ufw.conf",
      "/etc/default/ufw" },
      revert = "ufw --force disable >/dev/null && put_back /etc/ufw/ufw.conf &&\n"
        .. "{ ! grep -q '^ENABLED=yes' /etc/ufw/ufw.conf ||"
        .. " ufw --force enable >/dev/null; }" }
  end,
  commands = function(_, want)
    if not want then return { { "ufw disable", "ufw --force disable >/dev/null" } } end
    return {
      { "apt-get install ufw", apt.ensure("ufw", { "ufw" }), unarmed = true },
      { "ufw --dry-run", validated(want), unarmed = true },
      { "set the policy, enable ufw", policy(want) },
    }
  end,
}
