-- SPDX-License-Identifier: MIT
--
-- What has no price list that can be asked: list prices, net, each with the day it was
-- last seen. Where one's own invoice says otherwise, `price` of cost.item is the place.

local function usd(price, seen) return { price, "USD", seen } end

return {
  services = {
    name = "services", title = "list prices of services", date = "2026-09-29",
    currency = "USD", servers = {}, boxes = { bx11 = "3.20" },
    items = {
      ["domain"] = usd("1.00", "2025-01-05"), -- .app or .io: about $12 a year
      ["uptimerobot"] = usd("0", "2026-09-29"), -- free: 50 monitors, every 5 minutes
      ["better-stack"] = usd("29.00", "2026-09-29"), -- one responder
      ["sendgrid-essentials"] = usd("19.95", "2026-03-29"), -- 50,000 mails a month
      ["storage-box-bx11"] = { "3.20", "EUR", "2026-09-29" },
      -- What the roadmap expects; Azure's own list depends on region and use.
      ["azure-container-apps"] = usd("150.00", "2025-01-05"),
      ["azure"] = usd("200.00", "2025-01-05"),
    },
  },
}
