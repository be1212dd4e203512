-- SPDX-License-Identifier: MIT
-- Types and locations in order: the first that can be ordered, and why not the others.
local list = {
  type = { "cx23", "cpx22" }, image = "debian-12", location = { "nbg1", "fsn1" },
}

local function sends(volume)
  return { type = "cx23", image = "debian-12", location = "nbg1", traffic = volume }
end

return {
  { what = "true stock: all cx sold out", type = "hetzner.server",
    lab = { stock = "catalogue" }, steps = {
      { want = list, plan = "create", found = { type = "cpx22", location = "nbg1" },
        notes = "cx23 is sold out in nbg1; cx23 is sold out in fsn1: cpx22 in nbg1",
        prices = {
          { "server cpx22 in nbg1", "19.4900000000", "EUR" },
          { "primary IPv4 in nbg1", "0.5000000000", "EUR" },
        } },
      { want = list, plan = "none" },
    } },
  { what = "sold out everywhere", type = "hetzner.server", lab = { stock = "catalogue" },
    steps = {
      { want = { type = "cx23", image = "debian-12", location = { "nbg1", "hel1" } },
        fails = { code = "resource_unavailable", next = "another type or location",
          why = "cx23 is sold out in nbg1; cx23 is sold out in hel1" } },
    } },
  { what = "one location sold out", type = "hetzner.server", steps = {
    { faults = { fault = "sold_out", type = "cx23", location = "nbg1" } },
    { want = list, plan = "create", found = { type = "cx23", location = "fsn1" } },
  } },
  { what = "retired and unknown types", type = "hetzner.server", steps = {
    { want = { type = { "cx22", "cx99", "cpx11", "cx23" }, image = "debian-12",
        location = "nbg1" },
      plan = "create",
      notes = "cx22 is not sold.*cx99 is not sold.*cpx11 is retired in nbg1",
      found = { type = "cx23" } },
  } },
  { what = "no location: a recommended one", type = "hetzner.server", steps = {
    { want = { type = "cpx22", image = "debian-12" }, plan = "create",
      found = { location = "hel1" } },
  } },
  { what = "sold out between plan and run", type = "hetzner.server", steps = {
    { faults = { fault = "sold_out", match = { method = "POST", path = "/servers" } } },
    { want = list, fails = { code = "resource_unavailable", next = "several types" } },
    { want = list, plan = "create" },
  } },
  { what = "a price is told for what is not in stock any more", type = "hetzner.server",
    steps = {
      { want = list },
      { faults = { fault = "sold_out", type = "cx23" } },
      { want = list, plan = "none" },
    } },
  { what = "traffic over what is included is priced, what is included is not",
    type = "hetzner.server", steps = {
      { want = sends "22.5 TB",
        plan = "create",
        prices = { -- 20 TB are included; the other 2.5 cost 1.00 each
          { "server cx23 in nbg1", "5.4900000000", "EUR" },
          { "primary IPv4 in nbg1", "0.5000000000", "EUR" },
          { "traffic over 20 TB", "2.5000000000", "EUR" },
        } },
      { want = sends "20 TB",
        plan = "none",
        prices = {
          { "server cx23 in nbg1", "5.4900000000", "EUR" },
          { "primary IPv4 in nbg1", "0.5000000000", "EUR" },
        } },
      { want = sends "lots",
        fails = { what = "traffic \"lots\" is no volume", next = "25 TB" } },
    } },
}
