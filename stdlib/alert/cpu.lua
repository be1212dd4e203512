-- SPDX-License-Identifier: MIT
--
-- Processors that are busy for long, by sysstat: what is not idle, the mean of all of
-- them over the window. Waiting for disks is idle time.
local sample = require "alert_sample"
local watch = require "alert_watch"

return watch.type {
  name = "cpu",
  doc = "Tells contacts when the processors were busier than a limit over a window.",
  above = "80%", windowed = true,
  over_doc = "the window whose mean counts",
  attributes = {},
  example = [[
alert.cpu "busy" {
  on = host, above = "80%", over = "5m",
  notify = { alert.contact "cpu" { on = host, server = "mail.pipster.app",
    from = "alerts@pipster.app", to = { "ops@pipster.app" } } },
}]],
  needs = sample.needs,
  measure = function(want)
    return sample.measure("-u", "100 - $column[\"%idle\"] - $column[\"%iowait\"]")
      .. "  says=\"CPU use was $figure % over " .. want.over .. "\""
  end,
}
