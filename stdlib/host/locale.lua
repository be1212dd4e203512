-- SPDX-License-Identifier: MIT
--
-- A locale, generated; the default one of the host when that is said.
local apt = require "apt"
local attribute = require "attribute"
local each = require "each"
local fault = require "fault"
local shell = require "shell"
local kind_of, type = type, require "type"

local function name_of(item)
  return (item.want or item.recorded).locale
end

-- locale -a writes them its own way: de_DE.utf8.
local functions = [[
plain() { printf %s "$1" | tr '[:upper:]' '[:lower:]' | tr -d -; }
made() { locale -a 2>/dev/null | tr '[:upper:]' '[:lower:]' | tr -d - |
  grep -qxF "$(plain "$1")"; }
listed() { case $(plain "$1") in c.utf8|c|posix) return 0 ;; esac
  awk -v l="$1" '$1 == l { found = 1 } END { exit !found }' /etc/locale.gen; }
]]

-- Its line is taken out of its comment or added; one that Debian does not know is
-- refused.
local generate = [[
listed "$l" || {
  line=$(awk -v l="$l" '$1 == l { print; exit }' /usr/share/i18n/SUPPORTED)
  [ -n "$line" ] || { echo "Debian knows no locale $l; see /usr/share/i18n/SUPPORTED"
    exit 1; }
  n=/etc/locale.gen.pipster-new; touch /etc/locale.gen
  awk -v l="$l" -v line="$line" '
    !told && $1 == "#" && $2 == l { print line; told = 1; next } { print }
    END { if (!told) print line }' /etc/locale.gen > "$n" && chmod 644 "$n" &&
    mv -f "$n" /etc/locale.gen || { rm -f "$n"; exit 1; }
}
made "$l" || locale-gen --keep-existing]]

local ungenerate = [[
n=/etc/locale.gen.pipster-new
[ ! -e /etc/locale.gen ] || {
  awk -v l="$l" '$1 == l { print "# " $0; next } { print }' /etc/locale.gen > "$n" &&
    chmod 644 "$n" && mv -f "$n" /etc/locale.gen || { rm -f "$n"; exit 1; }
  locale-gen
}]]

local function probe_one(index, item)
  local word = shell.quote(name_of(item))
  return "! made " .. word .. " || ! listed " .. word .. " || echo " .. index
    .. ":$(sed -n 's/^LANG=//p' /etc/default/locale | tr -d '\"')"
end

local function found_of(item, lang)
  return { locale = name_of(item), default = lang == name_of(item) }
end

return type {
  name = "locale",
  doc = "A locale that programs can use; with default = true the host's own (LANG).",
  link = "https://manpages.debian.org/bookworm/locales/locale-gen.8.en.html",
  on_host = true,
  attributes = {
    locale = attribute.string { fixed = true,
      doc = "\"de_DE.UTF-8\"; the resource's name when left out" },
    default = attribute.bool { optional_computed = true,
      doc = "LANG of those who log in and of services" },
  },
  example = [[host:locale "de_DE.UTF-8" { default = true }]],
  shorthand = function(declared, name)
    if name and declared.locale == nil then declared.locale = name end
    if kind_of(declared.locale) == "string" and declared.locale:find("[^%w_.@-]") then
      fault("\"" .. declared.locale .. "\" is no name of a locale", {
        next = "for example \"de_DE.UTF-8\"; see /usr/share/i18n/SUPPORTED" })
    end
    return declared
  end,

  probe = each.probe(probe_one, functions),
  read = each.read("^(%d+):(%S*)$", found_of),
  commands = function(have, want)
    local locale = (want or have).locale
    local start = functions .. "l=" .. shell.quote(locale) .. "\n"
    if not want then
      return { { "take " .. locale .. " out of /etc/locale.gen", start
        .. (have.default and "update-locale LANG=C.UTF-8 || exit 1\n" or "")
        .. ungenerate } }
    end
    local commands = {
      { "apt-get install locales", apt.ensure("locale-gen", { "locales" }) },
      { "locale-gen " .. locale, start .. generate },
    }
    if want.default ~= nil and want.default ~= (have and have.default or false) then
      local lang = want.default and locale or "C.UTF-8"
      commands[3] = { "update-locale LANG=" .. lang,
        "update-locale LANG=" .. shell.quote(lang) }
    end
    return commands
  end,
}
