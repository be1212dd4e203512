-- SPDX-License-Identifier: MIT
-- Archives whose tools a host does not have: they are installed, or it is told what is
-- missing. The former needs the registry of packages.
local function slurp(command)
  local pipe = io.popen(command)
  local text = pipe:read "a"
  pipe:close()
  assert(#text > 40, command)
  return text
end

-- A release, packed here: the host need not be able to.
local release = "d=$(mktemp -d); cd $d; mkdir -p shop-1/bin; echo one > shop-1/bin/shop;"
  .. " chmod 755 shop-1/bin/shop; echo 'a b' > \"shop-1/it's a\"; "
local function packed(by)
  return "printf %s '" .. slurp(release .. by .. " | base64 -w 0; rm -rf $d")
    .. "' | base64 -d > /srv/packed"
end

local kinds = {
  { "xz", "xz-utils", "tar -c shop-1 | xz" },
  { "bzip2", "bzip2", "tar -c shop-1 | bzip2" },
  { "zstd", "zstd", "tar -c shop-1 | zstd -q" },
  { "unzip", "unzip", "zip -qr - shop-1" },
}

-- Whatever else on the host counts on it is not asked for while this runs.
local function without(tool, package)
  return "dpkg --purge --force-depends " .. package .. " >/dev/null 2>&1; ! command -v "
    .. tool .. " && rm -rf /srv/out && "
end

-- Neither from the network nor from what a case before this has fetched.
local dead = "/etc/apt/apt.conf.d/99pipster-dead"
local cut_off = "printf 'Acquire::%s::Proxy \"http://127.0.0.1:9\";\\n' http https > " .. dead
  .. "; rm -f /var/lib/pipster/apt-refreshed /var/cache/apt/archives/*.deb; "

-- Holds dpkg's lock for three seconds, and has it when this ends; ends by itself.
local held = "rm -f /run/has; setsid python3 -c 'import fcntl, time;"
  .. " f = open(\"/var/lib/dpkg/lock-frontend\", \"w\"); fcntl.lockf(f, fcntl.LOCK_EX);"
  .. " open(\"/run/has\", \"w\"); time.sleep(3)' >/dev/null 2>&1 &"
  .. " until [ -e /run/has ]; do sleep 0.05; done"

local function missing(tool, package, by)
  return {
    type = "archive", what = "that takes " .. tool .. ", which cannot be had",
    name = "/srv/out", there = true, kept = true,
    before = without(tool, package) .. cut_off .. packed(by),
    steps = { { want = { file = "/srv/packed" },
      fails = tool .. " is missing, and could not be installed: " .. package:gsub("%-", "%%-"),
      look = "rm " .. dead .. "; [ -z \"$(find /srv -maxdepth 1 -name '*out*')\" ]",
    } },
  }
end

local function installed(tool, package, by)
  return {
    type = "archive", what = "that takes " .. tool, name = "/srv/out",
    before = "rm -f " .. dead .. "; " .. without(tool, package) .. packed(by) .. "; " .. held,
    steps = {
      { want = { file = "/srv/packed", strip = 1, creates = "bin/shop" },
        look = "[ -x /srv/out/bin/shop ] && [ \"$(cat \"/srv/out/it's a\")\" = 'a b' ] &&"
          .. " command -v " .. tool .. " && [ \"$(ls /srv/out | wc -l)\" = 2 ]" },
      { drift = "rm /srv/out/bin/shop", gone = true },
      { want = { file = "/srv/packed" }, look = "[ \"$(ls /srv/out)\" = shop-1 ]" },
    },
    after = "[ ! -e /srv/out ] && rm /srv/packed",
  }
end

local cases = {}
for _, kind in ipairs(kinds) do cases[#cases + 1] = missing(table.unpack(kind)) end
for _, kind in ipairs(kinds) do cases[#cases + 1] = installed(table.unpack(kind)) end
return cases
