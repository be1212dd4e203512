-- SPDX-License-Identifier: MIT
--
-- A certificate and its key, as files. They go to their places only when openssl says
-- that they belong together; what expires soon is told by every plan.
local apt = require "apt"
local attribute = require "attribute"
local clock = require "clock"
local digest = require "digest"
local each = require "each"
local shell = require "shell"
local unknown = require "unknown"
local type = require "type"

local function paths_of(attributes)
  return shell.quote(attributes.path), shell.quote(attributes.key_path)
end

-- index:mode:owner:group:sum:mode:owner:group:sum:when it expires
local function probe_one(index, item)
  local certificate, key = paths_of(item.want or item.recorded)
  return "if [ -f " .. certificate .. " ] || [ -f " .. key .. " ]; then\n"
    .. "look() { echo \"$(stat -L -c %a:%U:%G \"$1\" || echo ::):$(sha256sum < \"$1\""
    .. " | cut -d' ' -f1)\"; }\n"
    .. "end=$(openssl x509 -noout -enddate < " .. certificate .. " | cut -d= -f2)\n"
    .. "echo \"" .. index .. ":$(look " .. certificate .. "):$(look " .. key .. "):"
    .. "${end:+$(date -d \"$end\" +%s)}\"; fi"
end

local function text_of(wanted, sum)
  local known = wanted ~= nil and not unknown.is(wanted)
  return known and digest.sha256(wanted) == sum and wanted or "sha256:" .. sum
end

local function found_of(item, told)
  local words = {}
  for word in told:gmatch("([^:]*):?") do words[#words + 1] = word end
  -- A pair of which one is missing is none.
  if words[1] == "" or words[5] == "" then return nil end
  local want = item.want or {}
  local attributes = item.want or item.recorded
  local found = {
    path = attributes.path, key_path = attributes.key_path, reload = attributes.reload,
    owner = words[2], group = words[3], key_mode = shell.mode(words[5]),
    certificate = text_of(want.certificate, words[4]), key = text_of(want.key, words[8]),
    expires_at = math.tointeger(tonumber(words[9])),
  }
  if shell.mode(words[1]) ~= "0644" then found.certificate = "mode " .. words[1] end
  if words[6] ~= words[2] or words[7] ~= words[3] then
    found.owner, found.group = words[2] .. ", " .. words[6], words[3] .. ", " .. words[7]
  end
  return found
end

-- Before they take their places.
local belong_together = [[
of=$(openssl x509 -noout -pubkey < "$t2" 2>/dev/null) || {
  echo 'what is said to be the certificate is none (PEM)'; exit 1; }
by=$(openssl pkey -pubout < "$t1" 2>/dev/null) || {
  echo 'what is said to be the key is none (PEM, without a passphrase)'; exit 1; }
[ "$of" = "$by" ] || {
  echo 'the key is not that of the certificate: nothing was changed'; exit 1; }
openssl x509 -noout -checkend 0 < "$t2" >/dev/null || {
  echo 'the certificate has expired: nothing was changed'; exit 1; }]]

local function put(want)
  local function file(path, content, mode)
    return { path = path, content = content, mode = mode, owner = want.owner,
      group = want.group }
  end
  return shell.write_files({ file(want.key_path, want.key, want.key_mode),
    file(want.path, want.certificate, "0644") }, belong_together)
end

return type {
  name = "certificate",
  doc = "A certificate with its key, checked to belong together before they are used.",
  on_host = true,
  attributes = {
    path = attribute.string { required = true, fixed = true,
      doc = "of the certificate, with its chain; everybody may read it (0644)" },
    key_path = attribute.string { required = true, fixed = true, doc = "of the key" },
    certificate = attribute.any { required = true, content = true,
      doc = "PEM: itself first, then those that signed it" },
    key = attribute.any { required = true, content = true, secret = true,
      doc = "PEM, without a passphrase: a secret" },
    key_mode = attribute.string { default = "0600", doc = "octal, of the key" },
    owner = attribute.string { default = "root", doc = "user, of both" },
    group = attribute.string { default = "root", doc = "group, of both" },
    reload = attribute.string { ["local"] = true,
      doc = "the unit that reads them: reloaded (or restarted) after a change" },
    warn_days = attribute.integer { default = 21, ["local"] = true,
      doc = "days before its end from which a plan warns" },
    expires_at = attribute.integer { computed = true, doc = "seconds since 1970, UTC" },
  },
  example = [[
host:certificate "shop" {
  path = "/etc/ssl/shop.pem", key_path = "/etc/ssl/private/shop.key",
  certificate = "-----BEGIN CERTIFICATE-----\n…",
  key = secret "shop_key", reload = "nginx",
}]],
  shorthand = function(declared)
    shell.check_path(declared.path)
    shell.check_path(declared.key_path)
    if declared.key_mode then declared.key_mode = shell.mode(declared.key_mode) end
    return declared
  end,

  probe = each.probe(probe_one),
  read = each.read("^(%d+):(.*)$", found_of),
  writes = function(attributes) return { attributes.path, attributes.key_path } end,
  places = function(want) return { { at = "key", path = want.key_path } } end,
  preview = function(change)
    local have, want = change.have, change.want
    local same = have and want and have.certificate == want.certificate
    if not same or not have.expires_at then return {} end
    local days = (have.expires_at - clock.now()) // 86400
    if days >= want.warn_days then return {} end
    return { warnings = { have.path .. (days < 0 and " has expired"
      or " expires in " .. days .. " days") } }
  end,
  commands = function(have, want)
    if not want then
      local certificate, key = paths_of(have)
      return { { "rm " .. have.path .. " " .. have.key_path,
        "rm -f " .. certificate .. " " .. key } }
    end
    return {
      { "apt-get install openssl", apt.ensure("openssl", { "openssl" }) },
      { "openssl x509, openssl pkey, write " .. want.path .. ", " .. want.key_path,
        put(want) },
    }
  end,
  handlers = function(have, want)
    local unit = (want or have or {}).reload
    return unit and want and { { "reload " .. unit,
      "systemctl reload-or-restart -- " .. shell.quote(unit) } } or {}
  end,
}
