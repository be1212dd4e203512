-- SPDX-License-Identifier: MIT
-- Packages and repositories, from repositories that are made here: no network is needed.
local _, disks, etc = ...
local function slurp(command)
  local pipe = io.popen(command)
  local text = pipe:read "a"
  pipe:close()
  return text
end

-- Two keys; what is signed is signed here, so that no host ever has a private half.
local home = slurp("mktemp -d"):gsub("\n", "")
local gpg = "gpg --homedir " .. home .. " --batch -q "
local function key_of(who)
  os.execute(gpg .. "--passphrase '' --quick-generate-key " .. who
    .. " ed25519 sign never 2>/dev/null")
  return slurp(gpg .. "--armor --export " .. who), slurp(gpg
    .. "--with-colons --list-keys " .. who
    .. " | awk -F: '$1 == \"fpr\" { print $10 }'"):sub(1, 40)
end
local key, fingerprint = key_of "right"
local other_key, other_fingerprint = key_of "wrong"

-- A package of one version in a folder, signed.
local function publish(version)
  return slurp("d=" .. home .. "/repo; rm -rf $d/b; mkdir -p $d/b/DEBIAN; cd $d"
    .. "; printf 'Package: pipster-thing\\nVersion: " .. version .. "\\nArchitecture: all\\n"
    .. "Maintainer: x <x@example.com>\\nDescription: a thing\\n' > b/DEBIAN/control\n"
    .. "dpkg-deb --root-owner-group -b b thing_" .. version .. "_all.deb >/dev/null"
    .. " && rm -r b && dpkg-scanpackages -m . 2>/dev/null > Packages\n"
    .. "printf 'Suite: x\\nDate: %s\\nSHA256:\\n %s %s Packages\\n' \"$(date -Ru)\""
    .. " \"$(sha256sum Packages | cut -d' ' -f1)\" \"$(stat -c %s Packages)\" > Release\n"
    .. gpg .. "--yes --local-user right --clearsign -o InRelease Release\n"
    .. "tar -c . | base64 -w 0")
end

local function install(version)
  return "mkdir -p /srv/apt; cd /srv/apt; rm -rf ./*; printf %s '" .. publish(version)
    .. "' | base64 -d | tar -x && chown -R root: . && [ -s InRelease ]"
end

-- Nothing outside is asked while these run.
local alone = "mkdir -p /run/apt.away; mv /etc/apt/sources.list"
  .. " /etc/apt/sources.list.d/*.sources /run/apt.away 2>/dev/null; "
local function declared(more)
  local want = { uris = "copy:/srv/apt", suites = "./", key = key }
  for name, value in pairs(more or {}) do want[name] = value end
  return want
end

local function same(what, expected, found)
  if expected ~= found then
    error(("%s: expected '%s', got '%s'"):format(what, expected, tostring(found)), 0)
  end
end

-- Holds dpkg's lock for that long, and has it when this ends; ends by itself.
local function held(seconds)
  return "rm -f /run/has; setsid python3 -c 'import fcntl, time;"
    .. " f = open(\"/var/lib/dpkg/lock-frontend\", \"w\"); fcntl.lockf(f, fcntl.LOCK_EX);"
    .. " open(\"/run/has\", \"w\"); time.sleep(" .. seconds .. ")' >/dev/null 2>&1 &"
    .. " echo $! > /run/held; until [ -e /run/has ]; do sleep 0.05; done"
end

local source = "/etc/apt/sources.list.d/pipster-thing.sources"
local ring = "/etc/apt/keyrings/pipster-thing"

return {
  {
    type = "repository", name = "thing",
    before = alone .. install "1.0",
    steps = {
      { want = declared(), look = "apt-cache policy pipster-thing | grep -q 1.0 && grep -q"
        .. " PGP " .. ring .. ".asc" },
      { want = declared { key = other_key }, fails = "NO_PUBKEY",
        look = "grep -q copy: " .. source .. " && apt-get update -q 2>&1 | tail -n 1" },
      { want = declared { architectures = { "amd64" } } },
      { drift = "sed -i s/amd64/arm64/ " .. source, fields = "architectures" },
      { drift = "echo 'Trusted: yes' >> " .. source, fields = "as_written" },
      { drift = "rm " .. ring .. ".asc", fields = "key_is_ours" },
      { want = declared { uris = "copy:/srv/nothing" }, fails = "/srv/nothing",
        look = "grep -q copy:/srv/apt " .. source },
      { drift = "rm " .. source, gone = true },
    },
    after = "[ ! -e " .. source .. " ] && [ ! -e " .. ring .. ".asc ]",
  },
  {
    type = "repository", what = "by a key at an address", name = "thing",
    before = "printf %s '" .. slurp(gpg .. "--export right | base64 -w 0")
      .. "' | base64 -d > /srv/right.gpg",
    steps = {
      { want = { uris = "copy:/srv/apt", suites = "./", key_url = "copy:/srv/right.gpg",
        fingerprint = fingerprint }, look = "grep -q 'pipster-thing.gpg' " .. source
        .. " && [ -s " .. ring .. ".gpg ]" },
      { want = { uris = "copy:/srv/apt", suites = "./", key_url = "copy:/srv/right.gpg",
        fingerprint = other_fingerprint }, fails = "another key",
        look = "[ -s " .. ring .. ".gpg ]" },
      { want = { uris = "copy:/srv/apt", suites = "./", key_url = "copy:/srv/right.gpg",
        sha256 = ("0"):rep(64) }, fails = "[Hh]ash" },
      { want = { uris = "copy:/srv/apt", suites = "./", key_url = "copy:/srv/none.gpg",
        fingerprint = other_fingerprint }, fails = "none.gpg" },
    },
    after = "[ ! -e " .. ring .. ".gpg ]",
  },
  { type = "repository", what = "that was edited, or its key, stays", run = function(bed)
    local function thing(more)
      local want = { uris = "copy:/srv/apt", suites = "./", fingerprint = fingerprint }
      for name, value in pairs(more) do want[name] = value end
      return { "repository", "thing", want = want }
    end
    local binary, text = { key_url = "copy:/srv/right.gpg" }, { key = key }
    for _, path in ipairs { source, ring .. ".gpg" } do
      same("edited", path, bed.edited_stays(thing(binary), "echo '# mine' >> " .. path,
        path))
    end
    -- Another kind of key in its place, and one that apt does not take: the notes are of
    -- what stands there.
    bed.edited_stays(thing(text), "echo '# mine' >> " .. ring .. ".asc", ring .. ".asc")
    local outcome = bed.apply { thing(text) }
    same("made again", "done", outcome)
    same("refused", "failed", (bed.apply { { "repository", "thing",
      want = { uris = "copy:/srv/apt", suites = "./", key = other_key } } }))
    local found = bed.observe("repository", "thing", {})
    same("edited", nil, found.edited)
    outcome = bed.apply { { "repository", "thing", have = found } }
    same("removed", "done ", outcome .. " " .. bed.run("ls " .. source .. " " .. ring
      .. ".* 2>/dev/null").output)
  end },
  etc.case("repository", { { "repository", "thing", declared(),
    declared { architectures = { "amd64" } } } }, disks.etc_read_only),
  etc.case("repository", { { "repository", "thing", declared(),
    declared { key = other_key } } }, disks.etc_full),
  { type = "package", what = "on a disk that is full", run = function(bed)
      same("repository", "done", (bed.apply { { "repository", "thing",
        want = declared() } }))
      bed.run("mount -t tmpfs -o size=4k none /var/cache/apt/archives && mkdir"
        .. " /var/cache/apt/archives/partial; cat /dev/zero > /var/cache/apt/archives/fill")
      local outcome, results = bed.apply { { "package", "pipster-thing", want = {} } }
      bed.run("umount /var/cache/apt/archives")
      same("outcome", "failed", outcome)
      local why = tostring(results[1].fault)
      assert(why:find("space", 1, true), why)
      same("nothing of it is there", "", bed.run("dpkg-query -W -f '${db:Status-Status}'"
        .. " pipster-thing 2>/dev/null").output)
    end },
  { type = "package", what = "of a repository: a version, the latest, held, given up",
    run = function(bed)
      local function package(want, have)
        local outcomes, results = bed.apply { { "package", "pipster-thing", want = want,
          have = have } }
        return outcomes, results[1].found or {}, tostring(results[1].fault)
      end
      local version = "dpkg-query -W -f '${Version}' pipster-thing"
      bed.run(install "1.0")
      same("repository", "done", (bed.apply { { "repository", "thing",
        want = declared() } }))
      same("install", "done", (package {}))
      bed.run(install "1.1")
      local outcome, found = package { latest = true, held = true }
      same("latest, by lists that are a day old at most", "done true",
        outcome .. " " .. tostring(found.latest))
      same("and so it stays", "1.0", bed.run(version).output)
      bed.run("touch -d '2 days ago' /var/lib/pipster/apt-refreshed")
      outcome, found = package({ latest = true, held = true }, found)
      same("latest", "done 1.1 true", outcome .. " " .. found.version .. " "
        .. tostring(found.held))
      bed.run("touch -d '2 days ago' /var/lib/pipster/apt-refreshed; echo 'deb [trusted=yes]"
        .. " http://127.0.0.1:9/ ./' > /etc/apt/sources.list.d/silent.list")
      same("with a source that does not answer", "done",
        (package({ latest = true, held = true }, found)))
      same("the lists are as old as they were", "48", bed.run("echo $((($(date +%s)"
        .. " - $(stat -c %Y /var/lib/pipster/apt-refreshed)) / 3600))").output:match("%d+"))
      bed.run("rm /etc/apt/sources.list.d/silent.list")
      same("a version that nobody has", "failed", (package { version = "9" }))
      same("a version", "done", (package { version = "1.1", held = true }))
      outcome, found = package { version = "1.1", held = false }
      same("let go", "done false", outcome .. " " .. tostring(found.held))
      bed.run(held(3))
      same("a lock is waited for", "done", (package({ absent = true }, found)))
      bed.run(held(900))
      local _, _, why = package { within = "1s" }
      assert(why:find("gave up waiting for process %d+.*python3 %-c"), why)
    end },
  { type = "package", what = "after an install that was cut off", run = function(bed)
      bed.run("kill $(cat /run/held); : > /var/lib/dpkg/updates/0001")
      assert(bed.run("apt-get install -y -q pipster-thing 2>&1").output:find("interrupted"),
        "dpkg does not take it for cut off")
      same("outcome", "done", (bed.apply { { "package", "pipster-thing", want = {} } }))
      bed.run("apt-get purge -y -q pipster-thing; rm -rf /srv/apt " .. source .. " " .. ring
        .. ".*; mv /run/apt.away/sources.list /etc/apt/; mv /run/apt.away/*"
        .. " /etc/apt/sources.list.d/")
      os.execute("gpgconf --homedir " .. home .. " --kill all; rm -rf " .. home)
    end },
}
