-- SPDX-License-Identifier: MIT
-- Archives, certificates, what is waited for: with a web server on the host itself.
local fakes, disks = ...

-- Archives of /srv/src as a release makes them; their digests are told by openssl here
-- and there alike, so these are made of fixed bytes.
local made = [[
rm -rf /srv/src /srv/out /srv/www; mkdir -p /srv/src/shop-1/bin /srv/src/shop-2 /srv/www
cd /srv/src && echo one > shop-1/bin/shop && echo "a b" > "shop-1/it's a" && touch shop-1/old
chmod 755 shop-1/bin/shop; echo two > shop-2/new; echo "a c" > "shop-2/it's a"
t() { tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner "$@"; }
t -czf /srv/www/1.tgz shop-1 && t -cf /srv/www/2.tar shop-2 && head -c 99 /srv/www/1.tgz \
  > /srv/www/cut.tgz && echo no archive > /srv/www/none && ln -sf 2.tar /srv/www/link
]]

local serve = [[
[ -e /run/www.pid ] && kill $(cat /run/www.pid) 2>/dev/null
( cd /srv/www && exec python3 -m http.server --bind 127.0.0.1 8123 ) >/dev/null 2>&1 &
echo $! > /run/www.pid
]]
local stop = "kill $(cat /run/www.pid); rm -f /run/www.pid"

local function bad(what, want, why, look)
  return { type = "archive", what = what, name = "/srv/out", there = true, kept = true,
    before = made, steps = { { want = want, fails = why,
      look = "[ ! -e /srv/out ] && [ \"$(ls /srv)\" = \"$(ls /srv | grep -v pipster)\" ]"
        .. (look or "") } } }
end

local function pair(name, days)
  return "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "
    .. days .. " -subj /CN=" .. name .. " -keyout /run/" .. name .. ".key -out /run/"
    .. name .. ".pem 2>/dev/null && cat /run/" .. name .. ".pem /run/" .. name .. ".key"
end

-- What openssl made on the host: certificate, key.
local function make(bed, name, days)
  local said = bed.run(pair(name, days)).output
  local certificate, key = said:match("^(%-%-.-)(%-%-%-%-%-BEGIN P.*)$")
  return certificate, fakes.box("secret", assert(key, said))
end

local function certificate_life(bed)
  local wanted = require "tests.types.harness.host_wanted"
  local kind = fakes.type "certificate"
  local one, one_key = make(bed, "one", 30)
  local two, two_key = make(bed, "two", 3)
  local function want(certificate, key, more)
    local made_of = { path = "/srv/c.pem", key_path = "/srv/c.key", key = key,
      certificate = certificate }
    for name, value in pairs(more or {}) do made_of[name] = value end
    return made_of
  end
  local function apply(have, declared)
    local words, results = bed.apply { { "certificate", "c", want = declared, have = have } }
    return words, results[1]
  end
  local words, result = apply(nil, want(one, one_key))
  assert(words == "done", tostring(result.fault))
  local declared = wanted.declare(kind, want(one, one_key), "c")
  assert(#wanted.differences(kind, declared, result.found) == 0)
  assert(bed.run("[ \"$(stat -c '%a %U' /srv/c.pem /srv/c.key | tr '\\n' ' ')\" ="
    .. " '644 root 600 root ' ] && cmp /srv/c.key /run/one.key").status == 0)
  assert(not kind.preview({ have = result.found, want = declared }).warnings)
  local _, mixed = apply(result.found, want(two, one_key))
  assert(tostring(mixed.fault):find("not that of the certificate"), tostring(mixed.fault))
  assert(select(2, apply(result.found, want("x", one_key))).outcome == "failed")
  assert(bed.run("cmp /srv/c.pem /run/one.pem && [ \"$(ls /srv/c.*)\" ="
    .. " '/srv/c.key\n/srv/c.pem' ]").status == 0, "what was there is not there")
  words, result = apply(result.found, want(two, two_key, { key_mode = "0640" }))
  assert(words == "done", tostring(result.fault))
  declared = wanted.declare(kind, want(two, two_key, { key_mode = "0640" }), "c")
  local warnings = kind.preview({ have = result.found, want = declared }).warnings
  assert(warnings and warnings[1]:find("expires in 2 days"), warnings and warnings[1])
  bed.run("chmod 644 /srv/c.key; echo >> /srv/c.pem")
  local found = bed.observe("certificate", "c", declared)
  assert(found.edited == "/srv/c.pem")
  words, result = apply(found, want(two, two_key))
  assert(words == "done" and bed.run("cmp /srv/c.pem /run/two.pem").status == 0)
  assert(select(1, apply(result.found, nil)) == "done")
  assert(bed.run("ls /srv/c.*").output == "", "it is not removed")
end

local function sum_of(bed, file) return bed.run("sha256sum < " .. file).output:sub(1, 64) end

local function archive_life(bed)
  bed.run(made .. serve)
  local url = "http://127.0.0.1:8123/"
  local one, two = sum_of(bed, "/srv/www/1.tgz"), sum_of(bed, "/srv/www/2.tar")
  assert(bed.apply { { "wait_for", "w", want = { url = url .. "none" } } } == "done")
  local function apply(have, want)
    local words, results = bed.apply { { "archive", "/srv/out", want = want, have = have } }
    return words, results[1]
  end
  local function must(have, want, look)
    local words, result = apply(have, want)
    assert(words == "done", tostring(result.fault))
    local there = bed.run(look)
    assert(there.status == 0, look .. there.errors)
    return result.found
  end
  local _, wrong = apply(nil, { url = url .. "1.tgz", sha256 = two })
  assert(tostring(wrong.fault):find("its sha256 is " .. one), tostring(wrong.fault))
  assert(bed.run("[ ! -e /srv/out ]").status == 0)
  local found = must(nil, { url = url .. "1.tgz", sha256 = one, strip = 1,
    creates = "bin/shop" }, "/srv/out/bin/shop; [ -x /srv/out/bin/shop ] &&"
    .. " [ \"$(cat /srv/out/it*)\" = 'a b' ] && echo mine > /srv/out/mine")
  assert(found.sha256 == one and found.strip == 1)
  found = must(found, { url = url .. "2.tar", sha256 = two, strip = 1 },
    "[ \"$(cd /srv/out; find . -type f | sort | tr '\\n' ' ')\" ="
    .. " \"./it's a ./mine ./new \" ] && echo edited > /srv/out/new")
  must(found, nil, "[ \"$(ls /srv/out | tr '\\n' ' ')\" = 'mine new ' ]")
  bed.run(stop .. "; rm -rf /srv/out")
  local words, none = apply(nil, { url = url .. "1.tgz", sha256 = one })
  assert(words == "failed" and tostring(none.fault):find("curl"), tostring(none.fault))
end

local cases = {
  { type = "archive", what = "from an address, another one, away", run = archive_life },
  {
    type = "archive", name = "/srv/out", before = made,
    steps = {
      { want = { file = "/srv/www/1.tgz" }, look = "[ -x /srv/out/shop-1/bin/shop ]" },
      { want = { file = "/srv/www/link", creates = "shop-2/new", owner = "daemon" },
        look = "[ \"$(stat -c %U /srv/out/shop-2/new)\" = daemon ] &&"
          .. " [ ! -e /srv/out/shop-1 ]" },
      { drift = "rm /srv/out/shop-2/new", gone = true },
      { drift = "rm -r /srv/out", gone = true },
    },
    after = "[ ! -e /srv/out ]",
  },
  bad("cut off", { file = "/srv/www/cut.tgz" }, "unexpected end"),
  bad("that is none", { file = "/srv/www/none" }, "it is no tar"),
  bad("that is not there", { file = "/srv/www/nowhere" }, "is not on the host"),
  bad("stripped too much", { file = "/srv/www/1.tgz", strip = 5 }, "strip is too much"),
  bad("for a user who is not there", { file = "/srv/www/1.tgz", owner = "nobody-such" },
    "invalid user"),
  { type = "certificate", what = "in its whole life", run = certificate_life },
  {
    type = "wait_for", name = "come", kept = true,
    before = "rm -f /run/come; ( sleep 2; touch /run/come ) >/dev/null 2>&1 &",
    steps = { { want = { path = "/run/come", within = "30s" } } },
  },
  {
    type = "wait_for", name = "never", kept = true,
    steps = {
      { want = { port = 9, within = "1s" }, fails = "port 9 of 127.0.0.1: not within 1s" },
      { want = { command = "false", within = "1s" }, fails = "not within 1s" },
      { want = { command = "if", within = "1s" }, fails = "not within 1s" },
      { want = { url = "http://127.0.0.1:9/", within = "1s" }, fails = "not within 1s" },
    },
  },
}

-- Archives of two files, of two pages each in the first and three in the one that comes
-- after it; and certificates of less than a page.
local big = [[
rm -rf /srv/src; mkdir -p /srv/src /srv/www; cd /srv/src
for n in 1 2; do rm -rf a; mkdir a; for f in x y; do yes $n | head -c $((4000 + 4000 * n)) > a/$f; done
  tar -cf /srv/www/$n.tar a; done
]]
local function add(thing, states)
  local made = disks.cases(thing, states)
  table.move(made, 1, #made, #cases + 1, cases)
end
local function enough(pages)
  local state = disks.full(pages)
  state.done, state.what = true, "with room for the new one beside the old one"
  return state
end
for _, path in ipairs { "/srv/mnt/out", "/srv/mnt" } do
  add({ type = "archive", name = path, before = big, first = { file = "/srv/www/1.tar" },
    second = { file = "/srv/www/2.tar", owner = "daemon" } },
    { disks.read_only, disks.full(1), disks.full(5), enough(6) })
end
add({ type = "archive", name = "/srv/mnt/out", before = big,
  second = { file = "/srv/www/1.tar" } }, { disks.read_only, disks.full(1) })
cases[#cases + 1] = { type = "certificate", what = "on a disk where nothing can be written",
  run = function(bed)
    local function want(name)
      local certificate, key = make(bed, name, 30)
      return { path = "/srv/mnt/c.pem", key_path = "/srv/mnt/c.key", key = key,
        certificate = certificate }
    end
    local one, two = want "one", want "two"
    local nobodys = want "two"
    nobodys.owner = "nobody-such"
    local function try(first, second, states)
      for _, case in ipairs(disks.cases({ type = "certificate", name = "c", first = first,
        second = second }, states)) do case.run(bed) end
    end
    try(one, two, { disks.read_only, disks.full(0), disks.full(1), enough(2) })
    try(nil, two, { disks.read_only, disks.full(0), disks.full(1) })
    try(one, nobodys, { { spoil = ":", why = "invalid user" } })
  end }
for _, second in ipairs { { owner = "nobody-such" }, { group = "nobody-such" } } do
  for _, first in ipairs { false, {} } do
    add({ type = "directory", name = "/srv/mnt/d/e", first = first or nil, second = second },
      { { what = "for somebody who is not there", spoil = ":", why = "invalid" } })
  end
end
return cases
