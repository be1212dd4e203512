-- SPDX-License-Identifier: MIT
--
-- What host:service and host:socket share: a unit of systemd that runs, starts at boot or
-- is masked, and its file where that is given. Units that follow each other in a batch
-- are written and enabled by the first of them, so that systemd reads its units once.
local attribute = require "attribute"
local digest = require "digest"
local encode = require "encode"
local fault = require "fault"
local secret = require "secret"
local shell = require "shell"

local unit = {}

local runs = { active = true, activating = true, reloading = true }
local starts = { enabled = true, ["enabled-runtime"] = true, alias = true }
-- Units that cannot be enabled or disabled are as they are wanted.
local neither = { static = true, indirect = true, generated = true, transient = true }

local function asked(item) return item.want or item.recorded end

-- "app" → "app.service"
local function full(name, suffix)
  return name:find("%.%l+$") and name or name .. suffix
end

local function path_of(name) return "/etc/systemd/system/" .. name end

function unit.attributes(what)
  return {
    unit = attribute.string { fixed = true,
      doc = what .. "; the resource's name when left out" },
    content = attribute.string { content = true,
      doc = "the unit's file; without it the unit is one that is there already" },
    running = attribute.bool { default = true, doc = "active" },
    enabled = attribute.bool { default = true, doc = "starts at boot" },
    masked = attribute.bool { default = false,
      doc = "nobody can start it; it is neither running nor enabled then" },
  }
end

function unit.shorthand(declared, name)
  if name and declared.unit == nil then declared.unit = name end
  if secret.is(declared.content) then
    fault("a secret cannot stand in a unit", {
      why = "everybody on the host may read it",
      next = "put it in a file of mode 0600, and name that by EnvironmentFile=" })
  end
  if declared.masked then
    if declared.content then
      fault("a unit that is masked has no file", { next = "leave content out" })
    end
    for _, word in ipairs { "running", "enabled" } do
      if declared[word] then
        fault("a unit that is masked is not " .. word, {
          next = "leave " .. word .. " out" })
      end
      declared[word] = false
    end
  end
  return declared
end

-- INDEX:LoadState=loaded:ActiveState=active:UnitFileState=enabled:file BASE64
function unit.probe(items, suffix)
  local lines = {}
  for index, item in ipairs(items) do
    local name = full(asked(item).unit, suffix)
    lines[index] = "u=" .. shell.quote(name)
      .. "; echo " .. index .. ":$(systemctl show -p LoadState -p ActiveState"
      .. " -p UnitFileState -- \"$u\" | tr '\\n' ':')"
      .. (asked(item).content and "file $(" .. shell.base64_of(path_of(name)) .. ")"
      or "")
  end
  return table.concat(lines, "\n")
end

local function found_of(item, load, active, file, content)
  if load ~= "loaded" and load ~= "masked" and not content then return nil end
  local want = item.want
  local enabled = starts[file] or false
  if neither[file] and want then enabled = want.enabled end
  return { unit = asked(item).unit, running = runs[active] or false, enabled = enabled,
    masked = load == "masked", content = content }
end

function unit.read(items, output)
  local results = {}
  for line in shell.lines(output) do
    local index, rest = line:match("^(%d+):(.*)$")
    local item = items[tonumber(index)]
    if item then
      local file = rest:match(":file ([%w+/=]+)$")
      local function state(name) return rest:match(name .. "=([%w-]*)") end
      results[tonumber(index)] = found_of(item, state "LoadState", state "ActiveState",
        state "UnitFileState", file and encode.base64_decode(file))
    end
  end
  return results
end

-- unit_put UNIT BASE64 NOTE writes it once systemd finds no fault with it; unit_read
-- makes systemd read what is new to it; unit_failed tells what the journal has of it.
local functions = [[
unit_put() {
  f="/etc/systemd/system/$1"; d=$(mktemp -d) || return 1
  printf %s "$2" | base64 -d > "$d/$1"
  unit_note() {
    [ ! -d "${folder-}/written" ] || sha256sum < "$f" > "$folder/written/$1"
  }
  if cmp -s "$d/$1" "$f"; then unit_note "$3"; rm -rf "$d"; return; fi
  said=$(systemd-analyze verify --recursive-errors=no --man=no "$d/$1" 2>&1) || {
    printf '%s\n' "$said" | sed "s|$d/||g"; rm -rf "$d"; return 1; }
  chmod 644 "$d/$1" && cp -p "$d/$1" "$f.pipster-new" && mv -fT "$f.pipster-new" "$f" &&
    unit_note "$3" && rm -rf "$d" || { rm -rf "$d" "$f.pipster-new"; return 1; }
}
unit_read() {
  for u do
    is=$(systemctl show -p NeedDaemonReload -p LoadState --value -- "$u")
    case $is in
    *yes*|*not-found*|*masked*) systemctl daemon-reload; return ;;
    esac
  done
}
unit_enable() {
  for u do
    systemctl is-enabled -q -- "$u" 2>/dev/null ||
      { systemctl --no-reload enable -q -- "$u" 2>/dev/null && new=1; }
  done
}
unit_failed() {
  echo "$1 did not start; what it said last:"
  journalctl -q --no-pager -o cat -n 15 -u "$1" 2>/dev/null; false
}
]]

local function put(want, suffix)
  local name = full(want.unit, suffix)
  return "unit_put " .. shell.quote(name) .. " '" .. encode.base64(want.content) .. "' "
    .. digest.sha256(path_of(name))
end

-- What is done for those that follow: a fault of theirs is told in their own step.
local function put_following(following, suffix)
  local lines, names = {}, {}
  for _, want in ipairs(following) do
    if want.content then
      lines[#lines + 1] = put(want, suffix) .. " >/dev/null 2>&1\n"
      names[#names + 1] = shell.quote(full(want.unit, suffix))
    end
  end
  return table.concat(lines), names
end

local function mask(have, name)
  if have and have.masked then return { "systemctl mask " .. name, "true" } end
  return { "systemctl mask --now " .. name, "systemctl mask --now -q -- "
    .. shell.quote(name) }
end

local function prepare(want, suffix, following)
  local name = full(want.unit, suffix)
  local others, names = put_following(following, suffix)
  local own = want.content and put(want, suffix) .. " || exit 1\n" or ""
  local enable = {}
  for _, other in ipairs { want, table.unpack(following) } do
    if other.content and other.enabled then
      enable[#enable + 1] = shell.quote(full(other.unit, suffix))
    end
  end
  local word = shell.quote(name)
  return { (want.content and "write " .. path_of(name) .. ", systemd-analyze verify"
    or "systemctl daemon-reload"), functions .. own .. others
    .. "[ \"$(systemctl show -p LoadState --value -- " .. word
    .. ")\" != masked ] || systemctl unmask -q -- " .. word .. "\n"
    .. "new= ; unit_enable " .. table.concat(enable, " ") .. "\n"
    .. "if [ -n \"$new\" ]; then systemctl daemon-reload; else unit_read "
    .. table.concat({ word, table.unpack(names) }, " ") .. "; fi" }
end

local function start(have, want, name)
  local changed = have and have.content ~= want.content and want.content
  local verb = not want.running and "stop" or changed and "restart" or "start"
  local word = shell.quote(name)
  return { "systemctl " .. verb .. " " .. name, functions .. "systemctl " .. verb
    .. " -- " .. word .. (want.running and " || unit_failed " .. word or "") }
end

-- Only a unit whose text was given is a file of ours.
function unit.writes(attributes, suffix)
  return attributes.content and { path_of(full(attributes.unit, suffix)) } or {}
end

function unit.units(attributes, suffix)
  return { full(attributes.unit, suffix) }
end

function unit.commands(have, want, following, suffix)
  if not want then
    local name = full(have.unit, suffix)
    local word = shell.quote(name)
    if have.masked then
      return { { "systemctl unmask " .. name, "systemctl unmask -q -- " .. word } }
    end
    return { { "systemctl disable --now " .. name
      .. (have.content and ", rm its file" or ""),
      "[ \"$(systemctl show -p LoadState --value -- " .. word .. ")\" = not-found ] ||"
      .. " systemctl disable --now -q -- " .. word .. (have.content
      and " && rm -f " .. shell.quote(path_of(name)) .. " && systemctl daemon-reload"
      or "") } }
  end
  local name = full(want.unit, suffix)
  local word = shell.quote(name)
  if want.masked then return { mask(have, name) } end
  local enabling = want.enabled and "enable" or "disable"
  return {
    prepare(want, suffix, following or {}),
    { "systemctl " .. enabling .. " " .. name, (want.enabled and "" or "! ")
      .. "systemctl is-enabled -q -- " .. word .. " 2>/dev/null || systemctl " .. enabling
      .. " -q -- " .. word },
    start(have, want, name),
  }
end

return unit
