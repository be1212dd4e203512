-- SPDX-License-Identifier: MIT
--
-- The roadmap's own figures, as it writes them (version 1.0 of 2025-01-05): its euro, the
-- dollars in its phases, and the rounded dollars of its timeline. Its type names are
-- priced as written; the types that stand for them today have the same price here.

local TITLE, DATE = "the roadmap's own figures", "2025-01-05"

-- It writes 4.97 € as $5.40, and converts everything else at about that.
local EUR_USD = "1.08651911"

-- 2 vCPU and 4 GB; 4 and 8; 4 and 16; 8 and 32. Those of today have as much memory.
local same_as = {
  cx22 = "cx21", cx23 = "cx21", cpx21 = "cx21", cpx22 = "cx21", cax11 = "cx21",
  cx32 = "cx31", cx33 = "cx31", cpx31 = "cx31", cpx32 = "cx31", cax21 = "cx31",
  cx42 = "cx41", cx43 = "cx41", cpx41 = "cx41", cpx42 = "cx41", cax31 = "cx41",
  cx52 = "cx51", cx53 = "cx51", cpx51 = "cx51", cpx62 = "cx51", cax41 = "cx51",
}

-- An address of its own is in the price of a server; 12 dollars a year are 1 a month.
local function priced(name, title, currency, figures)
  local items = figures.items
  items["domain"], items["uptimerobot"] = { "1.00", "USD" }, { "0", "USD" }
  items["better-stack"], items["azure"] = { "10.00", "USD" }, { "200.00", "USD" }
  return {
    name = name, title = title, date = DATE, currency = currency, EUR_USD = EUR_USD,
    servers = figures.servers, same_as = same_as, backups = figures.backups,
    ipv4 = "0", boxes = { bx11 = figures.box }, items = items,
  }
end

return {
  ["roadmap"] = priced("roadmap", TITLE .. " in euro", "EUR", {
    servers = { cx21 = "4.15", cx31 = "7.70", cx41 = "15.40", cx51 = "30.80" },
    backups = "0.82", box = "3.20",
    items = {
      ["load-balancer-lb11"] = "5.00",
      -- At $2,000 of revenue, as its comparison with Azure has them.
      ["hetzner-scaled"] = { "50.00", "USD" },
      ["azure-container-apps"] = { "150.00", "USD" },
    },
  }),

  -- $5.40 are for the server and its backups: parted as its euro are.
  ["roadmap-phases"] = priced("roadmap-phases", TITLE .. ": dollars of its phases",
    "USD", {
      servers = { cx21 = "4.51", cx31 = "8.50" },
      backups = "0.89", box = "3.50",
      items = {},
    }),

  -- "~$6/month (server + backups)", and $5 where the same server has none.
  ["roadmap-timeline"] = priced("roadmap-timeline", TITLE .. ": dollars of its timeline",
    "USD", {
      servers = { cx21 = "5.00", cx31 = "9.00", cx41 = "17.00", cx51 = "34.00" },
      backups = "1.00", box = "3.00",
      items = { ["load-balancer-lb11"] = "6.00" },
    }),
}
