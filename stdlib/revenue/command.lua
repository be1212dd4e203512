-- SPDX-License-Identifier: MIT
--
-- What a command prints: "640.00 USD", or JSON with mrr, currency, customers, cautious,
-- at_risk, churned, as_of. It runs in the project's folder and must only read.

local amount = require "revenue.amount"
local fault = require "fault"
local json = require "json"
local process = require "process"
local prune = require "prune"
local span = require "span"

local command = {}

local function refuse(source, why)
  return fault("the command of the revenue told nothing that can be read", {
    where = source.where, why = why,
    next = 'let it print "640.00 USD", or JSON: {"mrr": "640.00", "customers": 52}',
  })
end

local function run(source)
  local argv = source.run
  if type(argv) == "string" then argv = { "sh", "-c", argv } end
  local result = process.run {
    argv = argv, directory = source.directory,
    timeout = span.seconds(source.timeout or "60s"),
  }
  if result.status == 0 then return result.output end
  return fault("the command of the revenue failed", {
    where = source.where, next = "run it by hand: " .. table.concat(argv, " "),
    why = ("it ended with %d: %s"):format(result.status, result.errors:sub(-400)),
  })
end

local function of_text(source, text)
  local gross, currency = amount.read(text)
  if not gross then return refuse(source, "it printed: " .. text:sub(1, 200)) end
  return { gross = gross, currency = currency or source.currency }
end

local function of_json(source, text)
  local parsed, told = pcall(json.decode, text)
  if not parsed or type(told) ~= "table" then
    return refuse(source, "its JSON cannot be read: " .. text:sub(1, 200))
  end
  told = prune(told)
  local reading = {
    currency = told.currency or source.currency, customers = told.customers,
    churned = told.churned, as_of = told.as_of, warnings = told.warnings,
  }
  local amounts = { gross = "mrr", cautious = "cautious", at_risk = "at_risk" }
  for name, field in pairs(amounts) do
    reading[name] = told[field] ~= nil and amount.number(told[field]) or nil
    if told[field] ~= nil and not reading[name] then
      refuse(source, ("%s is no amount: %s"):format(field, json.encode(told[field])))
    end
  end
  if not reading.gross then refuse(source, "it has no mrr: " .. text:sub(1, 200)) end
  return reading
end

function command.read(source)
  local text = run(source):match("^%s*(.-)%s*$")
  local told = text:find("^{") and of_json(source, text) or of_text(source, text)
  told.source = "command"
  return told
end

return command
