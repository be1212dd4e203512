-- SPDX-License-Identifier: MIT
--
-- What a row of the price list comes to: for a month, or for the hours that --hours
-- names. Hours are billed one by one, and those of a month are never more than the month.

local money = require "money"
local settings = require "settings"

local period = {}

-- A row has price_monthly and price_hourly; the net amount as a decimal text, or nil.
function period.price(row)
  local month = row and row.price_monthly and row.price_monthly.net
  local hour = row and row.price_hourly and row.price_hourly.net
  if not month or not settings.hours or not hour then return month end
  local hours = money.scale(hour, settings.hours, 1)
  local is_less = money.add(hours, "-" .. month):sub(1, 1) == "-"
  return is_less and hours or month
end

return period
