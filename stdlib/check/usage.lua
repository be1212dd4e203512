-- SPDX-License-Identifier: MIT
--
-- How busy a host is: processor, memory and disk over a short window, from /proc and df.
local attribute = require "attribute"
local fault = require "fault"
local limit = require "limit"
local settings = require "settings"
local shell = require "shell"
local kind_of, type = type, require "type"
local wait = require "wait"

local parts = { "cpu", "memory", "disk" }
local words = { cpu = "CPU", memory = "memory", disk = "disk" }

local function command_of(want)
  return ("head -n 1 /proc/stat\nsleep %g\nhead -n 1 /proc/stat\n"):format(
    wait.seconds(want.over))
    .. "grep -E '^Mem(Total|Available):' /proc/meminfo\n"
    .. "df -P -k " .. shell.quote(want.path) .. " | tail -n 1"
end

-- "cpu  user nice system idle iowait irq softirq steal guest guest_nice": guests are in
-- user already, and waiting for a disk is idle.
local function busy_of(line)
  local times, sum = {}, 0
  for word in line:gmatch("%d+") do times[#times + 1] = tonumber(word) end
  for index = 1, math.min(#times, 8) do sum = sum + times[index] end
  return sum - times[4] - times[5], sum
end

local function read(output)
  local lines = {}
  for line in output:gmatch("cpu +[^\n]+") do lines[#lines + 1] = line end
  local total = tonumber(output:match("MemTotal: *(%d+)"))
  local available = tonumber(output:match("MemAvailable: *(%d+)"))
  local disk = tonumber(output:match("(%d+)%% [^\n]*\n*$"))
  if #lines < 2 or not (total and available and disk) then return nil end
  local before, sum_before = busy_of(lines[1])
  local after, sum_after = busy_of(lines[2])
  local passed = math.max(sum_after - sum_before, 1)
  return { cpu = 100 * (after - before) / passed,
    memory = 100 * (total - available) / total, disk = disk }
end

local function limits(declared, where)
  for _, part in ipairs(parts) do
    if kind_of(declared[part]) == "string" then limit.percent(declared[part], where) end
  end
  return declared
end

return type {
  name = "check.usage",
  doc = "How much of a host's processor, memory and disk is in use, over a short window."
    .. " More than the limit is a warning with its figure. All three are kept as"
    .. " measurements.",
  on_host = true,
  is_check = true,
  attributes = {
    cpu = attribute.string { doc = "\"10%\": most of the processors' time" },
    memory = attribute.string { doc = "\"40%\": most of the memory, caches not counted" },
    disk = attribute.string { doc = "\"30%\": most of the file system of `path`" },
    path = attribute.string { default = "/", doc = "whose file system" },
    over = attribute.any { default = "5s", doc = "how long the processors are watched" },
  },
  example = [[
check.usage "idle" { on = host, cpu = "10%", memory = "40%", disk = "30%" }]],
  shorthand = function(declared, name)
    return limits(declared, "check.usage " .. tostring(name))
  end,

  check = function(want, step)
    if settings.host_driver == "none" then return { skipped = "the lab has no hosts" } end
    if not step.session then
      fault(step.address .. " is on no host", { next = "say which: on = host" })
    end
    local result = step.session:run(command_of(want), {
      timeout = wait.seconds(want.over) + 60 })
    local found = result.status == 0 and read(result.output)
    if not found then
      fault(step.address .. ": the host's usage cannot be read", {
        why = (result.errors .. result.output):sub(-400) })
    end
    local measured, warnings = {}, {}
    for index, part in ipairs(parts) do
      measured[index] = { name = part, value = found[part], unit = "%" }
      warnings[#warnings + 1] = want[part] and limit.miss(words[part], found[part],
        limit.percent(want[part], step.address), "%") or nil
    end
    return { measured = measured, warnings = warnings }
  end,
}
