-- SPDX-License-Identifier: MIT
--
-- What the alerts of a host measured, by the hour: their watches keep the mean of each
-- hour for 30 days (alert_watch_script.lua).
local fault = require "fault"
local script = require "alert_watch_script"

local hours = {}

hours.names = { "cpu", "memory", "disk" }

-- Lines of a watch: its kind alone, then its kind, moment and mean of each hour.
local command = [[
for folder in ]] .. script.state .. [[/cpu-* ]] .. script.state .. [[/memory-* ]]
  .. script.state .. [[/disk-*; do
  [ -d "$folder" ] || continue
  kind=${folder##*/}
  kind=${kind%%-*}
  echo "$kind"
  [ ! -e "$folder/hours" ] || sed -n "s/^[0-9]* [0-9.]*$/$kind &/p" "$folder/hours"
done
]]

-- { cpu = { [moment] = percent } } of what is watched; of several watches the highest.
function hours.parse(output)
  local found = {}
  for line in output:gmatch("[^\n]+") do
    local name, at, value = line:match("^(%l+) ?(%d*) ?([%d.]*)$")
    if name then found[name] = found[name] or {} end
    at, value = math.tointeger(tonumber(at)), tonumber(value)
    if name and at and value then
      found[name][at] = math.max(found[name][at] or 0, value)
    end
  end
  return found
end

-- needed: that nothing is watched is a failure.
function hours.read(step, needed)
  local result = step.session:run(command, { timeout = 60 })
  if result.status ~= 0 then
    fault(step.address .. ": what the host's alerts measured cannot be read", {
      why = (result.errors .. result.output):sub(-400) })
  end
  local found = hours.parse(result.output)
  if needed and not next(found) then
    fault(step.address .. ": nothing samples the host", {
      next = "declare alert.cpu, alert.memory and alert.disk on it" })
  end
  return found
end

-- Oldest first: { at, value }.
function hours.since(samples, from, to)
  local list = {}
  for at, value in pairs(samples) do
    if at >= from and at <= to then list[#list + 1] = { at = at, value = value } end
  end
  table.sort(list, function(one, other) return one.at < other.at end)
  return list
end

-- The names that no watch samples; the CPU may come from elsewhere.
function hours.missing(found, has_cpu)
  local missing = {}
  for _, name in ipairs(hours.names) do
    if not found[name] and not (has_cpu and name == "cpu") then
      missing[#missing + 1] = name
    end
  end
  return missing
end

return hours
