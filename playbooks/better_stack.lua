-- A second pair of eyes beside UptimeRobot, for ten dollars: what phase 2 declares with
-- `--var better_stack=true`, word for word, so that both may be there.
local check, cost, monitor = require "check", require "cost", require "monitor"

local site = "https://" .. input("domain", { default = "identity.pipster.app" })

cost.item "better-stack" { price = "$10/month", what = "Better Stack" }
local second = monitor.http "identity-better-stack" {
  service = "betterstack", url = site .. "/health/live", every = "3m",
}
check.uptime "identity-better-stack" { monitor = second, at_least = 99 }
