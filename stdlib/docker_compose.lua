-- SPDX-License-Identifier: MIT
--
-- The shell of stdlib/docker/compose.lua. What was started is noted beside it, in
-- .pipster-started: the digest of what it was started from, the revision, the services;
-- so that a probe need not start Compose, which is slow.
local env = require "docker_env"
local shell = require "shell"
local wait = require "wait"

local scripts = {}

-- Both generations of the command; containers are found by the labels of either.
local functions = [[
if docker compose version >/dev/null 2>&1; then compose() { docker compose "$@"; }
else compose() { docker-compose "$@"; }; fi
files() {
  for f in compose.y*ml docker-compose.y*ml *.override.y*ml; do
    [ ! -f "$f" ] || echo "$f"
  done
}
digest() {
  { for f in $(files); do cat "$f"; done; cat .env 2>/dev/null; } |
    sha256sum | cut -d' ' -f1
}
containers() {
  docker ps -aq --filter "label=com.docker.compose.project.working_dir=$1" \
    --filter label=com.docker.compose.oneoff=False
}
states() {
  set -- $(containers "$1"); [ $# -gt 0 ] || return 0
  f='{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}}'
  f="$f {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}"
  docker inspect -f "$f {{.State.ExitCode}} r-{{.HostConfig.RestartPolicy.Name}}" "$@"
}
]]

function scripts.probe_function()
  return functions .. [[
probe_compose() {
  cd "$2" 2>/dev/null || return 0
  here=$(pwd -P)
  [ -f .env ] || [ -f .pipster-started ] || [ -n "$(containers "$here")" ] || return 0
  printf 'project %s\n' "$1"
  [ ! -f .env ] || printf 'env %s\nmode %s\n' "$(sha256sum < .env | cut -d' ' -f1)" \
    "$(stat -c %a .env)"
  printf 'now %s\n' "$(digest)"
  cat .pipster-started; echo
  states "$here" | sed 's/^/container /'
  echo done
}]]
end

-- What is paused or unhealthy is started again, since `up -d` leaves it as it is.
local up = [[
f='{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}'
for i in $(containers "$(pwd -P)"); do
  case $(docker inspect -f "$f" "$i") in
    paused*) { docker unpause "$i" && docker restart "$i"; } >/dev/null || exit 1 ;;
    "running unhealthy") docker restart "$i" >/dev/null || exit 1 ;;
  esac
done
compose up -d --build --remove-orphans 2>&1 || exit 1
services=$(compose config --services)
]]

-- The health of every one of $services that has a health check; what is not healthy in
-- time shows the end of its log, short enough to be told whole.
local await = [[
here=$(pwd -P) waited=0
while :; do
  bad= unwell= now=$(states "$here")
  for s in $services; do
    line=$(printf '%s\n' "$now" | sed -n "s/^$s //p" | head -n 1)
    case $line in
      "running none "*|"running healthy "*|"exited "*" 0 r-"|"exited "*" 0 r-no") ;;
      *) bad="$bad $s:${line:-absent}" unwell="$unwell $s" ;;
    esac
  done
  [ -n "$bad" ] || break
  waited=$((waited + 1))
  if [ $waited -gt @WITHIN ]; then
    for s in $unwell; do
      for i in $(docker ps -aq --filter "label=com.docker.compose.service=$s" \
        --filter "label=com.docker.compose.project.working_dir=$here"); do
        docker logs --tail 10 "$i" 2>&1 | cut -c 1-160
      done
    done
    echo "not healthy:$bad"
    exit 1
  fi
  sleep 1
done
]]

local note = [[
{ echo "started $(digest)"; echo revision @REVISION
  for s in $services; do echo "service $s"; done; } > .pipster-started.new &&
  mv -f .pipster-started.new .pipster-started || { rm -f .pipster-started.new; exit 1; }]]

-- Images that are built here have nowhere to be pulled from.
local pull = [[
o=; for f in $(files); do ! grep -q '^ *build:' "$f" || o=--ignore-pull-failures; done
compose pull -q $o]]

function scripts.up(want)
  local go = functions .. "cd " .. shell.quote(want.path) .. " || exit 1\n"
  local path = want.path .. "/.env"
  local check = "compose config -q"
  if want.validate then check = "(eval " .. shell.quote(want.validate) .. ") && "
    .. check end
  local commands = { { "write " .. path .. " (0600), " .. (want.validate
    or "compose config"),
    go .. shell.replace_file({ path = path, content = env.text(want.env),
      mode = "0600" },
      check) } }
  if want.pull then commands[2] = { "compose pull", go .. pull } end
  local revision = want.revision ~= nil and tostring(want.revision) or ""
  commands[#commands + 1] = { "compose up -d, wait for health", go .. up
    .. scripts.await(want.within) .. note:gsub("@REVISION", function()
      return shell.quote(revision)
    end) }
  return commands
end

-- Shell functions compose, files, digest, containers FOLDER and states FOLDER.
scripts.functions = functions

-- Waits in a project's folder for its $services.
function scripts.await(within)
  return (await:gsub("@WITHIN", tostring(math.floor(wait.seconds(within)))))
end

function scripts.down(path)
  return "path=" .. shell.quote(path) .. "\n" .. functions .. [[
if cd "$path" 2>/dev/null && [ -n "$(files)" ]; then
  compose down --remove-orphans || exit 1
fi
for i in $(containers "$path"); do docker rm -f "$i" || exit 1; done
rm -f "$path/.env" "$path/.pipster-started"]]
end

return scripts
