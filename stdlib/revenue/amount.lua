-- SPDX-License-Identifier: MIT
--
-- Amounts as people and spreadsheets write them, as plain decimals.

local amount = {}

local currencies = { ["$"] = "USD", ["€"] = "EUR", ["£"] = "GBP" }

-- Those whose smallest unit is not a hundredth (ISO 4217).
local decimals = {
  BIF = 0, CLP = 0, DJF = 0, GNF = 0, ISK = 0, JPY = 0, KMF = 0, KRW = 0, PYG = 0,
  RWF = 0, UGX = 0, VND = 0, VUV = 0, XAF = 0, XOF = 0, XPF = 0,
  BHD = 3, IQD = 3, JOD = 3, KWD = 3, LYD = 3, OMR = 3, TND = 3,
}

-- "1,234" or "1.234": groups of three behind the first are one number.
local function ungroup(whole, mark)
  if not whole:find(mark, 1, true) then return whole:match("^%d+$") end
  local digits, first = {}, true
  for group in (whole .. mark):gmatch("(.-)%" .. mark) do
    if not group:find(first and "^%d%d?%d?$" or "^%d%d%d$") then return nil end
    digits[#digits + 1], first = group, false
  end
  return table.concat(digits)
end

local function plain(digits, point)
  local mark = point == "," and "." or ","
  local at = digits:find(point, 1, true)
  local whole = ungroup(at and digits:sub(1, at - 1) or digits, mark)
  local behind = at and digits:sub(at + 1)
  if not whole or behind and not behind:find("^%d+$") then return nil end
  return behind and whole .. "." .. behind or whole
end

-- "$1,234.50" → "1234.50", "USD"; "640" → "640", nil; nil where it is no amount. `point`
-- is what stands before the cents.
function amount.read(text, point)
  local before, digits, behind =
    text:match("^%s*([^%d%s.,+-]*)%s*([%d.,]+)%s*([^%d.,]*)$")
  if not digits then return nil end
  local unit = (before .. behind):match("^%s*(.-)%s*$")
  local currency = currencies[unit] or unit:match("^%u%u%u$")
  if unit ~= "" and not currency then return nil end
  return plain(digits, point or "."), currency
end

-- A number of JSON as the text that it was; nil for what is none, or not exact.
function amount.number(value)
  if type(value) == "string" then return value:match("^%d+%.?%d*$") end
  if math.type(value) == "integer" and value >= 0 then return ("%d"):format(value) end
  if type(value) ~= "number" or value < 0 or value >= 1e11 then return nil end
  local text = ("%.14g"):format(value)
  return tonumber(text) == value and text:match("^%d+%.?%d*$") or nil
end

-- 64000 cents → "640.00", by the decimals of the currency.
function amount.of_minor(text, currency)
  local places = decimals[currency] or 2
  local whole, behind = text:match("^(%d+)%.?(%d*)$")
  if not whole or places == 0 then return whole and text end
  whole = ("0"):rep(places + 1 - #whole) .. whole
  return whole:sub(1, -places - 1) .. "." .. whole:sub(-places) .. behind
end

return amount
