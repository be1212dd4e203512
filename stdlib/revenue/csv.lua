-- SPDX-License-Identifier: MIT
--
-- A file of the project with a line a day or a month: the newest that is not of the
-- future counts. The first line names the columns: date, mrr, and where they are there
-- customers, cautious, at_risk, churned, currency.

local amount = require "revenue.amount"
local clock = require "clock"
local fault = require "fault"
local project = require "project"

local csv = {}

local LONGEST <const> = 4 << 20
local needed = { "date", "mrr" }
local known = { "at_risk", "cautious", "churned", "currency", "customers", "date", "mrr" }

local function refuse(source, line, what, next)
  return fault(what, { where = ("%s:%d"):format(source.file, line), next = next })
end

-- The cell that begins at `at`: its text, and where what ends it stands.
local function cell(text, at, separator)
  if text:sub(at, at) ~= '"' then
    local stop = text:find("[" .. separator .. "\n]", at) or #text + 1
    return text:sub(at, stop - 1), stop
  end
  local parts, from = {}, at + 1
  while true do
    local quote = text:find('"', from, true)
    if not quote then return nil end
    parts[#parts + 1] = text:sub(from, quote - 1)
    if text:sub(quote + 1, quote + 1) ~= '"' then
      return table.concat(parts, '"'), quote + 1
    end
    from = quote + 2
  end
end

-- Calls `take(cells, line)` for each line that is not empty.
local function each(source, text, take)
  local at, cells, line = 1, {}, 1
  local separator = source.separator or ","
  while at <= #text do
    local value, stop = cell(text, at, separator)
    if not value then
      refuse(source, line, "a quoted cell does not end", 'close it with "')
    end
    cells[#cells + 1] = value:match("^%s*(.-)%s*$")
    local mark = text:sub(stop, stop)
    if mark ~= "" and mark ~= "\n" and mark ~= separator then
      refuse(source, line, "behind a quoted cell stands more text",
        'write a " inside of one twice')
    end
    if mark ~= separator then
      if #cells > 1 or cells[1] ~= "" then take(cells, line) end
      cells, line = {}, line + 1
    end
    at = stop + 1
  end
end

-- Which column each field is in.
local function columns(source, cells, line)
  local named, found = source.columns or {}, {}
  for at, title in ipairs(cells) do
    for _, field in ipairs(known) do
      local wanted = named[field] or field
      if title == wanted or not named[field] and title:lower() == wanted then
        found[field] = at
      end
    end
  end
  for _, field in ipairs(needed) do
    if not found[field] then
      refuse(source, line, ("there is no column %s"):format(named[field] or field),
        ('name it: columns = { %s = "…" }; there are: %s'):format(field,
          table.concat(cells, ", ")))
    end
  end
  return found
end

local function read_amount(source, reading, field, text, line)
  local digits, currency = amount.read(text, source.decimal)
  if not digits then
    return refuse(source, line, ("%q is no amount"):format(text),
      'write it as 640.00, or say decimal = ","')
  end
  if currency and reading.currency and currency ~= reading.currency then
    return refuse(source, line, ("%s is in %s, and not in %s"):format(field, currency,
      reading.currency), "one line is in one currency")
  end
  reading.currency = reading.currency or currency
  return digits
end

local function read_count(source, field, text, line)
  local count = math.tointeger(tonumber(text:match("^%d+$")))
  if count then return count end
  return refuse(source, line, ("%s is %q"):format(field, text), "write a whole number")
end

local function read_row(source, row)
  local cells, line, at = row.cells, row.line, row.columns
  local function text(field)
    local value = at[field] and cells[at[field]]
    return value ~= "" and value or nil
  end
  local reading = { source = "csv", as_of = row.date,
    currency = text("currency") or source.currency }
  local amounts = { mrr = "gross", cautious = "cautious", at_risk = "at_risk" }
  for field, name in pairs(amounts) do
    local value = text(field)
    if field == "mrr" and not value then
      refuse(source, line, "mrr is empty", "write 0 where nothing came in")
    end
    reading[name] = value and read_amount(source, reading, field, value, line)
  end
  for _, field in ipairs { "customers", "churned" } do
    local value = text(field)
    reading[field] = value and read_count(source, field, value, line)
  end
  return reading
end

-- "2026-10" or "2026-10-31". A day that there is not would pass for one of the future.
local function is_date(text)
  local year, month, day = text:match("^(%d%d%d%d)%-(%d%d)%-?(%d*)$")
  year, month = tonumber(year), tonumber(month)
  if not year or month < 1 or month > 12 then return false end
  if #text == 7 then return true end
  local leap = year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
  local days = month == 2 and (leap and 29 or 28) or 30 + (month + month // 8) % 2
  day = #text == 10 and tonumber(day) or 0
  return day >= 1 and day <= days
end

-- The newest line up to today.
local function newest(source, text)
  local today, at, best = clock.text(), nil, nil
  each(source, text, function(cells, line)
    if not at then at = columns(source, cells, line) return end
    local date = cells[at.date] or ""
    if not is_date(date) then
      refuse(source, line, ("%q is no day and no month"):format(date),
        "write dates as 2026-11-29 or 2026-11")
    end
    local past = date <= today:sub(1, #date)
    if past and (not best or date >= best.date) then
      best = { cells = cells, line = line, columns = at, date = date }
    end
  end)
  return best
end

function csv.read(source)
  if source.separator and not source.separator:find("^[,;|\t]$") then
    fault(("%q cannot separate cells"):format(source.separator), {
      where = source.where, next = 'separator = ";" or "," or "|" or a tab' })
  end
  local text = project.read(source.file, LONGEST):gsub("^\xEF\xBB\xBF", "")
    :gsub("\r\n?", "\n")
  local row = newest(source, text)
  if row then return read_row(source, row) end
  return refuse(source, 1, "there is no line up to today",
    "the first line names the columns: date,mrr,customers")
end

return csv
