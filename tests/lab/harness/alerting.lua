-- SPDX-License-Identifier: MIT
--
-- For cases of alerts: what arrives in the lab's mail, and a watch that is made to fire.
local alerting = {}

local box = os.getenv "PIPSTER_TEST_MAIL"

alerting.mail = { server = "10.91.0.1:1025", from = "alerts@pipster.app",
  to = { "ops@pipster.app" } }

-- Whether a message in the box has that in it.
function alerting.arrived(pattern)
  return os.execute("grep -rqs -- '" .. pattern .. "' " .. box) == true
end

-- How long a message may take: nothing is judged by how fast it comes.
local PATIENCE = 300

local function await(pattern, bed)
  local ends = os.time() + PATIENCE
  while not alerting.arrived(pattern) do
    if os.time() > ends then
      error("no message: " .. pattern .. "\n" .. bed.run("journalctl -q -n 20 -o cat -p"
        .. " notice; tail /var/lib/pipster/watches/*/[pt]*").output, 0)
    end
    os.execute "sleep 0.2"
  end
end

local function on(bed, script)
  local result = bed.run(script)
  assert(result.status == 0, script .. ": " .. result.output .. result.errors)
  return result.output
end

local function expect_done(words, results)
  for _, result in ipairs(results) do
    assert(result.outcome == "done", words .. ": " .. tostring(result.fault))
  end
end

local function walk(bed, kind, name, want, part)
  local about = "bed: " .. part.about
  on(bed, "sleep 3")
  assert(not alerting.arrived("ALERT " .. about), "it fired before anything happened")
  on(bed, part.starts)
  await("Subject: ALERT " .. about, bed)
  assert(bed.observe(kind, name, {}), "it is not seen")
  on(bed, part.ends)
  await("Subject: RESOLVED bed: " .. (part.over or part.about), bed)
  expect_done(bed.apply { { kind, name, have = want } })
  on(bed, "! systemctl cat pipster-watch-" .. kind:gsub("alert%.", "") .. "-" .. name
    .. ".timer 2>/dev/null; " .. (part.after or "true"))
end

-- A watch of this kind: `starts` is done on the host, and the contact is told `about` it;
-- `ends`, and it is told that it is over. want may be a function of what `before` printed.
function alerting.fires(kind, name, want, part)
  return { type = kind, what = "fires, and is over: " .. name, run = function(bed)
    local printed = on(bed, part.before or "true")
    want = type(want) == "function" and want(printed) or want
    want.notify, want.every, want.over = { "ops" }, "1s", want.over or "1s"
    local things = { { "alert.contact", "ops", want = alerting.mail },
      { kind, name, want = want } }
    for index, thing in ipairs(part.things or {}) do
      table.insert(things, index, thing)
    end
    expect_done(bed.apply(things))
    walk(bed, kind, name, want, part)
  end }
end

return alerting
