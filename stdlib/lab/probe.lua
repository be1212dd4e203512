-- SPDX-License-Identifier: MIT
--
-- What a service for uptime does all day: it asks for what it watches, at its interval
-- (sped up), asks once more before it believes that something is down, keeps the times of
-- it, and tells of every change.
--
-- A watch: { url, every, timeout, method, keyword, absent (the keyword must not be
-- there), beats = true (it waits to be asked), grace, paused }; state: "new", "up",
-- "down".

local http = require "http"

local probe = {}

local PACE = 0.01 -- five minutes in three seconds

function probe.watch(lab, given)
  local watch = given
  watch.state, watch.since_ms, watch.made_ms = "new", lab.now_ms(), lab.now_ms()
  watch.next_ms, watch.downs = lab.now_ms(), {}
  return watch
end

-- It is asked at once when it was changed.
function probe.again(lab, watch)
  watch.next_ms = lab.now_ms()
end

local function pace(lab) return lab.pace or PACE end

local function interval_ms(lab, watch)
  return math.max(100, math.floor(watch.every * 1000 * pace(lab)))
end

-- nil when it is as it should be, else what is wrong.
local function ask(watch)
  local ok, reply = pcall(http.request, {
    method = watch.method or "GET", url = watch.url, raw = true,
    timeout = math.min(watch.timeout or 30, 3),
  })
  if not ok then return "no answer: " .. tostring(reply) end
  if reply.status >= 400 then return "HTTP " .. reply.status end
  if watch.keyword then
    local there = reply.body:find(watch.keyword, 1, true) ~= nil
    if there == (watch.absent == true) then
      return ("the keyword %q is %s"):format(watch.keyword,
        there and "there" or "not there")
    end
  end
  return nil
end

local function become(lab, watch, state, why, told)
  local before, now = watch.state, lab.now_ms()
  if before == state then return end
  watch.state, watch.why, watch.since_ms = state, why, now
  if state == "down" then
    watch.downs[#watch.downs + 1] = { from = now }
  elseif before == "down" then
    watch.downs[#watch.downs].to = now
  end
  if before ~= "new" or state == "down" then told(watch) end
end

local function look(lab, watch, told)
  watch.next_ms = lab.now_ms() + interval_ms(lab, watch)
  local why = ask(watch)
  if why and watch.state ~= "down" then why = ask(watch) end
  become(lab, watch, why and "down" or "up", why, told)
end

local function listen(lab, watch, told)
  if not watch.beat_ms or watch.state == "down" then return end
  local late = (watch.every + (watch.grace or 0)) * 1000 * pace(lab)
  if lab.now_ms() - watch.beat_ms > late then
    become(lab, watch, "down", "no heartbeat", told)
  end
end

-- A heartbeat has come.
function probe.beat(lab, watch, told)
  watch.beat_ms = lab.now_ms()
  become(lab, watch, "up", nil, told)
end

-- watches: a list; told(watch) hears of changes.
function probe.tick(lab, watches, told)
  for _, watch in ipairs(watches) do
    if watch.paused then
      watch.next_ms = lab.now_ms()
    elseif watch.beats then
      listen(lab, watch, told)
    elseif lab.now_ms() >= watch.next_ms then
      look(lab, watch, told)
    end
  end
end

-- Of the time between two moments and since it was made: percent up, seconds down, and
-- how often.
function probe.uptime(lab, watch, from_ms, to_ms)
  local from, to = math.max(from_ms, watch.made_ms), math.min(to_ms, lab.now_ms())
  local down, count = 0, 0
  for _, time in ipairs(watch.downs) do
    local begin, stop = math.max(time.from, from), math.min(time.to or to, to)
    if stop > begin then
      down, count = down + stop - begin, count + 1
    end
  end
  local whole = to - from
  local percent = whole > 0 and 100 * (whole - down) / whole or 100
  return math.floor(percent * 1000 + 0.5) / 1000, down // 1000, count
end

return probe
