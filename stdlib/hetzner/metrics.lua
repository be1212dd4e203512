-- SPDX-License-Identifier: MIT
--
-- What Hetzner itself sampled of a server, from outside: its processors. Memory and how
-- full a disk is can only be seen from within.
local client = require "hetzner.client"
local clock = require "clock"

local metrics = {}

metrics.most = 500 -- samples of one answer
metrics.days = 30  -- what is older is gone

-- Percent of all cores together; a busy core counts 100 there.
local function share(text, cores)
  local percent = tonumber(text)
  return percent and percent == percent and percent / cores or nil
end

-- The samples from one moment to another, oldest first, `every` seconds apart: { at (unix
-- seconds), value (percent) }. A moment that was not sampled has none.
function metrics.cpu(server, from, to, every)
  local path = ("/servers/%d"):format(server)
  local what = ("reading the metrics of server %d"):format(server)
  local cores = client.get(path, nil, what).server.server_type.cores
  local answer = client.get(path .. "/metrics", { { "type", "cpu" },
    { "start", clock.text(from) }, { "end", clock.text(to) }, { "step", every } }, what)
  local samples = {}
  for _, pair in ipairs(answer.metrics.time_series.cpu.values) do
    local at, value = tonumber(pair[1]), share(pair[2], cores)
    if value and at >= from and at <= to then
      samples[#samples + 1] = { at = at, value = value }
    end
  end
  return samples
end

return metrics
