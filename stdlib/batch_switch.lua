-- SPDX-License-Identifier: MIT
--
-- The host's half of the dead man's switch. Before a risky change the host keeps what it
-- needs to turn it back in FOLDER/switch and begins to watch: unless a fresh connection
-- takes the marker `armed` away in time, or when it boots with the marker still there, it
-- reverts by itself. The marker is moved, so that only one of both can have it:
--   armed → confirmed   by confirm(), then nothing is left
--   armed → reverting   by the watch, then FOLDER/reverted says which change, and how
-- With systemd the watch is a unit that is also started at boot; elsewhere a process that
-- a boot does not bring back.
local lock = require "batch_lock"
local settings = require "settings"
local shell = require "shell"

local switch = {}

-- For what a type's own `keep` and `revert` say: $kept is the folder of what was kept.
local functions = [[
switch=$folder/switch kept=$folder/switch/kept
name=pipster-switch-${folder##*/} unit=$name.service units=/etc/systemd/system
keep_file() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  mkdir -p "$kept${1%/*}" && cp -a "$1" "$kept$1"
}
# What is as it was needs no room to be put back.
is_kept() {
  [ ! -L "$kept$1" ] && [ ! -L "$1" ] && cmp -s "$kept$1" "$1" &&
    [ "$(stat -c %a:%u:%g "$kept$1")" = "$(stat -c %a:%u:%g "$1")" ]
}
put_back() {
  if is_kept "$1"; then :
  elif [ -e "$kept$1" ] || [ -L "$kept$1" ]; then
    mkdir -p "${1%/*}" && cp -a "$kept$1" "$1.pipster-old" && mv -fT "$1.pipster-old" "$1"
  else rm -f "$1"; fi
}
forget_switch() {
  rm -f "$units/multi-user.target.wants/$unit" "$units/$unit" "/run/$name"
  rm -rf "$switch"
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}
end_watch() {
  [ ! -d /run/systemd/system ] || systemctl stop "$unit" 2>/dev/null
  forget_switch
}
]]

local function head()
  return "folder=" .. shell.quote(switch.folder()) .. "\n" .. lock.functions
    .. functions
end

function switch.folder()
  return "/var/lib/pipster/" .. settings.project_id
end

-- A change that was confirmed leaves nothing to revert; the marker of another one is for
-- another watch. A change that is still being made when its time is up is ended first.
local watch = [[
mine() { [ "$(cat "$switch/$1" 2>/dev/null)" = "$token" ]; }
turn_back() {
  [ "$1" = now ] || ! held || end_holder
  tries=0
  until ( revert ) >"$switch/said" 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 3 ]; then
      echo "$token failed $(tr '\n' ' ' < "$switch/said")" > "$folder/.reverted"
      return
    fi
    sleep 1
  done
  echo "$token done" > "$folder/.reverted"
}
main() {
  while [ "${1:-}" != now ] && mine armed && [ "$(left)" -gt 0 ]; do sleep 1; done
  if mine armed && mv "$switch/armed" "$switch/reverting" || mine reverting; then
    turn_back "${1:-}"
    mv -f "$folder/.reverted" "$folder/reverted"
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) reverted $(cat "$folder/reverted")" \
      >> "$folder/steps.log"
  elif ! mine confirmed; then exit
  fi
  if [ "${1:-}" = now ]; then end_watch; else forget_switch; fi
}
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
main "$@"; exit
]]

local unit = [[
[Unit]
Description=pipster turns a change back unless it is confirmed
After=network.target ssh.service nftables.service ufw.service
[Service]
ExecStart=/bin/sh @FOLDER/switch/watch
Restart=on-failure
RestartSec=1
[Install]
WantedBy=multi-user.target
]]

-- Each file, and the note of what was written there.
local function paths_text(verb, plans)
  local lines = {}
  for _, plan in ipairs(plans) do
    for _, path in ipairs(plan.files or {}) do
      lines[#lines + 1] = verb .. " " .. shell.quote(path) .. " && " .. verb .. " "
        .. shell.note_of(path) .. " || exit 1\n"
    end
  end
  return table.concat(lines)
end

-- The last first, as a stack is taken down.
local function watch_text(token, plans)
  local lines = { head(), lock.ending, "token=", token, "\nrevert() {\n",
    "put_back \"$folder/manifest\" || exit 1\n", paths_text("put_back", plans) }
  for index = #plans, 1, -1 do
    lines[#lines + 1] = "{ " .. (plans[index].revert or ":") .. "\n} || exit 1\n"
  end
  lines[#lines + 1] = "}\n"
  return table.concat(lines) .. watch
end

local function keep_text(plans)
  local lines = { "keep_file \"$folder/manifest\" || exit 1\n",
    paths_text("keep_file", plans) }
  for _, plan in ipairs(plans) do
    lines[#lines + 1] = "{ " .. (plan.keep or ":") .. "\n} || exit 1\n"
  end
  return table.concat(lines)
end

-- Everything is on the disk before the marker is, and that before anything is changed.
local arm = [[
settled() {
  find "$switch" -exec sync {} + && { [ ! -e "$units/$unit" ] ||
    sync "$units/$unit" "$units" "$units/multi-user.target.wants"; } || sync
}
begin_watch() {
  if [ -d /run/systemd/system ]; then
    mkdir -p "$units/multi-user.target.wants" && cat > "$units/$unit" &&
      ln -sf "$units/$unit" "$units/multi-user.target.wants/$unit"
  fi && settled && echo @TOKEN > "$switch/armed" && settled || return
  if [ -d /run/systemd/system ]; then systemctl start "$unit"; return; fi
  command -v setsid && ( setsid sh "$switch/watch" </dev/null >/dev/null 2>&1 & )
}
arm_switch() {
  [ ! -e "$switch/armed" ] || return 0
  [ ! -d "$switch" ] || end_watch
  rm -f "$folder/reverted"
  mkdir -p "$kept" && ( keep_kept ) && write_watch &&
    echo "$(($(now) + @WITHIN)) $boot" > "$switch/due" && : > "/run/$name" ||
    { end_watch; return 1; }
  if ! begin_watch >/dev/null <<'END'
@UNIT
END
  then echo "the dead man's switch cannot be armed"; end_watch; return 1; fi
  mark armed
}
]]

-- The shell function arm_switch of a change script, where `mark` and the lock's functions
-- are. armed = { token, within (seconds), plans (what each risky step's type.revert
-- says) }.
function switch.functions(armed)
  local token, plans = armed.token, armed.plans
  local text = arm:gsub("@WITHIN", tostring(armed.within)):gsub("@TOKEN", token)
  text = text:gsub("@UNIT\n", function()
    return unit:gsub("@FOLDER", switch.folder()) .. ""
  end)
  return functions .. "keep_kept() {\n"
    .. keep_text(plans) .. "}\nwrite_watch() { " .. shell.write_file {
      path = switch.folder() .. "/switch/watch", content = watch_text(token, plans),
      mode = "0700",
    } .. "}\n" .. text
end

-- After the last step: a change of which a part failed is turned back at once. `probes`
-- is shell text that tells again what is there.
function switch.settle(token, count, probes)
  local all = {}
  for index = 1, count do all[index] = "[ \"$status_" .. index .. "\" = 0 ]" end
  return "if [ -e \"$switch/armed\" ]; then\nif " .. table.concat(all, " && ")
    .. "; then echo " .. token .. " > \"$switch/changed\"\n"
    .. "else sh \"$switch/watch\" now; mark undone $(cat \"$folder/reverted\")\n"
    .. probes .. "fi; fi\n"
end

-- Over a fresh connection: takes the marker, or waits until it was turned back.
function switch.confirm(token)
  local text = [[
while held && [ -e "$switch/armed" ]; do sleep 1; done
if [ "$(cat "$switch/changed" 2>/dev/null)" = @TOKEN ] &&
  mv "$switch/armed" "$switch/confirmed" 2>/dev/null; then
  end_watch
  mark confirmed
else
  waited=$(($(left) + 60))
  while armed && [ $waited -gt 0 ]; do waited=$((waited - 1)); sleep 1; done
  mark undone $(cat "$folder/reverted" 2>/dev/null)
fi
]]
  return head() .. text:gsub("@TOKEN", token) .. ""
end

-- What nobody watches any more (a process that a boot did not bring back, a unit that was
-- stopped by hand) would revert a later boot's world.
function switch.clear_stale()
  return "[ ! -d \"$folder/switch\" ] || {\n"
    .. functions .. "end_watch; }\n"
end

return switch
