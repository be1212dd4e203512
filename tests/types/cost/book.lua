-- SPDX-License-Identifier: MIT
local json = require "tests.types.harness.json"

-- type, location, day → price; nil: not known of that day.
local asked = {
  { "cx23", "nbg1", "2025-10", "2.99" }, { "cx23", "nbg1", "2026-03-31", "2.99" },
  { "cx23", "nbg1", "2026-04-01", "3.99" }, { "cx23", "fsn1", "2026-05", "3.99" },
  { "cx23", "nbg1", "2026-06-14", "3.99" }, { "cx23", "nbg1", "2026-06", "5.49" },
  { "cx23", "nbg1", "2026-09", "5.49" }, { "cx23", "ash", "2026-09", nil },
  { "cx43", "nbg1", "2026-05", nil }, { "cx43", nil, "2026-07", "15.99" },
  { "cpx11", "ash", "2026-09", "17.49" }, { "cpx11", "ash", "2026-08", nil },
  { "cx21", "nbg1", "2026-09", nil }, { "cx21", "nbg1", "roadmap", "4.15" },
  { "cx23", "nbg1", "roadmap", "4.15" }, { "cax41", "nbg1", "roadmap", "30.80" },
  { "ccx13", "nbg1", "roadmap", nil }, { "cx31", nil, "roadmap-phases", "8.50" },
  { "cx41", nil, "roadmap-phases", nil }, { "cx41", nil, "roadmap-timeline", "17.00" },
}

return {
  { what = "a server's price, by day and by name", run = function(_, steps)
    local book = require "cost.book"
    for _, case in ipairs(asked) do
      steps.same(json.encode(case), { case[4] },
        { book.server(book.open(case[3]), case[1], case[2]) })
    end
  end },
  { what = "backups: flat in the roadmap, a share at Hetzner", run = function(_, steps)
    local book = require "cost.book"
    steps.same("flat", "0.82", book.backups(book.open "roadmap", "30.80"))
    steps.same("share", "1.0980000000", book.backups(book.open "hetzner", "5.49"))
    steps.same("of nothing", { nil }, { book.backups(book.open "hetzner", nil) })
  end },
  { what = "what is known of no day", run = function()
    local book = require "cost.book"
    for _, name in ipairs { "2026-10", "2025-09", "2026-13-1", "roadmaps", "" } do
      local ok, problem = pcall(book.open, name)
      assert(not ok and problem.what:find("no price book", 1, true), name)
    end
  end },
  { what = "nothing of today where a book is chosen",
    settings = { prices_at = "2026-05" },
    run = function(w, steps)
      local want = { type = { "cpx11", "cx23" }, location = { "nbg1" }, backups = true }
      steps.same("the first that it has", {
        { "server cx23 in nbg1", "3.99", "EUR" },
        { "backups of cx23", "0.7980000000", "EUR" },
        { "primary IPv4 in nbg1", nil, "EUR" },
      }, w:kind("hetzner.server").price(want))
    end },
}
