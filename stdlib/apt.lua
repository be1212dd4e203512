-- SPDX-License-Identifier: MIT
--
-- Pieces of shell that install and remove Debian packages. Lists are refreshed when they
-- are more than a day old or do not know the package, so at most once in a batch; an
-- install that was cut off is finished first; locks of others are waited for.
local shell = require "shell"

local apt = {}

local functions = [[
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
stamp=/var/lib/pipster/apt-refreshed
a() {
  apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -y -q "$@"
}
mend() { [ -z "$(dpkg --audit)" ] || dpkg --configure -a || a --fix-broken install; }
refresh() {
  waited=0
  until said=$(a update 2>&1); do
    case $said in *"Could not get lock"*) ;; *) echo "$said"; return 1 ;; esac
    waited=$((waited + 2)); [ $waited -le 120 ] || { echo "$said"; return 1; }
    sleep 2
  done
  mkdir -p "${stamp%/*}" && touch "$stamp"
}
knows() {
  [ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ] && apt-cache show "$@" >/dev/null 2>&1
}
install_packages() {
  mend
  if knows "$@"; then
    a install --no-install-recommends --allow-downgrades "$@" && return
  fi
  refresh && a install --no-install-recommends --allow-downgrades "$@"
}
]]

-- names: Debian names, or NAME=VERSION.
function apt.install(names)
  return functions .. "install_packages " .. shell.words(names)
end

-- Nothing is done where the command is there already.
function apt.ensure(command, names)
  return "command -v " .. shell.quote(command) .. " >/dev/null || {\n"
    .. apt.install(names)
    .. "\n}"
end

function apt.upgrade()
  return functions .. "mend\nrefresh && a upgrade"
end

function apt.purge(names)
  return functions .. "mend\na purge " .. shell.words(names)
end

-- Purges the package unless others would go with it: then it only becomes automatic, and
-- goes when they do.
function apt.let_go(name)
  local word = shell.quote(name)
  return functions .. "mend\n"
    .. "others=$(apt-get -s purge " .. word .. " | sed -n 's/^\\(Purg\\|Remv\\) //p'"
    .. " | cut -d' ' -f1 | grep -vxF " .. shell.quote((name:gsub(":.*", ""))) .. ")\n"
    .. "if [ -n \"$others\" ]; then echo \"stays, it is needed by:\" $others; apt-mark"
    .. " auto "
    .. word .. " >/dev/null; else a purge " .. word .. "; fi"
end

return apt
