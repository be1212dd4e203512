-- SPDX-License-Identifier: MIT
--
-- A packet filter as a whole: the tables that the text names are replaced by it in one
-- transaction of the kernel's, and loaded again at boot. Tables of others (Docker's,
-- fail2ban's) are left alone unless it is to be exclusive.
local apt = require "apt"
local attribute = require "attribute"
local encode = require "encode"
local fault = require "fault"
local scripts = require "host_nftables"
local shell = require "shell"
local kind_of, type = type, require "type"

return type {
  name = "nftables",
  doc = "The packet filter in " .. scripts.path
    .. ": checked, loaded as one, also at boot.",
  link = "https://manpages.debian.org/bookworm/nftables/nft.8.en.html",
  on_host = true,
  nameless = true,
  risky = true,
  attributes = {
    rules = attribute.string { required = true, content = true,
      doc = "tables as nft reads them; those that it names are ours as a whole" },
    exclusive = attribute.bool { default = false,
      doc = "no other table may be there; what Docker and fail2ban made goes too" },
    loaded = attribute.bool { default = true, doc = "the kernel has just these tables" },
    active = attribute.bool { default = true, doc = "they are loaded at boot" },
  },
  example = [[
host:nftables { rules = "table inet filter { chain input {\n"
  .. "type filter hook input priority 0; policy drop; iif lo accept\n"
  .. "ct state established,related accept; tcp dport { 22, 80, 443 } accept } }" }]],
  shorthand = function(declared)
    local rules = declared.rules
    if kind_of(rules) ~= "string" then return declared end
    if scripts.without_remarks(rules):find("flush%s+ruleset") then
      fault("the rules of nftables must not flush the ruleset", {
        why = "their own tables are replaced anyway, and the others are not theirs",
        next = "leave it out, or say exclusive = true" })
    end
    if #scripts.tables(rules) == 0 then
      fault("the rules of nftables name no table", {
        next = "write at least one: table inet filter { … }" })
    end
    return declared
  end,

  probe = function(items, context)
    return scripts.probe(items[1].want or items[1].recorded, context.folder)
  end,
  read = function(items, output)
    local content, loaded, active = output:match("^file:([%w+/=]+) (%l+) (%l+)")
    if not content then return {} end
    local text, want = encode.base64_decode(content), items[1].want or items[1].recorded
    local exclusive, rules = scripts.parse(text)
    if scripts.render(want) == text then
      exclusive, rules = want.exclusive, want.rules
    end
    return { { rules = rules, exclusive = exclusive, loaded = loaded == "same",
      active = active == "yes" } }
  end,
  writes = function() return { scripts.path } end,
  revert = scripts.revert,
  commands = function(have, want, context)
    if not want then return { { "remove its tables", scripts.remove(have) } } end
    local text = scripts.render(want)
    return {
      { "apt-get install nftables", apt.ensure("nft", { "nftables" }), unarmed = true },
      { "nft --check", scripts.check(text), unarmed = true },
      { "write " .. scripts.path, shell.write_file { path = scripts.path, content = text,
        mode = "0755" } },
      { "nft --file " .. scripts.path, scripts.load(have, want, context.folder) },
    }
  end,
}
