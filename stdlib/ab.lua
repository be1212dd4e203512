-- SPDX-License-Identifier: MIT
--
-- Debian's ab (apache2-utils): the command, and what it says read as figures.
local shell = require "shell"

local ab = {}

-- options: url, requests, concurrency, seconds (how long it may take at most). -l: pages
-- may differ in length; -r: one reset connection is no end. The table of percentiles goes
-- by a file, since only there has it parts of a millisecond.
function ab.command(options)
  local url = options.url:find("^%l+://[^/]+/") and options.url or options.url .. "/"
  return "command -v ab >/dev/null || exit 127\n"
    .. "table=$(mktemp) || exit 1\ntrap 'rm -f \"$table\"' EXIT\n"
    .. ("timeout %d ab -q -l -r -s %d -n %d -c %d -e \"$table\" %s || exit\n"):format(
      options.seconds, options.seconds, options.requests, options.concurrency,
      shell.quote(url))
    .. "cat \"$table\""
end

local function number(text, pattern)
  return tonumber(text:match(pattern))
end

-- ab counts a reset both as a receive that failed and as an exception; "Failed requests"
-- is the sum, and may be more than there were requests.
local function failed(text)
  local all = number(text, "Failed requests:%s+(%d+)")
  local connect, receive, length, exceptions =
    text:match("%(Connect: (%d+), Receive: (%d+), Length: (%d+), Exceptions: (%d+)%)")
  if not connect then return all end
  return connect + length + math.max(tonumber(receive), tonumber(exceptions))
end

-- { p50, p95, p99 (ms), rate (requests a second), complete, failed }, or nil for a text
-- that is none of ab's. What was answered with anything but 2xx counts as failed.
function ab.read(text)
  local found = {
    rate = number(text, "Requests per second:%s+([%d.]+)"),
    complete = number(text, "Complete requests:%s+(%d+)"),
    failed = failed(text),
  }
  for _, share in ipairs { 50, 95, 99 } do
    found["p" .. share] = number(text, "\n" .. share .. ",([%d.]+)")
  end
  for _, name in ipairs { "rate", "complete", "failed", "p50", "p95", "p99" } do
    if not found[name] then return nil end
  end
  found.failed = math.tointeger(found.failed
    + (number(text, "Non%-2xx responses:%s+(%d+)") or 0))
  return found
end

return ab
