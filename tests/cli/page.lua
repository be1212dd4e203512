-- SPDX-License-Identifier: MIT
--
-- Reads a page of HTML and says what is wrong with it: tags that are not closed in order,
-- an id twice, a link to no id, and whatever would be fetched or run.
-- Usage: lua5.4 tests/cli/page.lua FILE
local source = assert(io.open(arg[1])):read("a")
local failures = 0
local function fail(format, ...)
  failures = failures + 1
  print(string.format(format, ...))
end

local function set(words)
  local all = {}
  for word in words:gmatch("%S+") do all[word] = true end
  return all
end
local void = set "meta br hr input"
local fetches = set [[script link img iframe object embed audio video source image use
  base]]
local fetching = set "src srcset href xlink:href data poster action formaction background"

local open, ids, links = {}, {}, {}

local function look_at_attributes(name, text)
  for key, value in text:gmatch('([%w:-]+)="([^"]*)"') do
    if key == "id" and ids[value] then fail("the id %s twice", value) end
    if key == "id" then ids[value] = true end
    if key:find("^on") then fail("%s has %s", name, key) end
    if key == "href" and value:find("^#") then
      links[value:sub(2)] = true
    elseif fetching[key] then
      fail("%s has %s=%s", name, key, value)
    end
    if value:find("[<>]") then fail("%s has an attribute with < or >", name) end
  end
end

local function end_tag(name)
  local last = table.remove(open)
  if last ~= name then fail("</%s> ends <%s>", name, last or "nothing") end
end

if not source:find("^<!DOCTYPE html>\n") then fail("no doctype") end
if not utf8.len(source) then fail("no UTF-8") end
local style = source:match("<style>(.-)</style>") or ""
if style:find("url%(") or style:find("@import") or style:find("<") then
  fail("the style sheet fetches")
end
local body = source:gsub("^<!DOCTYPE html>", ""):gsub("<style>.-</style>", "")
for slash, name, attributes in body:gmatch("<(/?)([%w]+)([^>]*)>") do
  if fetches[name] then fail("there is a <%s>", name) end
  if slash == "/" then
    end_tag(name)
  elseif not void[name] and not attributes:find("/$") then
    open[#open + 1] = name
  end
  look_at_attributes(name, attributes)
end
for _, name in ipairs(open) do fail("<%s> is not closed", name) end
for id in pairs(links) do
  if not ids[id] then fail("nothing is #%s", id) end
end
-- Between tags every & begins a reference, and no < is left.
local words = body:gsub("<[^>]*>", "")
if words:find("[<>]") then fail("a < or > that is no tag") end
if words:gsub("&%a+;", ""):gsub("&#%d+;", ""):find("&") then fail("a bare &") end
os.exit(failures == 0)
