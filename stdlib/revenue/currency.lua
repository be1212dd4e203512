-- SPDX-License-Identifier: MIT
--
-- Currencies as Stripe counts them, and the dated rates that pipster.lua tells:
-- exchange = { date = "2026-11-01", USD_EUR = "0.92" }.

local exact = require "exact"
local fault = require "fault"

local currency = {}

-- Decimals of an amount in the API. ISK and UGX have none in daily life and two there.
-- https://docs.stripe.com/currencies#zero-decimal
local decimals = { BHD = 3, JOD = 3, KWD = 3, OMR = 3, TND = 3 }
for code in ("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF")
  :gmatch("%u+") do
  decimals[code] = 0
end

function currency.decimals(code) return decimals[code] or 2 end

-- Minor units → the currency's own.
function currency.major(amount, code)
  return amount / math.tointeger(10 ^ currency.decimals(code))
end

-- What one of `from` is in `to`, and the text that was told.
local function told(from, to, exchange)
  local there, back = exchange[from .. "_" .. to], exchange[to .. "_" .. from]
  if there then return exact.of(there), there end
  if back then return 1 / exact.of(back), "1/" .. back end
  return fault(("there is no exchange rate from %s to %s"):format(from, to), {
    why = "revenue comes in in both, and is told in one",
    next = ('in pipster.lua: exchange = { date = "…", %s_%s = "…" }'):format(from, to),
  })
end

-- exact, text, date; of a currency itself 1 and no more.
function currency.rate(from, to, exchange)
  if from == to then return exact.of(1) end
  exchange = exchange or {}
  local rate, text = told(from, to, exchange)
  if exact.sign(rate) <= 0 then
    fault(("the exchange rate from %s to %s must be above zero"):format(from, to))
  end
  if not exchange.date then
    fault(("the exchange rate from %s to %s has no date"):format(from, to), {
      next = 'in pipster.lua: exchange = { date = "2026-11-01", … }',
    })
  end
  return rate, text, exchange.date
end

return currency
