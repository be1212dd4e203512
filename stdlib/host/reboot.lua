-- SPDX-License-Identifier: MIT
--
-- A reboot, when something asks for one: the marker of Debian's packages, or a kernel
-- that is newer than the one that runs. It is waited for, and over when another boot id
-- answers; what stands behind it goes on then.
local attribute = require "attribute"
local fault = require "fault"
local model = require "batch_model"
local session = require "session"
local settings = require "settings"
local shell = require "shell"
local type = require "type"
local wait = require "wait"

local boot_id = "cat /proc/sys/kernel/random/boot_id"

-- Kernels of the same flavour as the one that runs, the newest last.
local probe = [[
for marker in /run/reboot-required /var/run/reboot-required; do
  [ ! -e $marker ] || { echo "reason packages: $(sort -u $marker.pkgs 2>/dev/null |
    tr '\n' ' ')"; break; }
done
runs=$(uname -r); flavour=${runs##*[0-9]-}
if [ -e "/boot/vmlinuz-$runs" ]; then
  newest=$(cd /boot && printf '%s\n' vmlinuz-*"$flavour" | sort -V | tail -n 1)
  [ "$newest" = "vmlinuz-$runs" ] || echo "reason the kernel ${newest#vmlinuz-}"
fi
echo seen]]

local function told(output)
  local reasons = {}
  for line in shell.lines(output) do
    local reason = line:match("^reason (.-)%s*$")
    if reason then reasons[#reasons + 1] = (reason:gsub("packages:$", "a package")) end
  end
  return reasons
end

local function ask(opened, script)
  local result = opened:run(script, { timeout = 60 })
  return result.status == 0 and result.output:match("%x[%x-]+%x") or nil
end

-- One answer of a host that is on its way: nothing while it does not answer.
local function answers(host)
  local ok, found = pcall(function()
    return ask(session.open(host, { patience = 5 }), boot_id)
  end)
  if not ok then
    session.close(host)
    if not fault.is(found) or found.kind ~= "unreachable" then error(found, 0) end
  end
  return ok and found or nil
end

-- The order is given by a unit of systemd's, so that the shell ends in peace first.
local order = boot_id .. " && systemd-run -q --collect --on-active=1s --timer-property="
  .. "AccuracySec=100ms systemctl reboot"

local function reboot(want, step)
  local host = step.host
  local found = { required = false, when = want.when }
  if settings.host_driver == "none" then
    model.keep(host, step.address, found)
    return found
  end
  local before = ask(session.open(host, { patience = 60 }), order)
  if not before then
    fault("host/" .. host.name .. " took no order to reboot", {
      next = "its systemd must run: systemctl is-system-running" })
  end
  session.close(host)
  wait.until_true {
    what = "host/" .. host.name .. " was told to reboot and has not come back",
    within = want.within, every = 1, most = 3,
    next = "look at its console; what stood behind it was not done, run again then",
    check = function()
      local now = answers(host)
      if now == before then session.close(host) end
      return now and now ~= before
    end,
  }
  return found
end

return type {
  name = "reboot",
  doc = "A reboot when a package or a newer kernel asks for one; what stands behind it"
    .. " waits for it.",
  link = "https://www.debian.org/doc/debian-policy/ch-opersys.html",
  lasting = "nothing: a reboot is over when it is over",
  on_host = true,
  nameless = true,
  lone = true,
  follows = true,
  attributes = {
    when = attribute.string { default = "when required", one_of = { "when required" },
      doc = "the resource's name when left out" },
    within = attribute.any { default = "10m", ["local"] = true,
      doc = "how long it is waited for" },
    required = attribute.bool { default = false, doc = "something asks for it" },
    reason = attribute.string { computed = true, doc = "who asks" },
  },
  example = [[host:reboot "when required" { }]],
  shorthand = function(declared, name)
    if name and declared.when == nil then declared.when = name end
    return declared
  end,

  probe = function() return probe end,
  read = function(items, output)
    if not output:find("seen") then return {} end
    local reasons = told(output)
    local want = items[1].want or items[1].recorded
    return { { when = want.when, required = #reasons > 0,
      reason = #reasons > 0 and table.concat(reasons, "; ") or nil } }
  end,
  create = reboot,
  update = function(_, want, step) return reboot(want, step) end,
  delete = function() end,
  preview = function(change)
    if change.action ~= "create" and change.action ~= "update" then return {} end
    local have = change.have
    return { actions = { "systemctl reboot", "wait for another boot id" },
      notes = have and have.reason and { "asked for by " .. have.reason } or nil,
      downtime = "about a minute: the host reboots", downtime_seconds = 60 }
  end,
}
