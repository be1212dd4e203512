-- SPDX-License-Identifier: MIT
-- Units of systemd: running, enabled, masked, and given as text.
local function service(line, more)
  return "[Service]\nExecStart=" .. line .. "\n" .. (more or "")
    .. "[Install]\nWantedBy=multi-user.target\n"
end

local sleeps = service "/usr/bin/sleep 600"

local function same(what, expected, found)
  if expected ~= found then
    error(("%s: expected '%s', got '%s'"):format(what, expected, tostring(found)), 0)
  end
end

-- How often systemd read its units while `run` ran.
local function reloads(bed, run)
  local count = "journalctl -q _PID=1 -o cat --no-pager | grep -c '^Reloading.*\\.$'"
  local function counted()
    return math.tointeger(tonumber((bed.run("journalctl --sync; " .. count).output)))
  end
  local before = counted()
  run()
  return counted() - before
end

local function timer(when)
  return "[Timer]\nOnCalendar=" .. when .. "\n[Install]\nWantedBy=timers.target\n"
end

return {
  {
    type = "service", what = "that is a timer of one's own", name = "nightly.timer",
    before = "printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\n' >"
      .. " /etc/systemd/system/nightly.service",
    steps = {
      { want = { content = timer "*-*-* 02:00" },
        look = "systemctl list-timers nightly.timer | grep -q nightly.service &&"
          .. " systemctl is-enabled -q nightly.timer" },
      { want = { content = timer "*-*-* 03:00" }, look = "systemctl show nightly.timer -p"
        .. " TimersCalendar | grep -q 03:00" },
      { drift = "systemctl stop nightly.timer", fields = "running",
        look = "systemctl is-active -q nightly.timer" },
      { want = { content = timer "whenever" }, fails = "whenever",
        look = "systemctl is-active -q nightly.timer && systemctl show nightly.timer -p"
          .. " TimersCalendar | grep -q 03:00 &&"
          .. " grep -q 03:00 /etc/systemd/system/nightly.timer" },
      { drift = "systemctl disable --now -q nightly.timer;"
        .. " rm /etc/systemd/system/nightly.timer; systemctl daemon-reload", gone = true },
    },
    after = "[ ! -e /etc/systemd/system/nightly.timer ] && rm"
      .. " /etc/systemd/system/nightly.service && systemctl daemon-reload &&"
      .. " ! systemctl -q cat nightly.timer 2>/dev/null",
  },
  {
    type = "service", name = "worker",
    before = "systemctl disable --now -q worker 2>/dev/null;"
      .. " rm -f /etc/systemd/system/worker.service; systemctl daemon-reload",
    steps = {
      { want = { content = sleeps }, look = "systemctl is-active -q worker &&"
        .. " [ \"$(stat -c '%a %U' /etc/systemd/system/worker.service)\" = '644 root' ]" },
      { want = { content = service "/usr/bin/sleep 700" },
        look = "n=0; until grep -qz 700 /proc/$(systemctl show -p MainPID --value worker)"
          .. "/cmdline; do n=$((n + 1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done" },
      { want = { content = service "/usr/bin/sleep 700", enabled = false } },
      { drift = "systemctl stop worker", fields = "running" },
      { drift = "sed -i s/700/800/ /etc/systemd/system/worker.service",
        fields = "content" },
      { want = { content = service("/usr/bin/sleep 700", "Nonsense=1\n") },
        fails = "Unknown key.*Nonsense",
        look = "! grep -q Nonsense /etc/systemd/system/worker.service &&"
          .. " systemctl is-active -q worker" },
      { want = { content = service "/no/such/program" }, fails = "/no/such/program" },
      { want = { content = service("/bin/sh -c 'echo it went wrong; exit 3'",
        "Type=oneshot\n") }, fails = "it went wrong" },
      { want = { content = sleeps } },
      { drift = "systemctl disable --now -q worker; rm /etc/systemd/system/worker.service;"
        .. " systemctl daemon-reload", gone = true },
    },
    after = "[ ! -e /etc/systemd/system/worker.service ] && ! systemctl -q cat worker"
      .. " 2>/dev/null",
  },
  {
    type = "service", what = "that is masked", name = "cron", there = true, stays = true,
    before = "systemctl enable -q --now cron",
    steps = {
      { want = { masked = true }, look = "! systemctl start cron 2>/dev/null" },
      { drift = "systemctl unmask -q cron", fields = "enabled masked" },
      { want = {}, look = "systemctl is-active -q cron" },
    },
  },
  {
    type = "service", what = "that is not there", name = "no-such-unit", kept = true,
    steps = { { want = {}, fails = "no%-such%-unit.service" } },
  },
  {
    type = "socket", name = "hello",
    before = "printf '[Service]\\nExecStart=/bin/cat\\nStandardInput=socket\\n' >"
      .. " /etc/systemd/system/hello.service",
    steps = {
      { want = { content = "[Socket]\nListenStream=127.0.0.1:7000\n[Install]\n"
        .. "WantedBy=sockets.target\n" },
        look = "ss -Hltn 'sport = 7000' | grep -q 127.0.0.1" },
      { want = { content = "[Socket]\nListenStream=127.0.0.1:7001\n[Install]\n"
        .. "WantedBy=sockets.target\n" },
        look = "ss -Hltn 'sport = 7001' | grep -q . && ! ss -Hltn 'sport = 7000' |"
          .. " grep -q ." },
      { drift = "systemctl stop hello.socket", fields = "running" },
      { want = { content = "[Socket]\nListenStream=nowhere at all\n" }, fails = "nowhere" },
    },
    after = "! ss -Hltn 'sport = 7001' | grep -q .",
  },
  { type = "service", what = "a unit that was edited since stays", run = function(bed)
      local have = { unit = "mine", content = sleeps, running = true, enabled = true }
      same("made", "done", (bed.apply { { "service", "mine",
        want = { content = sleeps } } }))
      bed.run("echo '# mine' >> /etc/systemd/system/mine.service")
      same("removal", "done", (bed.apply { { "service", "mine", have = have } }))
      same("it stays", "1\n", bed.run("systemctl daemon-reload; systemctl is-active -q mine"
        .. " && grep -c mine /etc/systemd/system/mine.service").output)
      bed.run("systemctl disable --now -q mine; rm /etc/systemd/system/mine.service")
    end },
  { type = "service", what = "units that follow each other are read once",
    run = function(bed)
      local function three(content, have)
        local things = {}
        for index, name in ipairs { "one", "two", "three" } do
          things[index] = { "service", name, want = { content = content },
            have = have and { unit = name, content = have, running = true,
              enabled = true } }
        end
        return things
      end
      local outcomes
      same("reloads to make", 1, reloads(bed, function()
        outcomes = bed.apply(three(sleeps))
      end))
      same("outcomes", "done done done", outcomes)
      local other = service "/usr/bin/sleep 601"
      same("reloads to change", 1, reloads(bed, function()
        outcomes = bed.apply(three(other, sleeps))
      end))
      same("outcomes", "done done done", outcomes)
      -- systemd does not wait until they are what they run.
      same("runs the new one", "3\n", bed.run("n=0; until [ $(pgrep -cf '^/usr/bin/sleep"
        .. " 601') = 3 ] || [ $n = 600 ]; do n=$((n + 1)); sleep 0.1; done;"
        .. " pgrep -cf '^/usr/bin/sleep 601'").output)
      bed.run("systemctl disable --now -q one two three; cd /etc/systemd/system;"
        .. " rm one.service two.service three.service; systemctl daemon-reload")
    end },
}
