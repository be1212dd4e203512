-- SPDX-License-Identifier: MIT
-- How Docker logs: its file is others' as well, it is restarted when it must be, and what
-- logs without a limit is made anew by its own project.
local daemon = "/etc/docker/daemon.json"

-- An image without a registry, a project that is up, and two containers of nobody.
local before = [[
export DEBIAN_FRONTEND=noninteractive
command -v dockerd >/dev/null || { apt-get update -qq && apt-get install -y -qq \
  --no-install-recommends docker.io docker-compose iptables busybox-static; } || exit 1
rm -f /etc/docker/daemon.json; systemctl enable --now docker
# Three starts a minute are all that systemd lets it have.
restarts() { systemctl reset-failed docker; systemctl restart docker; }
restarts
d=$(mktemp -d); mkdir -p $d/bin && cp /bin/busybox $d/bin/sh || exit 1
tar -C $d -c . | docker import - tiny >/dev/null
mkdir -p /srv/shop && cd /srv/shop && cat > docker-compose.yml <<'YAML'
version: "2.4"
services:
  web: {image: tiny, command: ["sh", "-c", "while :; do sleep 1; done"], init: true}
  own:
    image: tiny
    command: ["sh", "-c", "while :; do sleep 1; done"]
    init: true
    logging: {driver: json-file, options: {max-size: 1m}}
YAML
docker ps -aq | xargs -r docker rm -f
docker-compose up -d && : > .pipster-started || exit 1
set -- tiny sh -c 'while :; do sleep 1; done'
docker run -d --init --name loner "$@"
docker run -d --init --name boxed --log-opt max-size=1m "$@"
mkdir -p /etc/docker && printf '{\n  "features": {},\n  "bip": "172.29.7.1/24"\n}\n' \
  > /etc/docker/daemon.json && restarts && docker start loner boxed
docker inspect -f '{{.Id}}' shop_own_1 loner boxed > /srv/ids]]

local function limits(name)
  return "[ \"$(docker inspect -f '{{json .HostConfig.LogConfig}}' " .. name .. ")\" = "
    .. "'{\"Type\":\"json-file\",\"Config\":{\"max-file\":\"3\",\"max-size\":\"10m\"}}' ]"
end

-- Nobody's stay as they are, and run; so does what has its own limit.
local others = " && docker inspect -f '{{.Id}}' shop_own_1 loner boxed | cmp - /srv/ids"
  .. " && [ \"$(docker ps -q | wc -l)\" = 4 ]"

local function since(what)
  return "systemctl show -p InvocationID docker " .. what .. " /srv/since"
end

return {
  {
    type = "docker.logging", there = true, before = before,
    steps = {
      { want = {}, look = limits "shop_web_1" .. others .. " && grep -q 172.29.7.1 "
        .. daemon .. " && grep -q '\"features\": {},' " .. daemon .. "; " .. since ">" },
      { drift = "sed -i s/10m/50m/ " .. daemon, fields = "in_force max_size",
        look = "! " .. since "| cmp -s -" },
      { drift = "cd /srv/shop; docker rm -f shop_web_1; sed -i /max-/d " .. daemon
        .. "; systemctl reset-failed docker; systemctl restart docker;"
        .. " docker-compose up -d; docker start loner boxed",
        fields = "max_file max_size unlimited", look = limits "shop_web_1" .. others },
      { drift = since ">" .. "; sleep 1.1; sed -i 's/{},/{ },/' " .. daemon,
        fields = "", look = since "| cmp -"
          .. " && docker swarm init --advertise-addr 127.0.0.1" },
      -- Docker would take it now, and not start with it the next time.
      { want = { live_restore = true }, fails = "a swarm does not go with live%-restore",
        look = "docker swarm leave --force && ! grep -q live-restore " .. daemon
          .. " && " .. since "| cmp -" .. others .. " && cp -p " .. daemon
          .. " /srv/good && sed -i s/172.29/572.29/ " .. daemon },
      -- What others wrote before is no better: that is said.
      { want = { max_size = "30m" }, fails = "nor with the former one: docker is down",
        look = "grep -q 572.29 " .. daemon .. " && grep -q 10m " .. daemon .. " && ! ls "
          .. daemon .. ".* && cp -p /srv/good " .. daemon .. " && systemctl reset-failed"
          .. " docker && systemctl restart docker && docker start"
          .. " $(docker ps -aq) && " .. since ">" },
      { want = { live_restore = true },
        look = since "| cmp -" .. others .. " && docker info -f"
          .. " '{{.LiveRestoreEnabled}}' | grep -q true && docker inspect -f"
          .. " '{{.State.StartedAt}}' loner > /srv/started" },
      { want = { live_restore = true, max_size = "20m" },
        look = "docker inspect -f '{{.State.StartedAt}}' loner | cmp - /srv/started"
          .. others .. " && cp -p " .. daemon .. " /srv/good && printf"
          .. " '{\n \"a\": 1\n \"b\": 2\n}\n' > " .. daemon },
      { want = { max_size = "30m" }, fails = "no JSON, line 3",
        look = "grep -q '\"b\": 2' " .. daemon .. " && printf '{\"nonsense\": 1}' > "
          .. daemon .. "; " .. since ">" },
      { want = { max_size = "30m" }, fails = "nothing was changed",
        look = "grep -q '^{\"nonsense\": 1}$' " .. daemon .. " && " .. since "| cmp -"
          .. others .. " && cp -p /srv/good " .. daemon },
    },
    after = "[ \"$(cat " .. daemon .. ")\" = '{\n  \"features\": { },\n  \"bip\":"
      .. " \"172.29.7.1/24\"\n}' ]" .. others,
  },
  { type = "docker.logging", what = "with the engine, from nothing", run = function(bed)
    local gone = bed.run("docker ps -aq | xargs -r docker rm -f; rm -rf /srv/shop;"
      .. " export DEBIAN_FRONTEND=noninteractive; apt-get purge -y -qq docker.io"
      .. " docker-compose && rm -rf /etc/docker")
    assert(gone.status == 0, gone.output .. gone.errors)
    local engine = { "docker.engine", nil, want = {} }
    local words, results = bed.apply { engine, { "docker.logging", nil, want = {} } }
    assert(words == "done done", tostring(results[1].fault) .. tostring(results[2].fault))
    local found = results[2].found
    assert(found.max_size == "10m" and found.in_force and #found.unlimited == 0)
    words, results = bed.apply { { "docker.logging", nil, have = found } }
    assert(words == "done", tostring(results[1].fault))
    gone = bed.run("docker info && ! cat /etc/docker/daemon.json")
    assert(gone.status == 0, gone.output .. gone.errors)
  end },
}
