-- The roadmap's Key Milestones and Decision Points as rules, over whatever was run last.
-- `pipster rules playbooks/scale.lua` says of each what is true, what is missing, what it
-- would change and cost. A comma in a trigger of the roadmap means "and". Dollars are
-- compared at the dated rate of pipster.lua. What costs under 10 % of the revenue is
-- proposed, up to 15 % with a warning, over that not. docs/SCALE.md has all of it.
include(tip())

local app = "hetzner.server/" .. input("server", { default = "app" })
-- The roadmap's CX31, CX41 and CX51 are retired: these are today's of their size.
local cx31 = input("type_cx31", { default = "cx33" })
local cx41 = input("type_cx41", { default = "cx43" })
local cx51 = input("type_cx51", { default = "cx53" })
local larger = input("larger_type", { default = cx31 })

local affordable = { below = "10%", warn = "15%" }
local fits_below = { any = { { cpu = "< 40%", memory = "< 40%", disk = "< 40%" } },
  over = "7d" }

-- Milestones ---------------------------------------------------------------------------

rule "milestone-1" {
  doc = "Milestone 1, First Deployment: anytime; $10/month",
  when = { servers = ">= 1" },
  metric = { sites = ">= 1", failed_urls = "<= 0", text = "App accessible via HTTPS" },
  propose = { text = "what was run last is the first deployment: nothing more" },
}
rule "milestone-2" {
  doc = "Milestone 2, First Paying Customer: revenue over $0; $10/month",
  when = { revenue = "> $0" },
  metric = { platform_used = "yes", text = "Customer successfully using platform" },
  propose = { text = "celebrate, and go on with the server that there is" },
}
rule "milestone-3" {
  doc = "Milestone 3, Product-Market Fit: 10 paying customers and over $200; $23/month",
  when = { customers = ">= 10", revenue = "> $200" },
  hold = "14d",
  release = { revenue = "< $150" }, release_hold = "3 months", fit = fits_below,
  cooldown = "30d", afford = affordable,
  metric = { churn = "< 5%", text = "< 5% churn rate" },
  propose = {
    text = "the roadmap's CX31, and Better Stack beside UptimeRobot",
    amend = { [app] = { type = cx31 } }, include = "playbooks/better_stack.lua",
  },
}
rule "milestone-4" {
  doc = "Milestone 4, Scale Infrastructure: over $500 and 50 customers; $42/month",
  when = { revenue = "> $500", customers = ">= 50" },
  hold = "14d",
  release = { revenue = "< $400" }, release_hold = "3 months", fit = fits_below,
  cooldown = "30d", afford = affordable,
  metric = { users_500 = "yes", text = "Handle 500+ concurrent users" },
  propose = {
    text = "the roadmap's CX41; database server, load balancer and Redis are phase 6",
    amend = { [app] = { type = cx41 } }, include = "playbooks/phase6.lua",
  },
}
rule "milestone-5" {
  doc = "Milestone 5, High Availability: over $2,000 and SLA requirements; $64/month",
  when = { revenue = "> $2000", sla = "yes" },
  hold = "30d",
  release = { revenue = "< $1600" }, release_hold = "3 months", fit = fits_below,
  cooldown = "30d", afford = affordable,
  metric = { uptime_30d = ">= 99.9%", text = "99.9% uptime" },
  propose = {
    text = "the roadmap's CX51; several servers and a replicated database are phase 6",
    amend = { [app] = { type = cx51 } }, include = "playbooks/phase6.lua",
  },
}

-- Should I upgrade the server? ---------------------------------------------------------
-- NO if it handles the load fine: no part of the evidence holds. NO if all would cost
-- over 15 % of the revenue: `afford`. NO if the setup can be optimized: that is asked.

rule "upgrade-server" {
  doc = "Should I upgrade the server?",
  when = { can_optimize = "no" },
  evidence = {
    any = { { cpu = "> 80%" }, { memory = "> 85%" }, { p95_ms = "> 100ms" } },
    over = "7d",
  },
  release = { cpu = "< 60%", memory = "< 65%", p95_ms = "< 80ms" },
  release_hold = "1 month", cooldown = "30d", afford = affordable,
  fit = fits_below,
  metric = { cpu = "< 60%", memory = "< 65%", text = "the server has room again" },
  propose = {
    text = "the next larger type: --var larger_type=" .. cx41 .. " names another",
    amend = { [app] = { type = larger } },
  },
}

-- Should I migrate to Azure? -----------------------------------------------------------
-- "Can afford $200+": `afford`, of what the playbook costs once it is there.

rule "migrate-azure" {
  doc = "Should I migrate to Azure? Over $5,000, what Azure has is needed, and Hetzner"
    .. " does not do",
  when = {
    { revenue = "> $5000", soc2 = "yes", hetzner_works = "no", margin_first = "no" },
    { revenue = "> $5000", enterprise_features = "yes", hetzner_works = "no",
      margin_first = "no" },
  },
  hold = "3 months", cooldown = "3 months", afford = affordable,
  metric = { uptime_30d = ">= 99.95%", over = "30d", text = "99.95%+ uptime" },
  propose = {
    text = "the four parallel weeks of the roadmap's migration, from $200/month on",
    include = "playbooks/azure.lua",
  },
}
rule "stay-on-hetzner" {
  doc = "Should I migrate to Azure? No: under $2,000",
  when = { revenue = "< $2000" },
  propose = { text = "stay on Hetzner" },
}
rule "azure-undecided" {
  doc = "Should I migrate to Azure? Between $2,000 and $5,000 the roadmap leaves it open",
  when = { revenue = ">= $2000" },
  evidence = { revenue = "<= $5000" },
  propose = {
    text = "undecided: the roadmap says no under $2,000 and yes over $5,000, and"
      .. " recommends to stay on Hetzner in between",
  },
}

-- Should I add another server? ---------------------------------------------------------
-- NO if the server can become larger, or the setup be optimized: both are asked. NO if
-- the usage does not justify the cost: `afford`.

rule "another-server" {
  doc = "Should I add another server?",
  when = { can_scale_up = "no", can_optimize = "no" },
  evidence = {
    any = {
      { cpu = "> 80%" }, { memory = "> 85%" }, { database_isolation = "yes" },
      { high_availability = "yes" },
    },
    over = "7d",
  },
  hold = "14d", cooldown = "30d", afford = affordable,
  metric = { cpu = "< 60%", memory = "< 65%", text = "no server is at capacity" },
  propose = {
    text = "a server of its own for the database, and a load balancer: phase 6",
    include = "playbooks/phase6.lua",
  },
}
