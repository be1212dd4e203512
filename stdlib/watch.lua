-- SPDX-License-Identifier: MIT
--
-- A create whose answer was lost may still be executing: a gateway that gave up waiting
-- tells nothing of what is behind it. So what it makes is looked for again, for as long
-- as that may take, before it counts as not made: else it would belong to nobody, and
-- cost money for ever.

local clock = require "clock"
local fault = require "fault"
local log = require "log"
local settings = require "settings"
local wait = require "wait"

local watch = {}

local LONGEST = 60000 -- milliseconds; tests shorten it

local function span()
  return (settings.watch_ms or LONGEST) / 1000
end

-- Seconds that are left of the time since `began`; a clock that was set back gives no
-- more than all of it.
local function left_since(began)
  return math.min(span(), span() - (clock.now() - began))
end

-- Looks again and again, ever more seldom, until `look` answers something or the time
-- since `began` is over; then nil. The first look was made.
function watch.again(what, began, look)
  local left, is_first = left_since(began), true
  if left <= 0 then return nil end
  log.debug(what .. " may still come to its end: it is looked for again")
  local ok, found = pcall(wait.until_true, {
    what = what, within = left, every = span() / 60, most = span() / 12,
    check = function()
      if is_first then
        is_first = false
        return nil
      end
      return look()
    end,
  })
  if ok then return found end
  if fault.is(found) and found.code == "timeout" then return nil end
  return error(found, 0)
end

-- The same, beginning now.
function watch.find(what, look)
  return look() or watch.again(what, clock.now(), look)
end

-- When the youngest create began that was cut off and that `is_seen` does not know, in
-- seconds; or nil.
function watch.since(items, is_seen)
  local since
  for _, item in ipairs(items) do
    local open = item.open
    if open and open.action == "create" and open.began and not is_seen(item) then
      since = math.max(since or 0, open.began)
    end
  end
  return since
end

return watch
