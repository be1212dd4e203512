-- SPDX-License-Identifier: MIT
--
-- Coroutines over a clock that jumps to the next one that wakes: what runs at once in the
-- runtime runs at once here, without waiting.

local deep = require "tests.types.harness.deep"

local tasks = {}

-- Runs all functions at once on world.time; raises what the first of them raises.
function tasks.run(world, bodies)
  local waiting = {}
  for i, body in ipairs(bodies) do
    waiting[i] = { at = world.time, order = i,
      thread = coroutine.create(function() return deep(body, 8000) end) }
  end
  while #waiting > 0 do
    table.sort(waiting, function(a, b)
      if a.at ~= b.at then return a.at < b.at end
      return a.order < b.order
    end)
    local task = table.remove(waiting, 1)
    world.time = math.max(world.time, task.at)
    local ok, seconds = coroutine.resume(task.thread)
    if not ok then
      error(type(seconds) == "string" and debug.traceback(task.thread, seconds)
        or seconds, 0)
    end
    if coroutine.status(task.thread) ~= "dead" then
      task.at = world.time + seconds
      waiting[#waiting + 1] = task
    end
  end
end

function tasks.sleep(seconds)
  coroutine.yield(seconds)
end

return tasks
