-- SPDX-License-Identifier: MIT
--
-- Memory that runs out, by sysstat: what programs cannot have any more without swapping,
-- the mean over the window. Caches that can be given back count as free.
local sample = require "alert_sample"
local watch = require "alert_watch"

return watch.type {
  name = "memory",
  doc = "Tells contacts when more memory than a limit was in use over a window.",
  above = "90%", windowed = true,
  over_doc = "the window whose mean counts",
  attributes = {},
  example = [[
alert.memory "used" {
  on = host, above = "90%",
  notify = { alert.contact "memory" { on = host, server = "mail.pipster.app",
    from = "alerts@pipster.app", to = { "ops@pipster.app" } } },
}]],
  needs = sample.needs,
  measure = function(want)
    return "  total=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)\n"
      .. sample.measure("-r", "100 - 100 * $column[\"kbavail\"] / '\"$total\"'")
      .. "  says=\"memory in use was $figure % over " .. want.over .. "\""
  end,
}
