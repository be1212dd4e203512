-- SPDX-License-Identifier: MIT
--
-- A limit of requests in a window of time, told in X-RateLimit headers and Retry-After.

local refuse = require "lab.stand_in_refuse"

local limit = {}

local RELAXED = 60 -- times what the vendor allows, so that tests need not wait

-- given: { requests, seconds } as the vendor has it, or nil for none.
function limit.new(given)
  if not given then return nil end
  return { requests = given.requests * RELAXED, seconds = given.seconds, used = 0,
    until_ms = 0 }
end

function limit.set(lab, requests, seconds)
  if math.type(requests) ~= "integer" or requests < 0 or type(seconds) ~= "number" then
    refuse.invalid("requests", "must be a number, and seconds too")
  end
  lab.limit = { requests = requests, seconds = seconds, used = 0, until_ms = 0 }
end

local function left_of(context)
  local kept = context.lab.limit
  return math.max(1, math.ceil((kept.until_ms - context.lab.now_ms()) / 1000))
end

function limit.spend(context)
  local kept = context.lab.limit
  if not kept then return end
  local now = context.lab.now_ms()
  if now >= kept.until_ms then
    kept.used, kept.until_ms = 0, now + math.floor(kept.seconds * 1000)
  end
  kept.used = kept.used + 1
  local headers = context.headers
  headers["X-RateLimit-Limit"] = tostring(kept.requests)
  headers["X-RateLimit-Remaining"] = tostring(math.max(0, kept.requests - kept.used))
  headers["X-RateLimit-Reset"] = tostring(math.ceil(kept.until_ms / 1000))
  if kept.used > kept.requests then
    refuse.with(429, "too_many_requests", "too many requests")
  end
end

-- What a 429 says of when to come back.
function limit.tell(context)
  context.headers["Retry-After"] = context.lab.limit
    and context.lab.limit.until_ms > 0 and tostring(left_of(context)) or "1"
  context.headers["RateLimit-Remaining"], context.headers["RateLimit-Reset"] = nil, nil
end

return limit
