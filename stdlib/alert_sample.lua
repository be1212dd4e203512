-- SPDX-License-Identifier: MIT
--
-- Measuring by Debian's sysstat: each look adds a sample to a file of the watch, and the
-- figure is a mean over those of the window.
local apt = require "apt"

local sample = {}

function sample.needs()
  return { { "apt-get install sysstat", "[ -x /usr/lib/sysstat/sadc ] || {\n"
    .. apt.install { "sysstat" } .. "\n}" } }
end

-- option: of sar's; expression: awk text over the columns that sadf names.
function sample.measure(option, expression)
  return "  said=$(sample 2>&1) ||\n"
    .. "    { says=\"sysstat takes no sample: $said\"; return 1; }\n"
    .. "  figure=$(mean " .. option .. " '" .. expression .. "')\n"
    .. "  [ -n \"$figure\" ] || return 0\n"
end

return sample
