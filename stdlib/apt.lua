-- SPDX-License-Identifier: MIT
--
-- Pieces of shell that install and remove Debian packages. Lists are refreshed when they
-- are more than a day old or do not know the package, and never twice in a batch; where a
-- source did not answer, which apt-get calls a success, they stay as old as they are. An
-- install that was cut off is finished first; a lock of another is waited for, and then
-- it is told who holds it.
local shell = require "shell"

local apt = {}

local functions = [[
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
stamp=/var/lib/pipster/apt-refreshed
holder() {
  for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock; do
    inode=$(stat -c %i $lock 2>/dev/null) || continue
    by=$(awk -v i=":$inode" 'substr($6, length($6) - length(i) + 1) == i {
      print $5; exit }' /proc/locks)
    [ -z "$by" ] || { echo "$1 process $by, which holds $lock:" \
      "$(tr '\0' ' ' < "/proc/$by/cmdline" 2>/dev/null)"; return; }
  done
}
a() {
  apt-get -o DPkg::Lock::Timeout=$patience -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -y -q "$@"
}
get() { a "$@" || { holder "gave up waiting for"; return 1; }; }
mend() {
  [ -z "$(dpkg --audit)" ] && ! ls /var/lib/dpkg/updates | grep -q '^[0-9]*$' ||
    dpkg --configure -a || a --fix-broken install
}
update() {
  waited=0
  until said=$(a update "$@" 2>&1); do
    case $said in *"Could not get lock"*) ;; *) echo "$said"; return 1 ;; esac
    waited=$((waited + 2))
    [ $waited -le $patience ] || { echo "$said"; holder "gave up waiting for"; return 1; }
    sleep 2
  done
}
refresh() {
  update && mkdir -p "${stamp%/*}" && touch "$stamp.tried" || return 1
  case $said in
    *"Failed to fetch"*) echo "$said" | grep '^W: Failed to fetch' | head -n 3 ;;
    *) touch "$stamp" ;;
  esac
}
fresh() { [ "$stamp.tried" -nt "$folder/lock" ]; }
knows() {
  fresh || { [ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] &&
    apt-cache show "$@" >/dev/null 2>&1; }
}
install_packages() {
  holder "waiting for"; mend
  if knows "$@"; then
    get $more install --no-install-recommends --allow-downgrades "$@" && return
    ! fresh || return 1
  fi
  refresh && get $more install --no-install-recommends --allow-downgrades "$@"
}
]]

-- options: patience (seconds that a lock of another is waited for), more (options of
-- apt-get's, as words).
local function start(options)
  local more = options and options.more or {}
  return functions .. "patience=" .. ("%d"):format(options and options.patience or 120)
    .. " more=" .. shell.quote(shell.words(more)) .. "\n"
end

-- names: Debian names, or NAME=VERSION.
function apt.install(names, options)
  return start(options) .. "install_packages " .. shell.words(names)
end

-- What apt says of a network that is not there names no package.
local missing = "echo \"%s is missing, and could not be installed: %s\"; false; }"

-- need COMMAND PACKAGE, for one that only the host knows.
function apt.need()
  return "need() { command -v \"$1\" >/dev/null || ( " .. start()
    .. "install_packages \"$2\" ) || { " .. missing:format("$1", "$2") .. "; }\n"
end

-- Nothing is done where the command is there already.
function apt.ensure(command, names)
  return "command -v " .. shell.quote(command) .. " >/dev/null || {\n"
    .. apt.install(names) .. "\n} || { "
    .. missing:format(command, table.concat(names, " "))
end

-- The lists of the one source whose path is in $f; any trouble with it is one.
function apt.read_source()
  return start() .. "update -o Dir::Etc::sourcelist=\"$f\" -o Dir::Etc::sourceparts=-"
    .. " -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any"
end

function apt.upgrade()
  return start() .. "holder 'waiting for'; mend\nrefresh && get upgrade"
end

function apt.purge(names, options)
  return start(options) .. "holder 'waiting for'; mend\nget purge "
    .. "--allow-change-held-packages " .. shell.words(names)
end

-- Purges the package unless others would go with it: then it only becomes automatic, and
-- goes when they do.
function apt.let_go(name)
  local word = shell.quote(name)
  return start() .. "mend\n"
    .. "others=$(apt-get -s purge --allow-change-held-packages " .. word
    .. " | sed -n 's/^\\(Purg\\|Remv\\) //p'"
    .. " | cut -d' ' -f1 | grep -vxF " .. shell.quote((name:gsub(":.*", ""))) .. ")\n"
    .. "if [ -n \"$others\" ]; then echo \"stays, it is needed by:\" $others; apt-mark"
    .. " auto "
    .. word .. " >/dev/null; else get purge --allow-change-held-packages " .. word
    .. "; fi"
end

return apt
