-- SPDX-License-Identifier: MIT
local function lists(w)
  local list = { pricing = w:call("GET", "/pricing").json.pricing }
  list.server_types = w:call("GET", "/server_types?per_page=50").json.server_types
  return list
end

local function find(rows, name, location)
  for _, row in ipairs(rows) do
    if row.type == name and row.location == location then return row end
  end
  return nil
end

return {
  { what = "a retired type, and what is as large", run = function(w, steps)
    local retired = require("hetzner.radar").retired(lists(w))
    local row = find(retired, "cpx11", "nbg1")
    steps.same("announced", "2025-10-16T06:00:00Z", row.announced)
    steps.same("the last day", "2025-12-31T23:59:59Z", row.after)
    steps.same("the cheapest as large of its kind", "cx23", row.take)
    steps.same("its price", "5.4900000000", row.price)
    steps.same("sold on elsewhere", nil, find(retired, "cpx11", "ash"))
    steps.same("what is sold is not retired", nil, find(retired, "cx23", "nbg1"))
    steps.same("no cheaper kind is taken for a dedicated one", nil,
      find(retired, "ccx13", "nbg1"))
    -- Not even listed any more: its size is known all the same.
    steps.same("unlisted", "cx23", find(retired, "cx22", "nbg1").take)
    steps.same("larger", "cx53", find(retired, "cx52", "nbg1").take)
  end },
  { what = "nothing takes its place", run = function(w, steps)
    local list = lists(w)
    for _, described in ipairs(list.server_types) do
      for _, place in ipairs(described.locations) do
        if place.name == "hil" then
          place.deprecation = { announced = "x", unavailable_after = "y" }
        end
      end
    end
    local row = find(require("hetzner.radar").retired(list), "ccx63", "hil")
    steps.same("the row", { "y", nil, nil }, { row.after, row.take, row.price })
  end },
  { what = "what moved is kept for a year, the newest of each", run = function(w, steps)
    local moved = require("hetzner.radar").moved
    local function priced(list, amount)
      for _, row in ipairs(list.pricing.server_types) do
        if row.name == "cx23" then row.prices[1].price_monthly.net = amount end
      end
      return list, nil
    end
    local day = 86400
    steps.same("the first list tells nothing", 0, #moved(nil, nil, lists(w), 100 * day))
    local seen = moved(nil, priced(lists(w), "3.9900000000"), lists(w), 100 * day)
    steps.same("one", 1, #seen)
    local row = seen[1]
    steps.same("it went up", { "cx23", "3.9900000000", "5.4900000000", true },
      { row.type, row.was, row.price, row.dearer })
    seen = moved(seen, lists(w), lists(w), 200 * day)
    steps.same("kept", 100 * day, seen[1].seen_at)
    seen = moved(seen, lists(w), priced(lists(w), "5.0000000000"), 300 * day)
    steps.same("the newest of them", { 1, "5.4900000000", false },
      { #seen, seen[1].was, seen[1].dearer })
    steps.same("forgotten", 0, #moved(seen, lists(w), lists(w), 700 * day))
  end },
  { what = "kept with the list, when it is read", run = function(w, steps)
    local json = require "json"
    require("hetzner.catalogue").load()
    local kept = json.decode(w.cache["hetzner.radar"])
    steps.same("currency", "EUR", kept.currency)
    steps.same("nothing moved", 0, #kept.moved)
    assert(find(kept.retired, "cpx11", "nbg1"))
  end },
}
