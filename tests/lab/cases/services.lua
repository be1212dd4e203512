-- SPDX-License-Identifier: MIT
-- A checkout, Docker, a Compose project, Caddy with a certificate.
local fakes, disks, etc = ...

local path = "/srv/pipster/identity"
local function key(word) return fakes.box("secret", word
  .. "-1234567890-abcdefghijklmnopqrst") end
local env = {
  ASPNETCORE_ENVIRONMENT = "Production",
  IDENTITYSERVER_ISSUER_URI = "https://identity.pipster.app",
  DB_PASSWORD = key "canary-db", JWT_KEY = key "canary-jwt",
  DATA_KEY = key "canary-data",
}
local function with(more)
  local copy = {}
  for name, value in pairs(env) do copy[name] = value end
  for name, value in pairs(more) do copy[name] = value end
  return copy
end

local cases = {
  {
    type = "git", name = path, stays = true,
    before = "rm -rf " .. path
      .. " /srv/other; getent passwd keeper >/dev/null || useradd -m keeper",
    steps = {
      { want = { repository = "https://github.com/pipster/identity.git" },
        look = "[ \"$(stat -c %U " .. path .. "/docker-compose.yml)\" = root ]" },
      { want = { repository = "https://github.com/pipster/identity.git",
        owner = "keeper" },
        look = "[ -z \"$(find " .. path .. " ! -user keeper)\" ]" },
      { drift = "echo '# mine' >> " .. path .. "/docker-compose.yml", fields = "clean" },
      { drift = "cd " .. path
        .. " && git -c safe.directory=* -c user.name=a -c user.email=a@b commit -q"
        .. " --allow-empty -m theirs", fields = "revision" },
      { drift = "touch " .. path .. "/mine " .. path .. "/.git/index.lock; rm " .. path
        .. "/README.md",
        fields = "clean", look = "[ -e " .. path .. "/mine ] && rm " .. path .. "/mine" },
      { drift = "cd " .. path
        .. " && git -c safe.directory=* config remote.origin.url https://example.com/x",
        fields = "repository" },
      { want = { repository = "https://github.com/pipster/identity.git",
        revision = "no-such" },
        fails = "identity%.git at no%-such cannot be fetched as root: .*no%-such" },
      { want = { repository = "https://nowhere.invalid/x.git" },
        fails = "nowhere%.invalid/x%.git at main cannot be fetched as root: .*resolve" },
      { drift = "rm -rf " .. path .. "/.git/refs " .. path .. "/.git/packed-refs " .. path
        .. "/.git/HEAD",
        gone = true },
    },
  },
  {
    type = "git", what = "into a folder with other things", name = "/srv/other",
      kept = true,
    before = "mkdir -p /srv/other; touch /srv/other/thing",
    steps = {
      { want = { repository = "https://github.com/pipster/identity.git" },
        fails = "is no checkout" },
    },
  },
  {
    type = "docker.engine", kept = true, there = true,
    steps = {
      { want = {}, look = "docker info >/dev/null" },
      { drift = "systemctl stop -q docker.socket docker", fields = "active" },
      { drift = "systemctl disable -q docker 2>/dev/null", fields = "active" },
    },
  },
  {
    type = "docker.compose", name = "identity",
    before = "[ -d " .. path .. " ]",
    steps = {
      { want = { path = path, env = env, validate = "./scripts/validate-env.sh",
        within = "180s" },
        look = "curl -fsS http://localhost:5000/health && [ \"$(stat -c %a " .. path
          .. "/.env)\" = 600 ]"
          .. " && grep -q canary-jwt " .. path .. "/.env" },
      { want = { path = path, env = with { TZ = "Europe/Berlin has spaces" },
        revision = "abc" },
        look = "grep -q 'revision abc' " .. path .. "/.pipster-started" },
      { want = { path = path, env = with { TZ = "Europe/Berlin has spaces" },
        revision = "def" } },
      { drift = "docker stop -t 1 pipster-identity >/dev/null", fields = "running" },
      { drift = "docker rm -f pipster-identity >/dev/null", fields = "running" },
      { drift = "echo A=1 >> " .. path .. "/.env", fields = "env up_to_date" },
      { drift = "chmod 644 " .. path .. "/.env", fields = "env" },
      { drift = "rm " .. path .. "/.env", fields = "env up_to_date" },
      { drift = "echo '# mine' >> " .. path .. "/docker-compose.yml",
        fields = "up_to_date" },
      { want = { path = path, env = with { DB_PASSWORD = "short" },
        validate = "./scripts/validate-env.sh" },
        fails = "weak", look = "grep -q canary-db " .. path .. "/.env" },
    },
    after = "[ -z \"$(docker ps -aq)\" ] && [ ! -e " .. path
      .. "/.env ] && [ -n \"$(docker volume ls -q)\" ]",
  },
  {
    type = "docker.compose", what = "that does not validate", name = "bad", kept = true,
    before = "rm -rf /srv/bad; mkdir -p /srv/bad; echo 'services: [' >"
      .. " /srv/bad/docker-compose.yml",
    steps = { { want = { path = "/srv/bad" }, fails = "docker%-compose.yml",
      look = "[ ! -e /srv/bad/.env ]" } },
  },
  {
    type = "docker.compose", what = "of an image that cannot run", name = "never",
      kept = true,
    before = "rm -rf /srv/never; mkdir -p /srv/never; printf 'version:"
      .. " \"3.8\"\\nservices:\\n  one:\\n"
      .. "    image: registry.pipster.app:5000/pipster/nothing:1\\n' >"
      .. " /srv/never/docker-compose.yml",
    steps = { { want = { path = "/srv/never" }, fails = "pipster/nothing" } },
  },
  {
    type = "docker.compose", what = "that is never healthy", name = "sick",
    before = "docker compose version >/dev/null 2>&1 && c='docker compose' ||"
      .. " c=docker-compose;"
      .. " [ ! -d /srv/sick ] || { cd /srv/sick; $c down; }"
      .. " >/dev/null 2>&1; rm -rf /srv/sick; mkdir -p /srv/sick; printf 'version:"
      .. " \"3.8\"\\nservices:\\n  one:\\n"
      .. "    image: registry.pipster.app:5000/pipster/postgres:15\\n' >"
      .. " /srv/sick/docker-compose.yml",
    there = true, kept = true,
    steps = { { want = { path = "/srv/sick", within = "3s" }, fails = "not healthy: one",
      look = "cd /srv/sick && docker rm -f $(docker ps -aq) >/dev/null" } },
  },
  {
    type = "caddy.install", kept = true,
    before = "apt-get purge -y -q caddy >/dev/null 2>&1; rm -rf /etc/caddy"
      .. " /var/lib/caddy",
    steps = {
      { want = { email = "ops@pipster.app" }, look = "systemctl is-active -q caddy" },
      { want = { email = "other@pipster.app" } },
      { drift = "systemctl stop caddy", fields = "active" },
      { drift = "systemctl disable -q caddy", fields = "active" },
      { drift = "sed -i 's/other@/third@/' /etc/caddy/Caddyfile", fields = "email" },
      { drift = "echo '# mine' >> /etc/caddy/Caddyfile", fields = "as_written" },
      { drift = "rm /etc/caddy/acme-root.pem", fields = "acme_root" },
      { want = { email = "bad } address {" }, fails = ".",
        look = "grep -q other@pipster.app /etc/caddy/Caddyfile" },
    },
  },
  {
    type = "caddy.site", name = "identity",
    before = "n=0; until curl -s http://localhost:2019/config/ >/dev/null; do n=$((n+1));"
      .. " [ $n -lt 600 ] || exit 1; sleep 0.2; done",
    steps = {
      { want = { domain = "http://localhost:8081", extra = "respond one" },
        look = "[ \"$(curl -s http://localhost:8081/)\" = one ]" },
      { want = { domain = "http://localhost:8081", extra = "header X-A b\nrespond two" },
        look = "[ \"$(curl -s http://localhost:8081/)\" = two ]" },
      { drift = "sed -i s/two/three/ /etc/caddy/sites/identity.caddy", fields = "extra" },
      { want = { domain = "http://localhost:8081", reverse_proxy = "localhost:8082" },
        look = "[ \"$(curl -s -o /dev/null -w '%{http_code}' http://localhost:8081/)\" ="
          .. " 502 ]" },
      { drift = "sed -i '2a\\\theader A b' /etc/caddy/sites/identity.caddy",
        fields = "as_written" },
      { drift = "sed -i 's/8081/8083/' /etc/caddy/sites/identity.caddy",
        fields = "domain" },
      { want = { domain = "http://localhost:8081", extra = "nonsense here" },
        fails = "nonsense",
        look = "caddy validate --adapter caddyfile --config /etc/caddy/Caddyfile"
          .. " >/dev/null 2>&1" },
      { drift = "rm /etc/caddy/sites/identity.caddy", gone = true },
    },
    after = "! curl -s http://localhost:8081/ >/dev/null",
  },
}

local function site(port)
  return { domain = "http://localhost:" .. port, extra = "respond one" }
end
for _, state in ipairs { disks.etc_read_only, disks.etc_full } do
  cases[#cases + 1] = etc.case("caddy.install", { { "caddy.install", nil,
    { email = "one@pipster.app" }, { email = "two@pipster.app" }, stays = true } }, state)
  cases[#cases + 1] = etc.case("caddy.site", { { "caddy.site", "disk", site(8084),
    site(8085) } }, state)
end
cases[#cases + 1] = { type = "caddy.site", what = "that was edited is not removed",
  run = function(bed)
    bed.edited_stays({ "caddy.site", "edited", want = site(8086) },
      "echo '# mine' >> /etc/caddy/sites/edited.caddy", "/etc/caddy/sites/edited.caddy")
    bed.run("rm /etc/caddy/sites/edited.caddy; systemctl reload caddy")
  end }

-- A checkout that nothing can be fetched into stays at what it was.
local full = disks.full()
full.why = "failed to write" -- git does not say why
local repository = "https://github.com/pipster/identity.git"
for _, case in ipairs(disks.cases({ type = "git", name = "/srv/mnt/g", size = "4M",
  first = { repository = repository },
  second = { repository = repository, revision = "v1.0.0" } }, { disks.read_only,
  full })) do
  cases[#cases + 1] = case
end

-- A project whose folder cannot be written goes on running as it was.
local project = { type = "docker.compose", name = "spoilt", size = "4M",
  before = "mkdir /srv/mnt/c; printf 'services:\\n  one:\\n    container_name: spoilt\\n"
    .. "    image: registry.pipster.app:5000/pipster/postgres:15\\n    env_file: .env\\n'"
    .. " >/srv/mnt/c/docker-compose.yml",
  first = { path = "/srv/mnt/c", env = { POSTGRES_PASSWORD = "one" } },
  second = { path = "/srv/mnt/c", env = { POSTGRES_PASSWORD = "two" } } }
for _, case in ipairs(disks.cases(project, { disks.read_only, disks.full() })) do
  local run = case.run
  case.run = function(bed)
    local held, problem = pcall(run, bed)
    local ended = bed.run("docker exec spoilt env | grep -x POSTGRES_PASSWORD=one;"
      .. " docker rm -f -v spoilt >/dev/null")
    assert(held, problem)
    assert(ended.output:find("=one", 1, true), "the container is another")
  end
  cases[#cases + 1] = case
end
return cases
