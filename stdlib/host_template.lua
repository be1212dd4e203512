-- SPDX-License-Identifier: MIT
--
-- A text with {{name}} in it, for each the value of that name as `escape` writes it, or
-- as {{name|json}} says for one place. {{'…'}} is what stands between the quotes. All is
-- checked when it is declared; values may be known later, and may be secrets.
local encode = require "encode"
local fault = require "fault"
local secret = require "secret"
local unknown = require "unknown"

local template = {}

local ways = { none = true, shell = true, json = true, html = true }

local function complain(text, at, file, what, next_step)
  local _, breaks = text:sub(1, at):gsub("\n", "")
  fault(what, { where = file .. ":" .. breaks + 1, next = next_step })
end

-- One hole: its literal text, or the name and the way.
local function read_hole(text, at, file, inner, escape)
  local literal = inner:match("^'(.*)'$")
  if literal then return { text = literal } end
  local name, how = inner:match("^%s*([%a_][%w_]*)%s*|%s*(%l+)%s*$")
  name = name or inner:match("^%s*([%a_][%w_]*)%s*$")
  how = how or escape
  if not name then
    complain(text, at, file, "{{" .. inner .. "}} is no name",
      "{{'{{" .. inner .. "}}'}} is that text itself")
  elseif not how then
    complain(text, at, file, "nothing says how {{" .. name .. "}} is to be escaped",
      "escape = \"shell\", \"json\", \"html\" or \"none\", or {{" .. name .. "|none}}")
  elseif not ways[how] then
    complain(text, at, file, "there is no escaping for \"" .. how .. "\"",
      "shell, json, html or none")
  end
  return { name = name, how = how, at = at }
end

-- The pieces of a template: texts and { name, how, at }.
local function pieces_of(text, file, escape)
  local pieces, position = {}, 1
  while true do
    local first, last = text:find("{{", position, true)
    if not first then break end
    local literal = text:match("^'.-'}}", last + 1)
    local close = literal and last + #literal - 1 or text:find("}}", last, true)
    if not close then
      complain(text, first, file, "{{ is never closed", "}} closes it")
    end
    pieces[#pieces + 1] = { text = text:sub(position, first - 1) }
    pieces[#pieces + 1] = read_hole(text, first, file, text:sub(last + 1, close - 1),
      escape)
    position = close + 2
  end
  pieces[#pieces + 1] = { text = text:sub(position) }
  return pieces
end

-- Raises, with file and line, for what can never be filled in; and for values that are
-- nowhere asked for.
function template.check(text, file, values, escape)
  local used = {}
  for _, piece in ipairs(pieces_of(text, file, escape)) do
    if piece.name and values[piece.name] == nil then
      complain(text, piece.at, file, "{{" .. piece.name .. "}} has no value",
        "add " .. piece.name .. " to values")
    end
    if piece.name then used[piece.name] = true end
  end
  for name in pairs(values) do
    if not used[name] then
      fault("the value \"" .. tostring(name) .. "\" is not used by " .. file,
        { next = "take it away, or put {{" .. tostring(name) .. "}} into the template" })
    end
  end
end

local function written(value, how)
  if secret.is(value) then return encode.escape(how, value) end
  local plain = type(value) == "string"
  if how == "json" and not plain then return tostring(value) end
  return encode.escape(how, tostring(value))
end

-- The text; unknown when one of the values is, a secret when one of them is.
function template.fill(text, file, values, escape)
  local filled = ""
  for _, piece in ipairs(pieces_of(text, file, escape)) do
    local value = piece.name and values[piece.name]
    if unknown.is(value) then return value end
    filled = filled .. (piece.text or written(value, piece.how))
  end
  return filled
end

return template
