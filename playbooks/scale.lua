-- The roadmap's Key Milestones and Decision Points as rules, over whatever was run last.
-- `pipster rules playbooks/scale.lua` says of each what is true, what is missing, what it
-- would change and cost. A comma in a trigger of the roadmap means "and". Dollars are
-- compared at the dated rate of pipster.lua. What costs under 10 % of the revenue is
-- proposed, up to 15 % with a warning, over that not. docs/SCALE.md has all of it.
include(tip())

local app = "hetzner.server/" .. input("server", { default = "app" })
-- From the smallest to the largest. `--var sizes=cax11,cax21,cax31,cax41` names others.
local sizes = input("sizes", { default = { "cx23", "cx33", "cx43", "cx53" } })
-- The roadmap's CX31, CX41 and CX51 are retired: these are today's of their size.
local cx31 = input("type_cx31", { default = sizes[2] or sizes[#sizes] })
local cx41 = input("type_cx41", { default = sizes[3] or sizes[#sizes] })
local cx51 = input("type_cx51", { default = sizes[4] or sizes[#sizes] })
local same_size = { cpx22 = "cx23" } -- what phase 1 takes where there is no cx23

local affordable = { below = "10%", warn = "15%" }
local fits_below = { any = { { cpu = "< 40%", memory = "< 40%", disk = "< 40%" } },
  over = "7d" }

local function place_of(type)
  for place, size in ipairs(sizes) do
    if size == type or size == same_size[type] then return place end
  end
end

-- Of the types that a declaration names one is taken: the largest of them.
local function largest_of(types)
  local largest
  for _, type in ipairs(types) do
    local place = place_of(type)
    if place == nil then return nil end
    if largest == nil or place > place_of(largest) then largest = type end
  end
  return largest
end

-- The type that is in force, in words and, where it can be told, by its place.
local function present(in_force)
  local server = in_force(app)
  local types = server and server.type or {}
  if type(types) ~= "table" then types = { types } end
  local largest = largest_of(types)
  return table.concat(types, " or "), largest and place_of(largest)
end

-- What nothing declares is refused, with the line of the rule.
local function amended(type)
  return { [app] = { type = type } }
end

local function unknown_size(type)
  return app .. " is " .. type .. ", which has no place among "
    .. table.concat(sizes, ", ")
    .. ": --var sizes=… names them from the smallest to the largest"
end

-- What a milestone proposes: its type only where that is larger than what is in force.
local function at_least(type, proposal)
  return function(in_force)
    local now, place = present(in_force)
    local wanted = place_of(type)
    local made = { text = proposal.text, include = proposal.include }
    if in_force(app) == nil then
      made.amend = amended(type)
    elseif place == nil or wanted == nil then
      made.text = made.text .. "; " .. unknown_size(place == nil and now or type)
    elseif wanted > place then
      made.amend = amended(type)
    elseif wanted == place then
      made.text = made.text .. "; " .. app .. " is " .. now .. " already"
    else
      made.text = made.text .. "; " .. app .. " is " .. now .. " already, which is larger"
    end
    return made
  end
end

local function next_larger(in_force)
  local now, place = present(in_force)
  if in_force(app) == nil then return { amend = amended(sizes[1]) } end
  if place == nil then return unknown_size(now) end
  if sizes[place + 1] == nil then
    return app .. " is " .. now .. ", the largest of " .. table.concat(sizes, ", ")
  end
  return {
    text = "the next larger type than " .. now,
    amend = amended(sizes[place + 1]),
  }
end

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
  propose = at_least(cx31, {
    text = "the roadmap's CX31, and Better Stack beside UptimeRobot",
    include = "playbooks/better_stack.lua",
  }),
}
rule "milestone-4" {
  doc = "Milestone 4, Scale Infrastructure: over $500 and 50 customers; $42/month",
  when = { revenue = "> $500", customers = ">= 50" },
  hold = "14d",
  release = { revenue = "< $400" }, release_hold = "3 months", fit = fits_below,
  cooldown = "30d", afford = affordable,
  metric = { users_500 = "yes", text = "Handle 500+ concurrent users" },
  propose = at_least(cx41, {
    text = "the roadmap's CX41; database server, load balancer and Redis are phase 6",
    include = "playbooks/phase6.lua",
  }),
}
rule "milestone-5" {
  doc = "Milestone 5, High Availability: over $2,000 and SLA requirements; $64/month",
  when = { revenue = "> $2000", sla = "yes" },
  hold = "30d",
  release = { revenue = "< $1600" }, release_hold = "3 months", fit = fits_below,
  cooldown = "30d", afford = affordable,
  metric = { uptime_30d = ">= 99.9%", text = "99.9% uptime" },
  propose = at_least(cx51, {
    text = "the roadmap's CX51; several servers and a replicated database are phase 6",
    include = "playbooks/phase6.lua",
  }),
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
  propose = next_larger,
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
