-- SPDX-License-Identifier: MIT
-- The checks that ask a host, and the host itself.
local fakes = ...

local function check(bed, name, want)
  local wanted = require "tests.types.harness.host_wanted"
  local kind = fakes.type(name)
  local step = { address = "bed:" .. name, session = {
    run = function(_, text) return bed.run(text) end } }
  local passed, problem = pcall(kind.check, wanted.declare(kind, want, "one"), step)
  return passed and "passed" or tostring(problem), problem
end

local function matches(pattern, found)
  if not found:find(pattern) then error("'" .. found .. "' does not match " .. pattern,
    0) end
end

local compose = "version: '3.8'\nservices:\n  one:\n"
  .. "    image: registry.pipster.app:5000/pipster/postgres:15\n"
  .. "    entrypoint: [sh, -c, 'echo %s; exec sleep 600']\n"

local function bring_up(bed, line)
  local result = bed.run("rm -rf /srv/logs; mkdir -p /srv/logs; cd /srv/logs; printf"
    .. " '%s' '"
    .. compose:format(line):gsub("'", "'\\''") .. "' > docker-compose.yml\n"
    .. "command -v docker-compose >/dev/null || apt-get install -y -q"
    .. " --no-install-recommends"
    .. " docker.io docker-compose iptables >/dev/null\n"
    .. "systemctl start docker; docker-compose up -d 2>&1 || exit\n"
    .. "until [ \"$(docker logs logs_one_1 2>&1 | wc -l)\" -gt 0 ]; do sleep 0.1; done")
  assert(result.status == 0, result.output)
end

return {
  { type = "check.command", what = "status, output and syntax", run = function(bed)
    matches("^passed", check(bed, "check.command", { run = "echo 12 rows",
      expect = "%d+ rows",
      directory = "/tmp" }))
    matches("^passed", check(bed, "check.command", { run = "exit 3", status = 3 }))
    matches("ended with 1: no", check(bed, "check.command", { run = "echo no; false" }))
    matches("does not match", check(bed, "check.command", { run = "echo no",
      expect = "yes" }))
    matches("[Ss]yntax", check(bed, "check.command", { run = "if" }))
    matches("ended with 2", check(bed, "check.command", { run = "true",
      directory = "/none" }))
    bed.run("rm -f /run/late; (sleep 2; touch /run/late) >/dev/null 2>&1 &")
    matches("^passed", check(bed, "check.command", { run = "[ -e /run/late ]",
      within = "120s" }))
  end },
  { type = "check.logs", what = "of a unit: clean, with an error, empty",
    run = function(bed)
    bed.run("printf 'echo fine; echo \"ERROR: disk\"; echo no errors here' >"
      .. " /run/log-bad\n"
      .. "systemd-run -q --wait --unit=log-good echo all is well\n"
      .. "systemd-run -q --wait --unit=log-bad sh /run/log-bad; journalctl --sync")
    matches("^passed", check(bed, "check.logs", { unit = "log-good" }))
    matches("1 of the last %d+ lines.*ERROR: disk", check(bed, "check.logs",
      { unit = "log-bad" }))
    matches("^passed", check(bed, "check.logs", { unit = "log-bad", allow = { "disk" } }))
    matches("the log is empty", check(bed, "check.logs", { unit = "log-none" }))
  end },
  { type = "check.logs", what = "of a Compose project", run = function(bed)
    bring_up(bed, "all is well")
    matches("^passed", check(bed, "check.logs", { path = "/srv/logs" }))
    bring_up(bed, "a FATAL thing")
    matches("logs_one.*FATAL", check(bed, "check.logs", { path = "/srv/logs" }))
    bring_up(bed, "")
    bed.run("cd /srv/logs; docker-compose down -t 1")
    matches("no container is there", check(bed, "check.logs", { path = "/srv/logs" }))
    matches("cannot be read", check(bed, "check.logs", { path = "/srv/none" }))
  end },
  { type = "host",
    what = "makes keys of its own, once; another machine id is another machine",
    run = function(bed)
      local kind, batch = fakes.type "host", require "batch"
      local host = { name = "bed", address = "192.0.2.1" }
      local want = { address = "192.0.2.1", login = { "root" },
        host_key = "ssh-ed25519 AAAA", server_id = 1 }
      local item = { type = kind, address = "host/bed", name = "bed", want = want }
      bed.run("rm -rf /var/lib/pipster/feedc0de")
      local before = bed.run("cat /etc/ssh/ssh_host_ed25519_key.pub").output
      assert(batch.observe(host, { item })[1] == nil, "it is there already")
      local noted
      local found = kind.create(want, { name = "bed", address = "host/bed",
        remember = function(note) noted = note end })
      assert(#noted.host_keys == 2 and noted.host_keys[1] == found.host_keys[1],
        "not remembered")
      assert(not before:find(found.host_keys[1], 1, true), "the key is the old one")
      local seen = batch.observe(host, { item })[1]
      assert(seen and seen.incarnation == found.incarnation, "it is not seen as ours")
      assert(seen.host_keys[1] == found.host_keys[1] and #seen.host_keys == 2,
        "other keys")
      bed.run("echo 0123456789abcdef0123456789abcdef > /var/lib/pipster/feedc0de/ready")
      assert(batch.observe(host, { item })[1] == nil, "another machine is taken for ours")
    end },
}
