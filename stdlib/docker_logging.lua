-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/docker/logging.lua. Docker reads how it logs when it starts, and a
-- container keeps what it was made with: so both are looked at beside the file.
local compose = require "docker_compose"
local json = require "host_json"
local shell = require "shell"

local scripts = {}

-- $folder/docker-logging.before is the file as it was before us (empty: there was none);
-- docker-logging.force the invocation of the daemon that was started with these settings,
-- so that a later edit of others asks for no restart.
local functions = json.filter() .. [[
file=/etc/docker/daemon.json kept="$folder/docker-logging.before"
force="$folder/docker-logging.force"
settings() { [ ! -e "$file" ] || json < "$file"; }
in_force_now() {
  echo "$(systemctl show --value -p InvocationID docker) $(settings | grep '^log-' |
    sort | tr '\n' ' ')"
}
in_force() {
  systemctl is-active -q docker || return 1
  [ "$(cat "$force" 2>/dev/null)" != "$(in_force_now)" ] || return 0
  [ -e "$file" ] || return 0
  since=$(systemctl show --value -p ExecMainStartTimestamp docker)
  [ "$(stat -c %Z "$file")" -le "$(date -d "$since" +%s)" ]
}
]]

local function label(name)
  return '|{{index .Config.Labels "com.docker.compose.' .. name .. '"}}'
end

local format = "{{.HostConfig.LogConfig.Type}}|{{index .HostConfig.LogConfig.Config"
  .. ' "max-size"}}|{{.Name}}' .. label "service" .. label "project"
  .. label "project.config_files" .. label "oneoff" .. label "project.working_dir"

-- Containers whose logs grow without end: "NAME|SERVICE|PROJECT|FILES|FOLDER" each, with
-- FOLDER only where the project is one that may make them anew.
local loose = [[
known() {
  [ -n "$1" ] && { [ -e "$1/.pipster-started" ] ||
    printf '%s\n' "$projects" | grep -qxF -e "$1"; }
}
loose() {
  set -- $(docker ps -aq); [ $# -gt 0 ] || return 0
  docker inspect -f ]] .. shell.quote(format) .. [[ "$@" |
  while IFS= read -r l; do
    driver=${l%%|*}; l=${l#*|}; size=${l%%|*}; l=${l#*|/}
    [ "$driver$size" = json-file ] || continue
    where=${l##*|}; l=${l%|*}; once=${l##*|}; l=${l%|*}
    [ "$once" != True ] && known "$where" || where=
    echo "$l|$where"
  done
}
]]

local function projects_of(want)
  return "projects=" .. shell.quote(table.concat(want and want.projects or {}, "\n"))
    .. "\n"
end

function scripts.probe(want)
  return functions .. loose .. projects_of(want) .. [[
command -v dockerd >/dev/null || exit 0
echo docker
[ ! -e "$kept" ] || echo kept
said=$(settings) && printf '%s\n' "$said" | sed 's/^/set /' || echo "problem $said"
! in_force || echo force
docker info -f 'live {{.LiveRestoreEnabled}}'
loose | sed 's/^/loose /']]
end

-- $new takes the place of the file, and docker is restarted unless what counts of it is
-- in force; one that does not start gets the former file back. Who ran before runs again,
-- whatever its restart policy.
local replace = [[
new="$file.pipster-new.$$" old="$file.pipster-old"; trap 'rm -f "$new" "$old"' EXIT
answers() {
  n=0
  until docker version >/dev/null 2>&1; do
    n=$((n + 1)); [ $n -lt 60 ] && systemctl is-active -q docker || return 1
    sleep 1
  done
}
restart() {
  systemctl reset-failed docker docker.socket 2>/dev/null
  systemctl restart docker && answers || return 1
  for i in $ran; do
    ! docker inspect "$i" >/dev/null 2>&1 || docker start "$i" >/dev/null ||
      echo "the container $i does not start again"
  done
}
is_live() { [ "$(docker info -f '{{.LiveRestoreEnabled}}')" = "$live" ]; }
keep_live() {
  [ -n "$live" ] && systemctl is-active -q docker && ! is_live || return 0
  systemctl reload docker || return 1
  n=0
  until is_live; do
    n=$((n + 1)); [ $n -lt 50 ] || { echo "docker takes no live-restore"; return 1; }
    sleep 0.2
  done
}
back() {
  journalctl -q -u docker -n 10 --no-pager -o cat
  if [ -e "$old" ]; then mv -fT "$old" "$file"; else rm -f "$file"; fi
  echo "docker does not start with the new $file: the former one is back"
  restart || echo "nor with the former one: docker is down"
  exit 1
}
# Older ones have no --validate: they read the file before they see that they run already.
validate() {
  if [ "$live" = true ] &&
    [ "$(docker info -f '{{.Swarm.LocalNodeState}}' 2>/dev/null)" = active ]; then
    echo "a swarm does not go with live-restore: nothing was changed"; exit 1
  fi
  if dockerd --help 2>&1 | grep -q -e ' --validate'; then
    said=$(dockerd --validate --config-file="$new" 2>&1) && return
  else
    echo $$ > "$new.pid"
    said=$(timeout 30 dockerd --config-file="$new" --pidfile="$new.pid" 2>&1)
    rm -f "$new.pid"
    case $said in *"pid file found"*) return ;; esac
  fi
  printf '%s\n' "$said" | tail -n 3
  echo "docker refuses the new $file: nothing was changed"; exit 1
}
put() {
  [ ! -e "$file" ] || { chown --reference="$file" "$new" &&
    chmod --reference="$file" "$new" && cp -p "$file" "$old"; } || exit 1
  validate
  was=$(settings | grep '^log-'); ! in_force || was="$was in force"
  cmp -s "$new" "$file" || mv -fT "$new" "$file" || exit 1
  ran=$(docker ps -q)
  keep_live || back
  [ "$(settings | grep '^log-') in force" = "$was" ] || restart || back
  in_force_now > "$force"
}
edit() {
  { [ ! -e "$file" ] || cat "$file"; } | json > "$new" ||
    { echo "$file is no JSON, $(cat "$new"): nothing was changed"; exit 1; }
}
]]

local function merge(edits, live)
  return functions .. replace .. "live=" .. (live == nil and "" or tostring(live)) .. "\n"
    .. [[
mkdir -p /etc/docker || exit 1
edits=]] .. shell.quote(edits) .. [[; export edits; umask 022
edit; unset edits
if [ ! -e "$kept" ]; then
  if [ -e "$file" ]; then cp -p "$file" "$kept"; else : > "$kept"; fi || exit 1
fi
put]]
end

-- By the project of each, with the files that it was made from.
local anew = [[
loose | grep -v '|$' | cut -d'|' -f3- | sort -u |
while IFS='|' read -r project files where; do
  cd "$where" || exit 1
  set -- -p "$project"
  for f in $(printf %s "$files" | tr , ' '); do set -- "$@" -f "$f"; done
  services=$(loose | grep -F "|$project|$files|$where" | cut -d'|' -f2 | sort -u)
  echo "made anew in $where:" $services
  compose "$@" up -d --force-recreate --no-deps $services </dev/null 2>&1 || exit 1
@AWAIT
done]]

function scripts.change(want, edits)
  local commands = { { "merge into /etc/docker/daemon.json, restart docker if needed",
    merge(edits, want.live_restore) } }
  if want.existing == "recreate" then
    commands[2] = { "compose up -d --force-recreate for containers without limits",
      compose.functions .. loose .. projects_of(want)
      .. anew:gsub("@AWAIT", function() return compose.await(want.within) end) }
  end
  return commands
end

-- What is ours goes, or gets its former value: what others wrote meanwhile stays.
function scripts.restore(paths)
  return functions .. replace .. [[
[ -e "$kept" ] || exit 0
command -v dockerd >/dev/null || { rm -f "$kept" "$force"; exit 0; }
edits= ; for path in ]] .. shell.words(paths) .. [[; do
  was=$(json < "$kept" | grep "^$path " | cut -d' ' -f2-)
  if [ -n "$was" ]; then edits="$edits
set $path $was"; else edits="$edits
drop $path"; fi
done
grep -q '"log-opts"' "$kept" || edits="$edits
tidy log-opts"
export edits; umask 022; live=
edit
unset edits
put
[ -s "$kept" ] || [ "$(tr -d ' \t\r\n' < "$file")" != '{}' ] || rm -f "$file"
rm -f "$kept" "$force"]]
end

return scripts
