-- SPDX-License-Identifier: MIT
-- A file of readings: the newest line up to today, whatever wrote it.

local function read(text, more)
  local source = { kind = "csv", file = "r.csv", where = "pipster.lua:2" }
  for name, value in pairs(more or {}) do source[name] = value end
  package.loaded.clock.text = function() return "2026-11-29T10:00:00Z" end
  package.loaded.project = { read = function() return text end }
  return require("revenue.csv").read(source)
end

local function fails(text, more, what, where)
  local ok, problem = pcall(read, text, more)
  assert(not ok, "was read: " .. text)
  assert(problem.what and problem.what:find(what, 1, true),
    tostring(problem.what or problem))
  assert(not where or problem.where == where, problem.where)
  assert(problem.next, "no next step")
end

local plain = { source = "csv", as_of = "2026-10", gross = "600.00", customers = 50 }

local good = {
  { "the newest up to today", "date,mrr,customers\n2026-09,500,40\n2026-10,600.00,50\n"
    .. "2026-12,9000,99\n", plain },
  { "in any order", "date,mrr,customers\n2026-10,600.00,50\n2026-09,500,40\n", plain },
  { "of two lines of a day the later", "date,mrr,customers\n2026-10,1,1\n"
    .. "2026-10,600.00,50\n", plain },
  { "with a mark and line ends of Windows, and none at the end",
    "\xEF\xBB\xBFDate,MRR,Customers\r\n2026-10,600.00,50", plain },
  { "with empty lines and columns of one's own", "x,date,mrr,customers\n\n"
    .. "a,2026-10,600.00,50\n\n", plain },
  { "quoted cells", 'date,mrr,customers,note\n2026-10,"600.00",50,"a ""b"", c"\n',
    plain },
  { "named columns", "Monat;Umsatz;Kunden\n2026-10;1.600,50 €;50\n",
    { source = "csv", as_of = "2026-10", gross = "1600.50", currency = "EUR",
      customers = 50 },
    { separator = ";", decimal = ",", columns = { date = "Monat", mrr = "Umsatz",
      customers = "Kunden" } } },
  { "the last days of months", "date,mrr,customers\n2024-02-29,1,1\n2026-07-31,2,2\n"
    .. "2026-08-31,3,3\n2026-10,600.00,50\n2026-12-31,4,4\n", plain },
  { "all columns", "date,mrr,cautious,at_risk,customers,churned,currency\n"
    .. "2026-11-29,600,550,50,9,1,USD\n", { source = "csv", as_of = "2026-11-29",
      gross = "600", cautious = "550", at_risk = "50", customers = 9, churned = 1,
      currency = "USD" } },
  { "a cell that is empty tells nothing", "date,mrr,customers\n2026-10,600.00,\n",
    { source = "csv", as_of = "2026-10", gross = "600.00" } },
}

local bad = {
  { "", nil, "no line up to today" },
  { "date,mrr\n2027-01,5\n", nil, "no line up to today" },
  { "date,amount\n2026-10,5\n", nil, "no column mrr", "r.csv:1" },
  { "date,mrr\n10/2026,5\n", nil, '"10/2026" is no day', "r.csv:2" },
  { "date,mrr\n2026-10,5\n2026-13,6\n", nil, '"2026-13" is no day', "r.csv:3" },
  { "date,mrr\n2026-00,5\n", nil, '"2026-00" is no day', "r.csv:2" },
  { "date,mrr\n2026-10-32,5\n", nil, '"2026-10-32" is no day', "r.csv:2" },
  { "date,mrr\n2027-02-29,5\n", nil, '"2027-02-29" is no day', "r.csv:2" },
  { "date,mrr\n2026-09-31,5\n", nil, '"2026-09-31" is no day', "r.csv:2" },
  { "date,mrr\n2026-1011,5\n", nil, '"2026-1011" is no day', "r.csv:2" },
  { "date,mrr\n2026-10-,5\n", nil, '"2026-10-" is no day', "r.csv:2" },
  { "date,mrr\n2026-10,\n", nil, "mrr is empty", "r.csv:2" },
  { "date,mrr\n\n2026-10,640,50\n", { separator = ";" }, "no column date", "r.csv:1" },
  { "date,mrr\n2026-10,\"640,50\"\n", nil, '"640,50" is no amount', "r.csv:2" },
  { "date,mrr,customers\n2026-10,5,many\n", nil, 'customers is "many"', "r.csv:2" },
  { "date,mrr,currency\n2026-10,5 $,EUR\n", nil, "in USD, and not in EUR", "r.csv:2" },
  { 'date,mrr\n2026-10,"5\n', nil, "does not end", "r.csv:2" },
  { 'date,mrr\n2026-10,"5"x\n', nil, "more text", "r.csv:2" },
  { "date,mrr\n2026-10,5\n", { separator = "::" }, "cannot separate" },
}

local cases = {}
for _, case in ipairs(good) do
  cases[#cases + 1] = { what = case[1], run = function(_, steps)
    steps.same(case[1], case[3], read(case[2], case[4]))
  end }
end
for _, case in ipairs(bad) do
  cases[#cases + 1] = { what = "refused: " .. case[3], run = function()
    fails(case[1], case[2], case[3], case[4])
  end }
end
return cases
