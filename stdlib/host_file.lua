-- SPDX-License-Identifier: MIT
--
-- Where the content of a file comes from: as it is said, from a file of the project, or
-- from a template there. What is small and text is content like any other; all else of
-- the project is known by its digest ("sha256:…") and sent beside the script.
local fault = require "fault"
local project = require "project"
local secret = require "secret"
local template = require "host_template"
local unknown = require "unknown"
local kind_of = type

local source = {}

local most_inline, most_template = 65536, 1048576

local function is_text(content)
  return utf8.len(content) ~= nil and not content:find("\0", 1, true)
end

local function take_source(declared)
  local sum, size = project.digest(declared.source)
  declared.content = "sha256:" .. sum
  if size > most_inline then return end
  local content = project.read(declared.source, most_inline)
  if is_text(content) then declared.content = content end
end

local function take_template(declared)
  local text = project.read(declared.template, most_template)
  declared.template_text, declared.as_written = text, true
  template.check(text, declared.template, declared.values or {}, declared.escape)
end

-- What a declaration says of its content, once; name is nil for an amendment.
function source.declare(declared, name)
  local count = 0
  for _, key in ipairs { "content", "source", "template" } do
    count = count + (declared[key] ~= nil and 1 or 0)
  end
  if count > 1 or name and count == 0 then
    fault("the file " .. (name or "") .. " needs one of content, source and template", {
      next = "content = \"…\", or source = \"files/x\" of the project" })
  end
  if kind_of(declared.source) == "string" then take_source(declared) end
  if kind_of(declared.template) == "string" then take_template(declared) end
end

-- The content that is wanted: text, a secret, unknown, or nil.
function source.content(want)
  if not want or not want.template_text or kind_of(want.content) == "string"
    or secret.is(want.content) then
    return want and want.content
  end
  local text, values = want.template_text, want.values or {}
  if unknown.is(values) then return values end
  return template.fill(text, want.template, values, want.escape)
end

-- The file of the project that is to be sent beside the script, or nil.
function source.sent(want)
  local sum = want and want.source and kind_of(want.content) == "string"
    and want.content:match("^sha256:(%x+)$")
  return sum and #sum == 64 and { path = want.source, sum = sum } or nil
end

return source
